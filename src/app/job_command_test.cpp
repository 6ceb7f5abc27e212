#include "app/job_command.hpp"

#include <gtest/gtest.h>

namespace s3m::app {
namespace {

TEST(JobCommand, ComesBackAsItWas) {
  for (const auto& command : {JobCommand{"/home/me", {"s3migrator", "copy", "s3://a/\xFF \n'", ""}},
                              JobCommand{"", {"s3migrator"}}}) {
    EXPECT_EQ(decode_command(encode(command)), command);
  }
}

TEST(JobCommand, APasswordIsNotKept) {
  EXPECT_EQ(encode({"/", {"s3migrator", "copy", "--x", "http://me:secret@host/"}}), "");
}

TEST(JobCommand, WhatIsNoneIsRefused) {
  EXPECT_FALSE(decode_command(""));
  EXPECT_FALSE(decode_command("/home/me"));
  EXPECT_FALSE(decode_command(std::string("/home/me\0", 9)));
  EXPECT_FALSE(decode_command(std::string("/home/me\0s3migrator", 19)));
}

}  // namespace
}  // namespace s3m::app

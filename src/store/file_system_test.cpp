#include "store/file_system.hpp"

#include <gtest/gtest.h>

#include "store/store_test_support.hpp"

namespace s3m::store {
namespace {

TEST(FileSystem, knows_those_that_other_machines_use_too) {
  EXPECT_TRUE(is_network_kind(0x6969));
  EXPECT_TRUE(is_network_kind(0xFF534D42));
  EXPECT_TRUE(is_network_kind(static_cast<int>(0xFF534D42))) << "as a signed number";
  EXPECT_FALSE(is_network_kind(0xEF53)) << "ext4";
  EXPECT_FALSE(is_network_kind(0x58465342)) << "XFS";
  EXPECT_FALSE(is_network_kind(0x01021994)) << "tmpfs";
}

TEST(FileSystem, of_a_file_that_is_not_there_yet) {
  const TemporaryDirectory directory;
  EXPECT_EQ(on_network(directory.path()), on_network(directory.path() / "a" / "b" / "store.db"));
  EXPECT_FALSE(on_network("/proc/none/at/all"));
}

}  // namespace
}  // namespace s3m::store

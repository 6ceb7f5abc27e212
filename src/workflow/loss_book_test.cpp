#include "workflow/loss_book.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

FailureEvent loss(std::string attribute, std::string key) {
  return {.operation = "carry",
          .bucket = "photos",
          .key = std::move(key),
          .version = "v1",
          .code = std::move(attribute),
          .service_code = {},
          .request_id = {},
          .message = "the destination\nhas none"};
}

TEST(LossBook, CountsByKindAndNamesTheFirst) {
  LossBook book;
  for (int i = 0; i < 250; ++i)
    book.add(loss("acl", "k" + std::to_string(i)));
  book.add(loss("retention", "held"));
  EXPECT_EQ(book.count(), 251u);
  ASSERT_EQ(book.groups().size(), 2u);
  EXPECT_EQ(book.groups()[0].count, 250u);
  ASSERT_EQ(book.groups()[0].first.size(), most_losses_named);
  EXPECT_EQ(book.groups()[0].first.front().key, "k0");
  EXPECT_EQ(book.groups()[0].why, "the destination\\x0ahas none");
  EXPECT_EQ(book.groups()[1].first, (std::vector<LossGroup::Lost>{{"photos", "held", "v1"}}));
}

TEST(LossBook, ComesBackWholeFromTheStore) {
  LossBook book;
  book.add(loss("acl", "a\xFF\n\0"));
  book.add(loss("acl", "b"));
  book.add(loss("tags", "c"));
  const auto back = LossBook::from_json(book.to_json());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->groups(), book.groups());
  EXPECT_EQ(back->count(), 3u);
}

TEST(LossBook, WhatIsNoBookIsRefused) {
  for (const auto* const text : {"", "{", "{}", "null", "3"})
    EXPECT_EQ(LossBook::from_json(text).error().code(), Errc::protocol) << text;
  const auto odd = LossBook::from_json(R"([7, {}, {"count": -1, "first": 3}])");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->count(), 0u);
}

}  // namespace
}  // namespace s3m::workflow

#include "sim/uri.hpp"

#include <gtest/gtest.h>

namespace s3m::sim {
namespace {

TEST(Uri, DecodesWhatIsEncodedAndRefusesHalfEscapes) {
  EXPECT_EQ(percent_decode("a%20b+c%2F", Plus::stays), "a b+c/");
  EXPECT_EQ(percent_decode("a+b", Plus::is_space), "a b");
  for (const char* broken : {"%", "%2", "%zz", "a%4"}) {
    EXPECT_EQ(percent_decode(broken, Plus::stays), std::nullopt) << broken;
  }
}

TEST(Uri, EncodesAsSigV4Does) {
  EXPECT_EQ(percent_encode("a b/~-_.*é", true), "a%20b/~-_.%2A%C3%A9");
  EXPECT_EQ(percent_encode("a/b", false), "a%2Fb");
}

TEST(Uri, EncodesListingsAsS3Does) {
  // The user guide's own example.
  EXPECT_EQ(listing_encode("test_file(3).png"), "test_file%283%29.png");
  EXPECT_EQ(listing_encode("a b+c/~*%20"), "a+b%2Bc/%7E*%2520");
}

TEST(Query, FindsDecodedValuesAndTellsAbsentFromEmpty) {
  const auto query = Query::parse("prefix=a%2Fb&acl&max-keys=");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->get("prefix"), "a/b");
  EXPECT_TRUE(query->has("acl"));
  EXPECT_EQ(query->find("marker"), nullptr);
  EXPECT_FALSE(Query::parse("a=%G0"));
}

TEST(Query, CanonicalFormIsSortedByEncodedNameThenValue) {
  EXPECT_EQ(Query::parse("b=2&a=z&a=a+b&acl")->canonical(), "a=a%20b&a=z&acl=&b=2");
}

}  // namespace
}  // namespace s3m::sim

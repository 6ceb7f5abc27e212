#include "workflow/movable_name.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using enum NameProblem;

TEST(MovableName, OrdinaryNames) {
  for (const auto* name :
       {"photos", "a.b.c", "1-2-3", "my-bucket-111122223333-eu-central-1", "plan", "x-an-y"}) {
    EXPECT_EQ(problem_of_name(name), std::nullopt) << name;
  }
}

TEST(MovableName, OfAnAccountAndRegion) {
  EXPECT_EQ(problem_of_name("photos-111122223333-eu-central-1-an"), account_regional);
  EXPECT_EQ(problem_of_name("a-b-111122223333-us-gov-west-1-an"), account_regional);
  EXPECT_EQ(problem_of_name("a-999999999999-b-111122223333-ap-southeast-2-an"), account_regional);
}

TEST(MovableName, TheSuffixAloneIsReserved) {
  EXPECT_EQ(problem_of_name("photos-11112222333-eu-central-1-an"), reserved);  // eleven digits
  EXPECT_EQ(problem_of_name("photos-an"), reserved);
}

TEST(MovableName, AccessPointsAndOtherKinds) {
  EXPECT_EQ(problem_of_name("photos-abcdef-s3alias"), access_point);
  EXPECT_EQ(problem_of_name("arn:aws:s3:eu-west-1:111122223333:accesspoint/x"), access_point);
  EXPECT_EQ(problem_of_name("photos--ol-s3"), access_point);
  EXPECT_EQ(problem_of_name("mfzwi23gnjvgw.mrap"), access_point);
  EXPECT_EQ(problem_of_name("photos--use1-az4--x-s3"), other_kind);
  EXPECT_EQ(problem_of_name("photos--table-s3"), other_kind);
}

TEST(MovableName, Legacy) {
  for (const auto* name : {"Photos", "my_photos", "ab", "a..b", "192.168.0.1", "photos-", "-a-b"}) {
    EXPECT_EQ(problem_of_name(name), legacy) << name;
  }
  EXPECT_EQ(problem_of_name(std::string(64, 'a')), legacy);
}

TEST(MovableName, Reserved) {
  EXPECT_EQ(problem_of_name("xn--photos"), reserved);
  EXPECT_EQ(problem_of_name("sthree-photos"), reserved);
}

}  // namespace
}  // namespace s3m::workflow

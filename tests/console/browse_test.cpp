// Buckets and what is in them, over the API, for who chooses one.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "tests/console/plan_rig.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Browsing : public PlanRig {
 protected:
  net::HttpResponse browse(json::object more, std::string_view name = "source") {
    more["side"] = side(name);
    more["migrator_role_arn"] = sim::migrator_role;
    return post("/api/v1/browse", json::serialize(more));
  }
  json::object found(json::object more) {
    const auto answer = browse(std::move(more));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Rig::json(answer).get_object();
  }
  static std::vector<std::string> texts(const json::value& list, const char* member = nullptr) {
    std::vector<std::string> out;
    for (const auto& one : list.as_array())
      out.emplace_back((member == nullptr ? one : one.at(member)).as_string());
    return out;
  }
};

sim::Scenario albums() {
  auto world = photos_world();
  world.bucket("photos", sim::source_account).with(sim::ObjectSpec{.key = "readme", .size = 12});
  world.bucket("photos", sim::source_account).with(sim::ObjectSpec{.key = "2025/old", .size = 1});
  world.bucket("archive", sim::source_account).region = "eu-west-1";
  world.bucket("archive", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = 450, .max_size = 10});
  return world;
}

TEST_F(Browsing, ShowsTheBucketsOfTheSidesAccount) {
  begin(albums());
  const auto page = found({});
  EXPECT_THAT(texts(page.at("buckets"), "name"), ElementsAre("archive", "photos"));
  EXPECT_THAT(texts(page.at("buckets"), "region"), ElementsAre("eu-west-1", "us-east-1"));
  EXPECT_TRUE(page.at("buckets").at(0).at("created_at").is_string());
  EXPECT_TRUE(page.at("next").is_null());
  EXPECT_TRUE(page.at("objects").as_array().empty());
  const auto theirs = Rig::json(browse({}, "destination"));
  EXPECT_THAT(texts(theirs.at("buckets"), "name"), ElementsAre("photos-eu"));
}

TEST_F(Browsing, ShowsOneLevelOfABucket) {
  begin(albums());
  const auto top = found({{"bucket", "photos"}});
  EXPECT_THAT(texts(top.at("prefixes")), ElementsAre("2025/", "2026/"));
  EXPECT_THAT(texts(top.at("objects"), "key"), ElementsAre("readme"));
  EXPECT_EQ(top.at("objects").at(0).at("size").to_number<int>(), 12);
  EXPECT_TRUE(top.at("buckets").as_array().empty());
  const auto below = found({{"bucket", "photos"}, {"prefix", "2026/"}});
  EXPECT_TRUE(below.at("prefixes").as_array().empty());
  EXPECT_EQ(below.at("objects").as_array().size(), 3u);
}

TEST_F(Browsing, GoesOnWhereAPageEndedWhereverTheBucketIs) {
  begin(albums());
  std::size_t seen = 0;
  json::object ask{{"bucket", "archive"}};
  for (int pages = 1;; ++pages) {
    const auto page = found(ask);
    const auto count = page.at("objects").as_array().size();
    EXPECT_LE(count, 200u);
    seen += count;
    if (page.at("next").is_null()) break;
    ask["next"] = page.at("next");
    ASSERT_LT(pages, 4);
  }
  EXPECT_EQ(seen, 450u);
}

TEST_F(Browsing, ARoleIsAssumedOnceForManyLooks) {
  begin(albums());
  found({});
  const auto assumed = [this] {
    return server_->with_cloud(
        [](sim::Cloud& cloud) { return cloud.metrics().requests("AssumeRole"); });
  };
  const auto before = assumed();
  found({{"bucket", "photos"}});
  found({{"bucket", "photos"}, {"prefix", "2026/"}});
  EXPECT_EQ(assumed(), before);
}

TEST_F(Browsing, WhatMayNotBeListedIsSaidSo) {
  auto world = albums();
  world.account(sim::source_account).roles.at(0).policies = {
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",)"
      R"("Resource":"*"}]})"};
  begin(world);
  const auto buckets = browse({});
  EXPECT_EQ(buckets.status, 502);
  EXPECT_THAT(buckets.body, HasSubstr("s3:ListAllMyBuckets"));
  EXPECT_THAT(browse({{"bucket", "photos"}}).body, HasSubstr("s3:ListBucket"));
}

TEST_F(Browsing, OnlyWhatIsAllowedIsAsked) {
  begin(albums(), {.roles = {std::string(sim::migrator_role)}});
  const auto role = browse({});
  EXPECT_EQ(role.status, 403);
  EXPECT_THAT(role.body, HasSubstr("--allow-role-arn"));
  const auto elsewhere =
      post("/api/v1/browse", R"({"side": {"endpoint": "http://169.254.169.254/latest"}})");
  EXPECT_EQ(elsewhere.status, 403);
  EXPECT_THAT(elsewhere.body, HasSubstr("--allow-endpoint"));
  EXPECT_EQ(post("/api/v1/browse", R"({"side": {"profile": "root"}})").status, 403);
  EXPECT_EQ(post("/api/v1/browse", R"({"side": {}, "delimiter": "x"})").status, 422);
}

}  // namespace
}  // namespace s3m::console

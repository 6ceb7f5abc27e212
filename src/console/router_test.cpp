#include "console/router.hpp"

#include <gtest/gtest.h>

namespace s3m::console {
namespace {

Router jobs_router() {
  Router router;
  router.add({.method = "GET", .pattern = "/api/v1/jobs", .handler = {}});
  router.add({.method = "POST", .pattern = "/api/v1/jobs", .handler = {}});
  router.add({.method = "GET", .pattern = "/api/v1/jobs/{id}", .handler = {}});
  router.add({.method = "GET", .pattern = "/api/v1/jobs/{id}/failures.csv", .handler = {}});
  return router;
}

TEST(Router, FindsARouteAndItsId) {
  const auto router = jobs_router();
  const auto one = router.find("GET", {"api", "v1", "jobs", "20261122t162800-3f9a1c"});
  ASSERT_NE(one.route, nullptr);
  EXPECT_EQ(one.route->pattern, "/api/v1/jobs/{id}");
  EXPECT_EQ(one.id, "20261122t162800-3f9a1c");
  EXPECT_EQ(router.find("POST", {"api", "v1", "jobs"}).route->method, "POST");
  EXPECT_EQ(router.find("HEAD", {"api", "v1", "jobs"}).route->method, "GET");
  EXPECT_EQ(router.find("GET", {"api", "v1", "jobs", "x", "failures.csv"}).id, "x");
}

TEST(Router, TellsTheMethodsOfAPath) {
  const auto router = jobs_router();
  const auto other = router.find("DELETE", {"api", "v1", "jobs"});
  EXPECT_EQ(other.route, nullptr);
  EXPECT_EQ(other.allowed, "GET, HEAD, POST");
  const auto nothing = router.find("GET", {"api", "v1"});
  EXPECT_EQ(nothing.route, nullptr);
  EXPECT_EQ(nothing.allowed, "");
}

TEST(Call, NumbersHaveTheirBounds) {
  const Call call{.query = {{"limit", "20"}, {"offset", "-1"}, {"points", "241"}}};
  EXPECT_EQ(call.number("limit", 50, 1, 200), 20u);
  EXPECT_EQ(call.number("other", 50, 1, 200), 50u);
  EXPECT_FALSE(call.number("offset", 0, 0, 10));
  EXPECT_FALSE(call.number("points", 240, 1, 240));
}

TEST(Call, OnlyAnObjectIsABody) {
  Call call;
  for (const char* const bad : {"", "[]", "1", "{\"a\":", "null"}) {
    call.request.body = bad;
    EXPECT_FALSE(call.body()) << bad;
  }
  call.request.body = R"({"token": "x"})";
  EXPECT_TRUE(call.body());
}

}  // namespace
}  // namespace s3m::console

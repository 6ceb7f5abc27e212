// plan_routes.cpp: what a job would do, before it is begun.
#include <boost/json/object.hpp>

#include "console/parts.hpp"
#include "console/plan_document.hpp"

namespace s3m::console {
namespace {

Problem only_watches() {
  return {.status = 409,
          .code = "not-here",
          .detail =
              "This console watches jobs, and plans none: s3migrator copy or migrate with "
              "--dry-run does it on the command line."};
}

net::Task<Reply> begin(Parts& parts, Call call) {
  if (parts.options.planner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto request = read_job_request(*body);
  if (!request) co_return refuse(std::move(request.error()));
  auto id = parts.options.planner->begin(*request);
  if (!id) co_return refuse(std::move(id.error()));
  co_return json_reply(202, boost::json::object{{"plan_id", *id}});
}

net::Task<Reply> show(Parts& parts, Call call) {
  if (parts.options.planner == nullptr) co_return refuse(only_watches());
  const auto found = parts.options.planner->find(call.id);
  if (!found) {
    co_return refuse({.status = 404,
                      .code = "not-found",
                      .detail = "There is no such plan. Plans are kept for some minutes; make it "
                                "again."});
  }
  co_return json_reply(200, plan_document(call.id, *found));
}

}  // namespace

void add_plan_routes(Router& router, Parts& parts) {
  router.add({.method = "POST",
              .pattern = "/api/v1/plan",
              .access = Access::operator_,
              .handler = [&parts](Call call) { return begin(parts, std::move(call)); }});
  router.add({.method = "GET",
              .pattern = "/api/v1/plan/{id}",
              .access = Access::operator_,
              .handler = [&parts](Call call) { return show(parts, std::move(call)); }});
}

}  // namespace s3m::console

// configuration_routes.cpp: what becomes of the configuration of a bucket that moves.
#include <boost/json/object.hpp>

#include "console/parts.hpp"
#include "workflow/job_json.hpp"
#include "workflow/migration_story.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

Reply configuration_of(store::Store& store, const std::string& id) {
  auto view = workflow::view_job(store, id);
  if (!view) return refuse(view.error());
  auto parts = workflow::read_configuration_parts(store, id);
  if (!parts) return refuse(parts.error());
  if (!*parts) {
    const bool moves = view->job.kind == "migrate";
    return refuse({.status = 404,
                   .code = "not-found",
                   .detail = moves ? "What becomes of the configuration is known once all is "
                                     "proven in the temporary bucket."
                                   : "A copy carries objects; it leaves the configuration of both "
                                     "buckets as it is."});
  }
  return json_reply(200, json::object{{"parts", workflow::to_json(**parts)}});
}

}  // namespace

void add_configuration_routes(Router& router, Parts& parts) {
  router.add({.method = "GET",
              .pattern = "/api/v1/jobs/{id}/configuration",
              .access = Access::viewer,
              .handler = [&parts](Call call) {
                return from_store(parts, [id = call.id](store::Store& store) -> Reply {
                  return configuration_of(store, id);
                });
              }});
}

}  // namespace s3m::console

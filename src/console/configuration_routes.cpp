// configuration_routes.cpp: what becomes of the configuration of a bucket that moves.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "console/parts.hpp"
#include "workflow/migration_story.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return json::value(valid_utf8(*text) ? *text : printable(*text));
}

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
  json::array out;
  for (const auto& part : **parts) {
    out.push_back(json::object{{"name", printable(part.name)},
                               {"state", name(part.state)},
                               {"source", text_or_null(part.source)},
                               {"destination", text_or_null(part.destination)},
                               {"note", single_line(part.note)}});
  }
  return json_reply(200, json::object{{"parts", std::move(out)}});
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

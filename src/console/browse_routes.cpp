// browse_routes.cpp: buckets, and what is in them.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "console/browser.hpp"
#include "console/parts.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

// As it is where JSON can say it, so that it can be asked for again.
std::string shown(const std::string& name) {
  return valid_utf8(name) ? name : printable(name);
}

json::object document(const BrowsePage& page) {
  json::array buckets, prefixes, objects;
  for (const auto& bucket : page.buckets) {
    buckets.push_back(
        json::object{{"name", shown(bucket.name)},
                     {"region", shown(bucket.region)},
                     {"created_at", bucket.created ? json::value(iso8601(*bucket.created))
                                                   : json::value(nullptr)}});
  }
  for (const auto& prefix : page.prefixes)
    prefixes.emplace_back(shown(prefix));
  for (const auto& object : page.objects) {
    objects.push_back(json::object{{"key", shown(object.key)},
                                   {"size", object.size},
                                   {"last_modified", iso8601(object.last_modified)}});
  }
  return {{"buckets", std::move(buckets)},
          {"prefixes", std::move(prefixes)},
          {"objects", std::move(objects)},
          {"next", page.next.empty() ? json::value(nullptr) : json::value(shown(page.next))}};
}

net::Task<Reply> browse(Parts& parts, Call call) {
  if (parts.options.browser == nullptr) {
    co_return refuse({.status = 409,
                      .code = "not-here",
                      .detail = "This console watches jobs, and looks into no buckets."});
  }
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto request = read_browse_request(*body);
  if (!request) co_return refuse(std::move(request.error()));
  auto page = co_await parts.options.browser->look(*std::move(request));
  if (!page) co_return refuse(std::move(page.error()));
  co_return json_reply(200, document(*page));
}

}  // namespace

void add_browse_routes(Router& router, Parts& parts) {
  router.add({.method = "POST",
              .pattern = "/api/v1/browse",
              .access = Access::operator_,
              .handler = [&parts](Call call) { return browse(parts, std::move(call)); }});
}

}  // namespace s3m::console

#include "app/serve_browser.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "app/identities.hpp"
#include "app/serve_words.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "workflow/access.hpp"

namespace s3m::app {
namespace {

using console::Answer;
using console::BrowsePage;
using console::BrowseRequest;

constexpr int most_buckets = 1000, most_objects = 200;
constexpr std::size_t most_sessions = 32;
constexpr std::chrono::minutes kept{10};
// Somebody waits for it.
constexpr int attempts = 2;
constexpr std::chrono::seconds throttle_patience{5};

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

Arguments arguments_for(const BrowseRequest& request) {
  Arguments out;
  out.source_side = {.role_arn = request.side.role_arn,
                     .external_id = request.side.external_id,
                     .options = {.profile = request.side.profile,
                                 .region = request.side.region,
                                 .endpoint_url = request.side.endpoint}};
  out.migrator_role_arn = request.migrator_role_arn;
  return out;
}

// What one session is for, as text that no other has.
std::string key_of(const BrowseRequest& request) {
  const auto& side = request.side;
  return boost::json::serialize(boost::json::array{side.role_arn, side.external_id, side.profile,
                                                   side.region, side.endpoint,
                                                   request.migrator_role_arn});
}

}  // namespace

struct ServeBrowser::Session {
  Session(aws::Runtime& runtime, const aws::Environment& environment, aws::SharedConfig shared,
          Arguments asked)
      : config(std::move(shared)),
        arguments(std::move(asked)),
        identities(runtime, environment, config, arguments.migrator_role_arn, new_job_id()) {}

  aws::SharedConfig config;
  Arguments arguments;
  Identities identities;
  workflow::Access access;
  SteadyTime used;
};

Result<std::unique_ptr<ServeBrowser>> ServeBrowser::make(net::Loop& loop, console::Allowed allowed,
                                                         const aws::Environment& environment) {
  auto http = aws::http_options(environment);
  if (!http) return forward(http);
  return std::unique_ptr<ServeBrowser>(
      new ServeBrowser(loop, std::move(allowed), environment, *std::move(http)));
}

ServeBrowser::ServeBrowser(net::Loop& loop, console::Allowed allowed,
                           const aws::Environment& environment, net::HttpClientOptions http)
    : allowed_(std::move(allowed)),
      environment_(environment),
      cancel_(loop),
      http_(loop, std::move(http)),
      runtime_{.loop = loop,
               .http = http_,
               .cancel = &cancel_,
               .user_agent = fmt::format("s3migrator/{}", version)} {
  runtime_.retry.max_attempts = attempts;
  runtime_.retry.throttle_patience = throttle_patience;
}

ServeBrowser::~ServeBrowser() = default;

void ServeBrowser::interrupt() {
  cancel_.cancel();
  http_.cancel_all();
}

void ServeBrowser::close() {
  http_.close();
}

Answer<ServeBrowser::SessionPtr> ServeBrowser::session(const BrowseRequest& request) {
  auto arguments = arguments_for(request);
  auto may = may_use(arguments, allowed_);
  if (!may) return console::refuse(std::move(may.error()));
  std::erase_if(sessions_, [](const auto& entry) { return now() - entry.second->used > kept; });
  const auto key = key_of(request);
  if (const auto known = sessions_.find(key); known != sessions_.end()) {
    known->second->used = now();
    return known->second;
  }
  auto config = aws::SharedConfig::load(environment_);
  if (!config) return console::refuse(config.error());
  auto made =
      std::make_shared<Session>(runtime_, environment_, *std::move(config), std::move(arguments));
  auto access = made->identities.access({.name = "chosen",
                                         .options = "--",
                                         .location = {},
                                         .arguments = made->arguments.source_side,
                                         .source = {},
                                         .destination = {},
                                         .looks_around = true});
  if (!access) return console::refuse(access.error());
  made->access = *std::move(access);
  made->used = now();
  if (sessions_.size() >= most_sessions) {
    sessions_.erase(std::ranges::min_element(sessions_, {},
                                             [](const auto& entry) { return entry.second->used; }));
  }
  sessions_[key] = made;
  return made;
}

net::Task<Answer<BrowsePage>> ServeBrowser::look(BrowseRequest request) {
  auto chosen = session(request);
  if (!chosen) co_return console::refuse(std::move(chosen.error()));
  const bool inside = !request.bucket.empty();
  Result<BrowsePage> page;
  if (inside) {
    page = co_await objects(*chosen, request);
  } else {
    page = co_await buckets(*chosen, request.next);
  }
  if (page) co_return *std::move(page);
  if (page.error().code() == Errc::access_denied) {
    page.error().context(inside ? fmt::format("bucket {} may not be listed (s3:ListBucket)",
                                              printable(request.bucket))
                                : std::string("the buckets may not be listed "
                                              "(s3:ListAllMyBuckets); type the bucket's name"));
  }
  co_return console::refuse(page.error());
}

net::Task<Result<BrowsePage>> ServeBrowser::buckets(SessionPtr session, std::string next) {
  auto s3 = workflow::s3_for(session->access, session->access.endpoint.region, runtime_,
                             aws::unlimited_admission());
  aws::ListBucketsRequest list{.continuation_token = std::move(next), .max_buckets = most_buckets};
  auto found = co_await s3.list_buckets(std::move(list));
  if (!found) co_return forward(found);
  BrowsePage page;
  for (auto& bucket : found->buckets)
    page.buckets.push_back({std::move(bucket.name), std::move(bucket.region), bucket.created});
  page.next = std::move(found->next_token);
  co_return page;
}

net::Task<Result<BrowsePage>> ServeBrowser::objects(SessionPtr session, BrowseRequest request) {
  auto anywhere = workflow::s3_for(session->access, {}, runtime_, aws::unlimited_admission());
  auto region = co_await anywhere.locate_bucket(request.bucket);
  if (!region) co_return forward(region);
  if (region->empty()) *region = session->access.endpoint.region;
  auto s3 =
      workflow::s3_for(session->access, *std::move(region), runtime_, aws::unlimited_admission());
  aws::ListRequest list{.bucket = std::move(request.bucket),
                        .prefix = std::move(request.prefix),
                        .start_after = {},
                        .continuation_token = std::move(request.next),
                        .max_keys = most_objects,
                        .expected_owner = {},
                        .delimiter = "/"};
  auto found = co_await s3.list_objects(std::move(list));
  if (!found) co_return forward(found);
  BrowsePage page;
  page.prefixes = std::move(found->common_prefixes);
  for (auto& object : found->objects)
    page.objects.push_back({std::move(object.key), object.size, object.last_modified});
  if (found->truncated) page.next = std::move(found->next_token);
  co_return page;
}

}  // namespace s3m::app

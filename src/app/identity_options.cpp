// identity_options.cpp: the options that say who signs, where, and how the sides get at each other.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "app/option_groups.hpp"
#include "app/option_values.hpp"

namespace s3m::app {
namespace {

Result<void> set_grant_timeout(Arguments& arguments, const std::string& value) {
  auto seconds = number(value, 0, 86'400);
  if (!seconds) return forward(seconds);
  arguments.spec.grant_timeout = std::chrono::seconds(*seconds);
  return ok;
}

template <class Get>
Options side_options(const std::string& prefix, const std::string& group, const std::string& whose,
                     Get get) {
  const auto of = [get](auto member) {
    return text([get, member](Arguments& a) -> std::string& { return member(get(a)); });
  };
  return {
      {prefix + "role-arn", "ARN", group,
       fmt::format("Role that is assumed for {}. Without it the profile's credentials are used, or "
                   "those of the environment.",
                   whose),
       of([](SideArguments& s) -> std::string& { return s.role_arn; })},
      {prefix + "external-id", "ID", group, "What the role's trust policy asks for.",
       of([](SideArguments& s) -> std::string& { return s.external_id; })},
      {prefix + "profile", "NAME", group,
       fmt::format("Profile of ~/.aws/config for {}; it assumes the role, if there is one.", whose),
       of([](SideArguments& s) -> std::string& { return s.options.profile; })},
      {prefix + "region", "REGION", group,
       "The bucket's region. Found out by itself for a bucket that is there; a bucket that is made "
       "is made here.",
       of([](SideArguments& s) -> std::string& { return s.options.region; })},
      {prefix + "endpoint-url", "URL", group,
       "An S3-compatible server instead of AWS; its STS is expected at the same URL.",
       of([](SideArguments& s) -> std::string& { return s.options.endpoint_url; })}};
}

}  // namespace

Options identity_options() {
  auto options = side_options("--source-", "Source", "the source",
                              [](Arguments& a) -> SideArguments& { return a.source_side; });
  auto more = side_options("--destination-", "Destination", "the destination",
                           [](Arguments& a) -> SideArguments& { return a.destination_side; });
  std::ranges::move(more, std::back_inserter(options));
  return options;
}

Options migrator_option() {
  return {{"--migrator-role-arn", "ARN", "Identity",
           "Role that is assumed first and then assumes the others, each session for an hour and "
           "renewed in time.",
           text([](Arguments& a) -> std::string& { return a.migrator_role_arn; })}};
}

Options bucket_options() {
  return side_options("--", "Bucket", "the bucket",
                      [](Arguments& a) -> SideArguments& { return a.destination_side; });
}

Options grant_options() {
  using enum workflow::GrantMode;
  const std::string group = "Access across accounts";
  return {{"--grant", "MODE", group,
           "destination-policy (default): the destination role lets the source role write into the "
           "destination bucket, for the time of the job. source-policy: the source role lets the "
           "destination role read the source bucket. none: access is there already.",
           choice<workflow::GrantMode>(
               {{"destination-policy", destination_policy},
                {"source-policy", source_policy},
                {"none", none}},
               [](Arguments& a) -> std::optional<workflow::GrantMode>& { return a.spec.grant; })},
          {"--grant-timeout", "SECONDS", group,
           "How long the grant may take to work (default: 120 on AWS, 3 for each way of naming the "
           "role elsewhere).",
           set_grant_timeout}};
}

}  // namespace s3m::app

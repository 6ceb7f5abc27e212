#include "workflow/configuration/apply.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/configuration/own_marks.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/configuration/same_document.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

// A new bucket is not known everywhere at once (aws-s3 facts 6.7: two minutes are patience enough).
constexpr int attempts = 30;
constexpr std::chrono::milliseconds first_pause = 250ms;
constexpr std::chrono::milliseconds longest_pause = 5s;
constexpr int readings = 8;

// Public access before what it could refuse (ACL, policy); ownership before the ACL; versioning
// before Object Lock and replication; what moves or removes objects at the very end.
constexpr auto order = std::to_array<std::string_view>({"publicAccessBlock",
                                                        "ownershipControls",
                                                        "encryption",
                                                        "versioning",
                                                        "tagging",
                                                        "cors",
                                                        "accelerate",
                                                        "acl",
                                                        "website",
                                                        "requestPayment",
                                                        "logging",
                                                        "inventory",
                                                        "analytics",
                                                        "metrics",
                                                        "intelligent-tiering",
                                                        "policy",
                                                        "notification",
                                                        "object-lock",
                                                        "lifecycle",
                                                        "replication"});

struct Target {
  aws::S3& owner;
  std::string bucket, expected_owner;
  Pause pause;
  StillOurs still_ours{};
};

std::unexpected<Error> stopped() {
  return fail(Errc::cancelled, "stopped while the bucket was configured");
}

std::unexpected<Error> with_name(Error error, const Target& target, const ConfigurationItem& item) {
  error.context(fmt::format("{} of bucket {} could not be set", item_name(item.query, item.id),
                            printable(target.bucket)));
  return fail(std::move(error));
}

// What a service has now, our marks included; a bucket that is not yet known is asked again.
net::Task<Result<std::optional<aws::SubResource>>> look(Target& target, std::string query,
                                                        std::string id) {
  auto wait = first_pause;
  for (int attempt = 1;; ++attempt) {
    auto found =
        co_await target.owner.get_sub_resource(target.bucket, query, id, target.expected_owner);
    const bool unknown = !found && found.error().code() == Errc::no_such_bucket;
    if (!unknown || attempt == attempts) co_return found;
    const bool slept = co_await target.pause(wait);
    if (!slept) co_return stopped();
    wait = std::min(wait * 2, longest_pause);
  }
}

net::Task<Result<void>> put(Target& target, std::string query, std::string id,
                            aws::SubResource value) {
  auto wait = first_pause;
  for (int attempt = 1;; ++attempt) {
    auto done = co_await target.owner.put_sub_resource(target.bucket, query, id, value,
                                                       target.expected_owner);
    const bool unknown = !done && done.error().code() == Errc::no_such_bucket;
    if (!unknown || attempt == attempts) co_return done;
    const bool slept = co_await target.pause(wait);
    if (!slept) co_return stopped();
    wait = std::min(wait * 2, longest_pause);
  }
}

std::optional<std::string> document_of(const std::optional<aws::SubResource>& value) {
  return value ? std::optional(value->document) : std::nullopt;
}

// What is to be put so that what we have there ourselves stays.
Result<aws::SubResource> beside_ours(std::string_view query, aws::SubResource wanted,
                                     const std::optional<aws::SubResource>& current) {
  if (query == "tagging") {
    auto tags = with_markers(wanted.document, document_of(current));
    if (!tags) return forward(tags);
    wanted.document = **std::move(tags);
  }
  return wanted;
}

// The same for the policy, which others may be editing.
Result<std::string> policy_beside_ours(const std::string& wanted,
                                       const std::optional<std::string>& current) {
  auto whole = with_our_statements(wanted, current);
  const bool there = whole && current && same_document("policy", {*whole, {}}, {*current, {}});
  if (there) return *current;
  return whole;
}

// A policy is refused as a whole for one role that is not there.
std::unexpected<Error> refused_policy(Error error, const Target& target,
                                      const ConfigurationItem& item) {
  if (error.code() == Errc::invalid_request) {
    error.context(
        "each role and user that it names must be there; make those that are not, or say who takes "
        "their place with --map OLD-ARN=NEW-ARN beside the options of the same command");
  }
  return with_name(std::move(error), target, item);
}

net::Task<Result<void>> apply_policy(Target& target, PolicyEditor& policy, ConfigurationItem item,
                                     aws::SubResource wanted) {
  auto ours = co_await target.still_ours();
  if (!ours) co_return ours;
  auto done = co_await policy.edit(
      [wanted = std::move(wanted.document)](const std::optional<std::string>& current) {
        return policy_beside_ours(wanted, current);
      });
  if (!done) co_return refused_policy(std::move(done.error()), target, item);
  co_return ok;
}

net::Task<Result<void>> apply_item(Target& target, ConfigurationItem item,
                                   aws::SubResource wanted) {
  auto current = co_await look(target, item.query, item.id);
  if (!current) co_return with_name(std::move(current.error()), target, item);
  auto whole = beside_ours(item.query, std::move(wanted), *current);
  if (!whole) co_return with_name(std::move(whole.error()), target, item);
  if (*current && same_document(item.query, *whole, **current)) co_return ok;
  if (target.still_ours) {
    auto ours = co_await target.still_ours();
    if (!ours) co_return ours;
  }
  auto done = co_await put(target, item.query, item.id, *std::move(whole));
  if (!done) co_return with_name(std::move(done.error()), target, item);
  co_return ok;
}

net::Task<Result<std::optional<std::string>>> difference(Target& target, ConfigurationItem item,
                                                         aws::SubResource wanted) {
  const auto name = item_name(item.query, item.id);
  auto wait = first_pause;
  for (int reading = 1;; ++reading) {
    auto found =
        co_await read_item(target.owner, target.bucket, item.query, item.id, target.expected_owner);
    if (!found) {
      found.error().context(
          fmt::format("{} of bucket {} could not be verified", name, printable(target.bucket)));
      co_return forward(found);
    }
    auto theirs = *std::move(found);
    if (theirs && item.query == "tagging") {
      auto tags = without_markers(theirs->document);
      if (!tags) co_return forward(tags);
      if (!*tags) theirs.reset();
      if (*tags) theirs->document = **std::move(tags);
    }
    if (theirs && same_document(item.query, wanted, *theirs)) co_return std::nullopt;
    if (reading == readings)
      co_return fmt::format("{} of bucket {} is not {}", name, printable(target.bucket),
                            theirs ? "what was put" : "set");
    const bool slept = co_await target.pause(wait);
    if (!slept) co_return stopped();
    wait = std::min(wait * 2, longest_pause);
  }
}

// The tags without the job's mark. They are in place by then, and what the bucket's users have made
// of them since it was opened stays.
net::Task<Result<void>> finish_tags(Target& target, const Configuration& configuration) {
  auto current = co_await look(target, "tagging", {});
  if (!current && current.error().code() == Errc::not_supported) co_return ok;
  if (!current) co_return forward(current);
  if (!*current) co_return ok;
  auto left = without_markers((*current)->document);
  if (!left) co_return forward(left);
  if (*left == (*current)->document) co_return ok;
  if (*left) {
    aws::SubResource rest{**std::move(left), {}};
    const auto* item = configuration.find("tagging");
    if (item != nullptr && same_document("tagging", item->value, rest)) rest = item->value;
    co_return co_await put(target, "tagging", {}, std::move(rest));
  }
  co_return co_await target.owner.delete_sub_resource(target.bucket, "tagging", {},
                                                      target.expected_owner);
}

}  // namespace

net::Task<Result<void>> apply(aws::S3& owner, std::string bucket, std::string expected_owner,
                              Configuration configuration, Phase phase, PolicyEditor& policy,
                              StillOurs still_ours, Pause pause) {
  Target target{owner, std::move(bucket), std::move(expected_owner), std::move(pause),
                std::move(still_ours)};
  for (const auto query : order) {
    for (const auto& item : configuration.items) {
      auto wanted = item.query == query ? wanted_in(item, phase) : std::nullopt;
      if (!wanted) continue;
      auto applied = query == "policy"
                         ? co_await apply_policy(target, policy, item, *std::move(wanted))
                         : co_await apply_item(target, item, *std::move(wanted));
      if (!applied) co_return applied;
    }
  }
  co_return ok;
}

net::Task<Result<std::vector<std::string>>> differences(aws::S3& owner, std::string bucket,
                                                        std::string expected_owner,
                                                        Configuration configuration, Phase upto,
                                                        Pause pause) {
  Target target{owner, std::move(bucket), std::move(expected_owner), std::move(pause)};
  std::vector<std::string> found;
  for (const auto& item : configuration.items) {
    auto wanted = wanted_in(item, upto);
    if (!wanted) continue;
    auto one = co_await difference(target, item, *std::move(wanted));
    if (!one) co_return forward(one);
    if (*one) found.push_back(**std::move(one));
  }
  co_return found;
}

net::Task<Result<void>> finish(aws::S3& owner, std::string bucket, std::string expected_owner,
                               Configuration configuration, Pause pause) {
  Target target{owner, std::move(bucket), std::move(expected_owner), std::move(pause)};
  auto tagged = co_await finish_tags(target, configuration);
  if (!tagged) {
    tagged.error().context(
        fmt::format("the job's mark on bucket {} could not be removed", printable(target.bucket)));
    co_return tagged;
  }
  const auto* abac = configuration.find("abac");
  if (abac == nullptr) co_return ok;
  co_return co_await apply_item(target, *abac, abac->value);
}

}  // namespace s3m::workflow

#include "workflow/carrying.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "transfer/failures.hpp"
#include "transfer/restore.hpp"

namespace s3m::workflow {
namespace {

enum class Has : std::uint8_t { no, yes, unknown };

class Configuration {
 public:
  Configuration(aws::S3& source, aws::S3& destination, const Access& from, const Access& to,
                const Ground& ground, const CopySpec& spec)
      : source_(source),
        destination_(destination),
        from_(from.location.bucket),
        to_(to.location.bucket),
        ground_(ground),
        spec_(spec) {}

  net::Task<Result<Carrying>> run() {
    using Part = net::Task<Result<void>> (Configuration::*)();
    static constexpr std::initializer_list<Part> parts = {
        &Configuration::locks, &Configuration::website, &Configuration::acls,
        &Configuration::encryption, &Configuration::archives};
    for (const auto part : parts) {
      auto done = co_await (this->*part)();
      if (!done) co_return forward(done);
    }
    look();
    co_return std::move(found_);
  }

 private:
  void note(std::string text) { found_.notes.push_back(std::move(text)); }
  std::string from() const { return "bucket " + printable(from_); }
  std::string to() const { return "bucket " + printable(to_); }
  bool forced() const { return spec_.attributes == AttributeMode::all; }

  // Not being allowed to ask is an answer; a job that is over is not.
  static Result<Has> has(Result<bool> answer) {
    if (answer) return *answer ? Has::yes : Has::no;
    if (transfer::concerns_all(answer.error())) return forward(answer);
    return Has::unknown;
  }

  void say_unknown(std::string_view what, std::string_view right, std::string_view lost) {
    note(
        fmt::format("whether {} has {} may not be asked ({}): {}, should there be any, are not "
                    "carried by copies in one request. Allow it, or give --attributes all",
                    from(), what, right, lost));
  }

  net::Task<Result<void>> locks() {
    auto source = has(co_await source_.has_object_lock(from_, ground_.source.expected_owner));
    if (!source) co_return forward(source);
    if (*source == Has::unknown && !forced())
      say_unknown("Object Lock", "s3:GetBucketObjectLockConfiguration", "retentions and holds");
    locked_ = *source == Has::yes || (*source == Has::unknown && forced());
    found_.rules.locked = locked_;
    auto destination = Result<Has>(Has::no);
    if (ground_.destination.exists) {
      destination =
          has(co_await destination_.has_object_lock(to_, ground_.destination.expected_owner));
    }
    if (!destination) co_return forward(destination);
    found_.rules.lock_fits = *destination != Has::no;
    if (*source == Has::yes && *destination == Has::no) {
      note(fmt::format(
          "{} has Object Lock and {} has none: retentions and legal holds will be lost, and each "
          "is reported. To keep them, {} first",
          from(), to(),
          ground_.destination.exists ? "switch Object Lock on there"
                                     : "make that bucket with Object Lock"));
    }
    co_return ok;
  }

  net::Task<Result<void>> website() {
    auto website = has(co_await source_.has_website(from_, ground_.source.expected_owner));
    if (!website) co_return forward(website);
    website_ = *website == Has::yes;
    if (*website == Has::unknown && !forced())
      say_unknown("a website", "s3:GetBucketWebsite", "redirects");
    co_return ok;
  }

  // "BucketOwnerEnforced" means that there are no ACLs; nothing set, that there are.
  static Result<Has> has_acls(Result<std::string> ownership) {
    if (ownership) return *ownership == "BucketOwnerEnforced" ? Has::no : Has::yes;
    if (transfer::concerns_all(ownership.error())) return forward(ownership);
    return Has::unknown;
  }

  net::Task<Result<void>> acls() {
    auto source =
        has_acls(co_await source_.get_object_ownership(from_, ground_.source.expected_owner));
    if (!source) co_return forward(source);
    if (*source == Has::unknown && !forced())
      say_unknown("ACLs", "s3:GetBucketOwnershipControls", "grants of single objects");
    if (*source == Has::no || (*source == Has::unknown && !forced())) co_return ok;
    auto destination = Result<Has>(Has::no);
    if (ground_.destination.exists) {
      destination = has_acls(
          co_await destination_.get_object_ownership(to_, ground_.destination.expected_owner));
    }
    if (!destination) co_return forward(destination);
    if (*destination == Has::no) {
      found_.rules.no_acl = "the destination bucket has its ACLs disabled";
      found_.rules.read_acl = forced();
      note(
          fmt::format("ACLs of single objects are not carried: {} has them disabled "
                      "(BucketOwnerEnforced){}",
                      to(), forced() ? "; those that grant anything are reported" : ""));
      co_return ok;
    }
    found_.rules.read_acl = spec_.attributes != AttributeMode::none;
    if (!found_.rules.read_acl) {
      note("ACLs of single objects are not carried, as --attributes none says");
      co_return ok;
    }
    auto owner = co_await destination_.get_bucket_owner_id(to_, ground_.destination.expected_owner);
    if (!owner && transfer::concerns_all(owner.error())) co_return forward(owner);
    if (owner) found_.rules.owner_id = *std::move(owner);
    co_return ok;
  }

  net::Task<Result<void>> encryption() {
    found_.rules.kms_keys = spec_.kms_keys;
    if (!spec_.kms_keys.empty() || !spec_.copy.encryption.empty()) co_return ok;
    auto source = co_await source_.get_bucket_encryption(from_, ground_.source.expected_owner);
    if (!source && transfer::concerns_all(source.error())) co_return forward(source);
    if (!source || !source->algorithm.starts_with("aws:kms")) co_return ok;
    auto destination = Result<aws::BucketEncryption>(aws::BucketEncryption{});
    if (ground_.destination.exists) {
      destination =
          co_await destination_.get_bucket_encryption(to_, ground_.destination.expected_owner);
    }
    if (!destination && transfer::concerns_all(destination.error())) co_return forward(destination);
    if (!destination || destination->algorithm.starts_with("aws:kms")) co_return ok;
    note(
        fmt::format("{} encrypts with {} by default, and {} does not: the copies get its default "
                    "encryption. --kms-key-map or --sse says otherwise",
                    from(), source->algorithm, to()));
    co_return ok;
  }

  net::Task<Result<void>> archives() {
    auto lifecycle = has(co_await source_.lifecycle_archives(from_, ground_.source.expected_owner));
    if (!lifecycle) co_return forward(lifecycle);
    auto tiering = has(co_await source_.tiering_archives(from_, ground_.source.expected_owner));
    if (!tiering) co_return forward(tiering);
    found_.rules.may_tier = *tiering != Has::no;
    if (*tiering == Has::unknown) {
      note(fmt::format(
          "whether {} moves objects of INTELLIGENT_TIERING into archive tiers may not be asked "
          "(s3:GetIntelligentTieringConfiguration): where archived objects are looked for, each of "
          "that class is looked at, by one more request",
          from()));
    }
    found_.archives = *lifecycle == Has::yes || *tiering == Has::yes;
    co_return ok;
  }

  void look() {
    const bool mapped = !spec_.kms_keys.empty();
    const bool none = spec_.attributes == AttributeMode::none;
    found_.rules.look = mapped || forced() || (!none && (locked_ || website_));
    if (none && (locked_ || website_)) {
      note(fmt::format(
          "{}{}{} of {} are not carried by copies in one request, as --attributes "
          "none says",
          locked_ ? "retentions and holds" : "", locked_ && website_ ? ", and redirects," : "",
          website_ && !locked_ ? "redirects" : "", from()));
    }
    const int requests = (found_.rules.look ? 1 : 0) + (found_.rules.read_acl ? 1 : 0);
    if (requests == 0) return;
    std::string why;
    const auto add = [&why](bool holds, std::string_view reason) {
      if (holds) why += (why.empty() ? "" : ", ") + std::string(reason);
    };
    add(forced(), "--attributes all");
    add(mapped, "--kms-key-map");
    add(locked_, "Object Lock");
    add(website_, "a website");
    add(found_.rules.read_acl, "ACLs");
    note(fmt::format(
        "each object that is copied is looked at first, by {} ({}){}",
        counted(static_cast<std::uint64_t>(requests), "more request"), why,
        locked_
            ? "; where no retention or no hold shows, it is asked for by one more each, because "
              "S3 leaves out what may not be seen"
            : ""));
  }

  aws::S3& source_;
  aws::S3& destination_;
  std::string from_, to_;
  const Ground& ground_;
  const CopySpec& spec_;
  bool locked_ = false, website_ = false;
  Carrying found_;
};

}  // namespace

net::Task<Result<Carrying>> look_at_configuration(aws::S3& source, aws::S3& destination,
                                                  const Access& from, const Access& to,
                                                  const Ground& ground, const CopySpec& spec) {
  Configuration configuration(source, destination, from, to, ground, spec);
  co_return co_await configuration.run();
}

void yield_to_canned_acl(transfer::AttributeRules& rules) {
  if (!rules.read_acl || !rules.no_acl.empty()) return;
  rules.no_acl =
      "the copies must carry bucket-owner-full-control so that they belong to the destination's "
      "account; with --grant source-policy they belong to it anyway";
}

net::Task<bool> begins_with_archived(const transfer::Side& source) {
  const auto page = co_await source.reader->list_objects({.bucket = source.location.bucket,
                                                          .prefix = source.location.prefix,
                                                          .start_after = {},
                                                          .continuation_token = {},
                                                          .expected_owner = source.expected_owner});
  co_return page&& std::ranges::any_of(page->objects, transfer::needs_restore);
}

}  // namespace s3m::workflow

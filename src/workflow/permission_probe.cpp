#include "workflow/permission_probe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/sub_resource.hpp"
#include "base/text.hpp"
#include "transfer/failures.hpp"
#include "workflow/grant_probe.hpp"
#include "workflow/permission_book.hpp"

namespace s3m::workflow {
namespace {

constexpr std::string_view source_side = "source", destination_side = "destination";

class Probing {
 public:
  Probing(PermissionProbes probes, MigrationFacts facts, MigrationGround ground,
          std::vector<Permission> needed)
      : probes_(probes),
        facts_(std::move(facts)),
        ground_(std::move(ground)),
        owner_(ground_.source.expected_owner),
        live_(fmt::format("arn:{}:s3:::{}", facts_.source_principal.partition, facts_.bucket)),
        book_(std::move(needed)) {}

  net::Task<Result<std::vector<Permission>>> run() {
    using Part = net::Task<Result<void>> (Probing::*)();
    static constexpr std::initializer_list<Part> parts = {
        &Probing::listings, &Probing::configuration, &Probing::objects,
        &Probing::versions, &Probing::writing,       &Probing::name_is_taken,
    };
    for (const auto part : parts) {
      auto done = co_await (this->*part)();
      if (!done) co_return forward(done);
    }
    if (probes_.source_iam != nullptr) {
      auto source = co_await book_.infer(*probes_.source_iam, ground_.source_principal,
                                         std::string(source_side));
      if (!source) co_return forward(source);
    }
    if (probes_.destination_iam != nullptr) {
      auto destination = co_await book_.infer(
          *probes_.destination_iam, ground_.destination_principal, std::string(destination_side));
      if (!destination) co_return forward(destination);
    }
    explain_the_rest();
    co_return std::move(book_.all());
  }

 private:
  void mark_source(const std::string& resource, std::string_view action, PermissionState state,
                   std::string how) {
    book_.mark(source_side, resource, action, state, std::move(how));
  }

  template <class T>
  Result<void> settle(const Result<T>& asked, const std::string& resource, std::string_view action,
                      std::string how) {
    return book_.settle(asked, source_side, resource, action, std::move(how));
  }

  net::Task<Result<void>> listings() {
    aws::ListRequest list{.bucket = facts_.bucket,
                          .prefix = {},
                          .start_after = {},
                          .continuation_token = {},
                          .max_keys = 1,
                          .expected_owner = owner_};
    auto page = co_await probes_.source.list_objects(std::move(list));
    if (page && !page->objects.empty()) object_.key = page->objects.front().key;
    auto settled = settle(page, live_, "s3:ListBucket", "one key was listed");
    if (!settled) co_return settled;
    auto uploads =
        co_await probes_.source.list_multipart_uploads(facts_.bucket, {}, {}, {}, owner_);
    settled = settle(uploads, live_, "s3:ListBucketMultipartUploads", "listed");
    if (!settled || book_.find(source_side, live_, "s3:ListBucketVersions") == nullptr)
      co_return settled;
    aws::ListVersionsRequest versions{.bucket = facts_.bucket,
                                      .prefix = {},
                                      .key_marker = {},
                                      .version_id_marker = {},
                                      .max_keys = 100,
                                      .expected_owner = owner_};
    auto listed = co_await probes_.source.list_object_versions(std::move(versions));
    if (listed) choose_version(*listed);
    co_return settle(listed, live_, "s3:ListBucketVersions", "one page was listed");
  }

  void choose_version(const aws::VersionPage& page) {
    const auto found = std::ranges::find_if(
        page.versions, [](const aws::VersionEntry& one) { return !one.version.delete_marker; });
    if (found != page.versions.end()) version_ = {facts_.bucket, found->key, found->version.id};
  }

  // Every setting is read as it will be carried.
  net::Task<Result<void>> configuration() {
    for (const auto& kind : aws::sub_resource_kinds()) {
      auto settled = kind.by_id() ? co_await ids(kind) : co_await document(kind);
      if (!settled) co_return settled;
    }
    co_return ok;
  }

  net::Task<Result<void>> ids(const aws::SubResourceKind& kind) {
    const auto asked = co_await probes_.source.list_sub_resource_ids(
        facts_.bucket, std::string(kind.query), owner_);
    co_return settle_setting(asked, kind);
  }

  net::Task<Result<void>> document(const aws::SubResourceKind& kind) {
    const auto asked = co_await probes_.source.get_sub_resource(
        facts_.bucket, std::string(kind.query), {}, owner_);
    co_return settle_setting(asked, kind);
  }

  template <class T>
  Result<void> settle_setting(const Result<T>& asked, const aws::SubResourceKind& kind) {
    const auto* known = book_.find(source_side, live_, kind.read_permission);
    // Two settings may share a permission: what one of them was denied stays denied.
    if (known == nullptr || known->state == PermissionState::denied) return ok;
    if (!asked && asked.error().code() == Errc::not_supported) {
      mark_source(live_, kind.read_permission, PermissionState::proven,
                  "the service does not know this setting");
      return ok;
    }
    return settle(asked, live_, kind.read_permission, "read");
  }

  net::Task<Result<void>> objects() {
    if (object_.key.empty()) co_return ok;
    object_.bucket = facts_.bucket;
    const auto resource = live_ + "/*";
    const auto how = "used on " + printable(object_.key);
    aws::HeadRequest head{.object = object_, .expected_owner = owner_};
    const auto seen = co_await probes_.source.head_object(std::move(head));
    auto settled = settle(seen, resource, "s3:GetObject", how);
    if (!settled) co_return settled;
    const auto tags = co_await probes_.source.get_object_tagging(object_, owner_);
    settled = settle(tags, resource, "s3:GetObjectTagging", how);
    if (!settled || book_.find(source_side, resource, "s3:GetObjectAcl") == nullptr)
      co_return settled;
    const auto acl = co_await probes_.source.get_object_acl(object_, owner_);
    co_return settle(acl, resource, "s3:GetObjectAcl", how);
  }

  net::Task<Result<void>> versions() {
    if (version_.key.empty()) co_return ok;
    const auto resource = live_ + "/*";
    const auto how = "used on a version of " + printable(version_.key);
    aws::HeadRequest head{.object = version_, .expected_owner = owner_};
    const auto seen = co_await probes_.source.head_object(std::move(head));
    auto settled = settle(seen, resource, "s3:GetObjectVersion", how);
    if (!settled) co_return settled;
    const auto tags = co_await probes_.source.get_object_tagging(version_, owner_);
    co_return settle(tags, resource, "s3:GetObjectVersionTagging", how);
  }

  net::Task<Result<void>> writing() {
    const auto probe = write_probe(probes_.source, probes_.source,
                                   {.bucket = facts_.bucket, .expected_owner = owner_, .acl = {}});
    const auto written = co_await probe->use();
    co_return settle(written, live_ + "/*", "s3:PutObject",
                     "a write was refused by its If-Match, not by a policy");
  }

  // Only where the answer must be a refusal: another account asks for a name that its owner has
  // just been seen to have. An own name could be answered with 200 (us-east-1), which resets ACLs.
  net::Task<Result<void>> name_is_taken() {
    const auto& from = ground_.source_principal.account;
    const auto& to = ground_.destination_principal.account;
    // In another name space the name would be free.
    if (!facts_.one_service) co_return ok;
    if (from.empty() || to.empty() || from == to || owner_ != from) co_return ok;
    const auto still = co_await probes_.source.head_bucket(facts_.bucket, owner_);
    if (!still) co_return fail(still.error().clone());
    aws::CreateBucketRequest request;
    request.bucket = facts_.bucket;
    request.region = ground_.destination_region;
    const auto asked = co_await probes_.destination.create_bucket(std::move(request));
    constexpr std::string_view action = "s3:CreateBucket";
    if (asked) {
      co_return fail(Errc::refused,
                     fmt::format("the name {} was free: somebody deleted the source meanwhile, and "
                                 "account {} owns an empty bucket of this name now. Nothing was "
                                 "moved",
                                 printable(facts_.bucket), to));
    }
    const auto& error = asked.error();
    if (error.code() == Errc::bucket_exists || error.code() == Errc::bucket_owned) {
      book_.mark(destination_side, live_, action, PermissionState::proven,
                 "the service says that the name is taken, not that it may not be asked for");
    } else if (error.code() == Errc::access_denied) {
      book_.mark(destination_side, live_, action, PermissionState::denied, error.describe());
    } else if (transfer::concerns_all(error) && error.code() != Errc::wrong_region) {
      co_return fail(error.clone());
    } else {
      book_.mark(destination_side, live_, action, PermissionState::unproven,
                 "could not be tried: " + error.describe());
    }
    co_return ok;
  }

  void explain_the_rest() {
    for (auto& one : book_.all()) {
      if (!one.how.empty()) continue;
      const bool temporary = !one.resource.starts_with(live_);
      if (one.resource.contains(":kms:")) {
        one.how = "used first by the trial copy";
      } else if (temporary) {
        one.how = "used first on the temporary bucket, before anything is frozen or deleted";
      } else if (one.action.starts_with("s3:Get")) {
        one.how = "used first when there is an object or a setting to read";
      } else {
        one.how = "cannot be tried without changing something";
      }
    }
  }

  PermissionProbes probes_;
  MigrationFacts facts_;
  MigrationGround ground_;
  std::string owner_, live_;
  PermissionBook book_;
  aws::ObjectAddress object_, version_;  // to be read; no key: there is none
};

}  // namespace

net::Task<Result<std::vector<Permission>>> probe_permissions(PermissionProbes probes,
                                                             MigrationFacts facts,
                                                             MigrationGround ground,
                                                             std::vector<Permission> needed) {
  Probing probing(probes, std::move(facts), std::move(ground), std::move(needed));
  co_return co_await probing.run();
}

}  // namespace s3m::workflow

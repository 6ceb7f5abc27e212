#include "workflow/migration_facts.hpp"

#include <utility>

#include "transfer/location.hpp"

namespace s3m::workflow {
namespace {

class FactReader {
 public:
  FactReader(aws::S3& source, MigrationFacts facts, std::string owner)
      : source_(source), facts_(std::move(facts)), owner_(std::move(owner)) {}

  net::Task<Result<MigrationFacts>> run() {
    using Part = net::Task<Result<void>> (FactReader::*)();
    static constexpr std::initializer_list<Part> parts = {
        &FactReader::versioning, &FactReader::lock,     &FactReader::acls,
        &FactReader::encryption, &FactReader::policy,   &FactReader::archives,
        &FactReader::uploads,    &FactReader::reserved,
    };
    for (const auto part : parts) {
      auto done = co_await (this->*part)();
      if (!done) co_return forward(done);
    }
    co_return std::move(facts_);
  }

 private:
  // Not being allowed to ask is a fact; a job that is over is not.
  template <class T>
  Result<void> take(Result<T> answer, T& into, std::string what, std::string permission) {
    if (answer) {
      into = *std::move(answer);
      return ok;
    }
    if (answer.error().code() != Errc::access_denied) return forward(answer);
    facts_.unread.push_back({std::move(what), std::move(permission)});
    return ok;
  }

  net::Task<Result<void>> versioning() {
    auto rules = co_await source_.get_versioning_rules(facts_.bucket, owner_);
    co_return take(std::move(rules), facts_.versioning, "versioning", "s3:GetBucketVersioning");
  }

  net::Task<Result<void>> lock() {
    auto lock = co_await source_.get_bucket_lock(facts_.bucket, owner_);
    co_return take(std::move(lock), facts_.lock, "Object Lock configuration",
                   "s3:GetBucketObjectLockConfiguration");
  }

  net::Task<Result<void>> acls() {
    auto asked = co_await source_.get_object_ownership(facts_.bucket, owner_);
    const bool known = asked.has_value();
    std::string ownership;
    auto taken =
        take(std::move(asked), ownership, "ownership controls", "s3:GetBucketOwnershipControls");
    using enum MigrationFacts::Acls;
    // Where AWS has none set, ACLs are on; other services may not know the setting.
    if (ownership.empty()) {
      facts_.acls = facts_.aws && known ? on : unknown;
    } else {
      facts_.acls = ownership == "BucketOwnerEnforced" ? off : on;
    }
    co_return taken;
  }

  net::Task<Result<void>> encryption() {
    auto encryption = co_await source_.get_bucket_encryption(facts_.bucket, owner_);
    co_return take(std::move(encryption), facts_.encryption, "default encryption",
                   "s3:GetEncryptionConfiguration");
  }

  net::Task<Result<void>> policy() {
    auto policy = co_await source_.get_bucket_policy(facts_.bucket, owner_);
    co_return take(std::move(policy), facts_.policy, "policy", "s3:GetBucketPolicy");
  }

  net::Task<Result<void>> archives() {
    auto lifecycle = co_await source_.lifecycle_archives(facts_.bucket, owner_);
    auto taken = take(std::move(lifecycle), facts_.lifecycle_archives, "lifecycle",
                      "s3:GetLifecycleConfiguration");
    if (!taken) co_return taken;
    auto tiering = co_await source_.tiering_archives(facts_.bucket, owner_);
    co_return take(std::move(tiering), facts_.tiering_archives, "intelligent tiering configuration",
                   "s3:GetIntelligentTieringConfiguration");
  }

  net::Task<Result<void>> uploads() {
    auto page = co_await source_.list_multipart_uploads(facts_.bucket, {}, {}, {}, owner_);
    aws::UploadPage listed;
    auto taken =
        take(std::move(page), listed, "unfinished uploads", "s3:ListBucketMultipartUploads");
    facts_.uploads = listed.uploads.size();
    co_return taken;
  }

  // Old versions and delete markers hold a bucket up as well as objects do.
  net::Task<Result<void>> reserved() {
    if (facts_.ever_versioned()) {
      aws::ListVersionsRequest request{.bucket = facts_.bucket,
                                       .prefix = std::string(transfer::reserved_prefix),
                                       .key_marker = {},
                                       .version_id_marker = {},
                                       .max_keys = 1,
                                       .expected_owner = owner_};
      auto page = co_await source_.list_object_versions(std::move(request));
      aws::VersionPage listed;
      auto taken = take(std::move(page), listed, "versions", "s3:ListBucketVersions");
      if (!listed.versions.empty()) facts_.reserved_key = listed.versions.front().key;
      co_return taken;
    }
    aws::ListRequest request{.bucket = facts_.bucket,
                             .prefix = std::string(transfer::reserved_prefix),
                             .start_after = {},
                             .continuation_token = {},
                             .max_keys = 1,
                             .expected_owner = owner_};
    auto page = co_await source_.list_objects(std::move(request));
    aws::ListPage listed;
    auto taken = take(std::move(page), listed, "listing", "s3:ListBucket");
    if (!listed.objects.empty()) facts_.reserved_key = listed.objects.front().key;
    co_return taken;
  }

  aws::S3& source_;
  MigrationFacts facts_;
  std::string owner_;
};

// A service that knows no accounts may not heed the expected owner either; the bucket's ACL tells.
net::Task<Result<bool>> is_anothers(aws::S3& source, std::string bucket, std::string own_id) {
  if (own_id.empty()) co_return false;
  auto owner = co_await source.get_bucket_owner_id(std::move(bucket), {});
  if (!owner && owner.error().code() == Errc::cancelled) co_return forward(owner);
  co_return owner && !owner->empty() && *owner != own_id;
}

}  // namespace

net::Task<Result<MigrationGround>> migration_ground(const Access& source, const Access& destination,
                                                    aws::Runtime& runtime,
                                                    aws::Admission& admission) {
  MigrationGround ground;
  auto source_principal = co_await identify(source);
  if (!source_principal) co_return forward(source_principal);
  ground.source_principal = *std::move(source_principal);
  auto destination_principal = co_await identify(destination);
  if (!destination_principal) co_return forward(destination_principal);
  ground.destination_principal = *std::move(destination_principal);
  auto bucket =
      co_await look_at_bucket(source, ground.source_principal, runtime, admission, ground.notes);
  if (!bucket) co_return forward(bucket);
  ground.source = *std::move(bucket);
  ground.destination_region =
      destination.endpoint.region.empty() ? ground.source.region : destination.endpoint.region;
  co_return ground;
}

net::Task<Result<MigrationFacts>> read_migration_facts(aws::S3& source, const Access& from,
                                                       const Access& to,
                                                       const MigrationGround& ground) {
  MigrationFacts facts;
  facts.bucket = from.location.bucket;
  facts.aws = is_aws(from.endpoint);
  facts.one_service = service_name(from.endpoint) == service_name(to.endpoint);
  facts.tls = uses_tls(from.endpoint);
  facts.source_region = ground.source.region;
  facts.destination_region = ground.destination_region;
  facts.source_principal = ground.source_principal;
  facts.destination_principal = ground.destination_principal;
  // look_at_bucket() takes the owner away where another account's bucket may only be read.
  facts.owner_known =
      ground.source_principal.account.empty() || !ground.source.expected_owner.empty();
  facts.second_session = from.stranger != nullptr;
  auto anothers = co_await is_anothers(source, facts.bucket, facts.source_principal.owner_id);
  if (!anothers) co_return forward(anothers);
  if (*anothers) facts.owner_known = false;
  FactReader reader(source, std::move(facts), ground.source.expected_owner);
  co_return co_await reader.run();
}

net::Task<Result<NameUse>> use_of_name(aws::S3& there, std::string bucket, std::string account) {
  auto head = co_await there.head_bucket(std::move(bucket), std::move(account));
  if (head) co_return NameUse::own;
  switch (head.error().code()) {
    case Errc::no_such_bucket:
      co_return NameUse::free;
    case Errc::access_denied:
    case Errc::wrong_region:
      co_return NameUse::foreign;
    default:
      co_return forward(head);
  }
}

PermissionTerms permission_terms(const MigrationFacts& facts, const MigrationWishes& wishes) {
  PermissionTerms terms{.bucket = facts.bucket,
                        .partition = facts.source_principal.partition,
                        .all_versions = facts.ever_versioned(),
                        .acls = facts.acls == MigrationFacts::Acls::on,
                        .locks = facts.lock.enabled,
                        .source_key = {},
                        .destination_key = wishes.copy.copy.kms_key_id};
  if (wishes.copy.grant) terms.grant = *wishes.copy.grant;
  const auto& key = facts.encryption.kms_key_id;
  if (key.starts_with("arn:")) terms.source_key = key;
  if (terms.destination_key.empty()) {
    terms.destination_key = wishes.copy.kms_keys.find(key).value_or(std::string());
  }
  return terms;
}

}  // namespace s3m::workflow

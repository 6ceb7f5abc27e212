#include "workflow/copy_access.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/copy_permissions.hpp"
#include "workflow/grant_probe.hpp"
#include "workflow/permission_book.hpp"

namespace s3m::workflow {
namespace {

constexpr std::string_view source_side = "source", destination_side = "destination";

struct Bucket {
  bool exists = true;
  std::string region;
};

class Looking {
 public:
  Looking(JobContext& context, Access source, Access destination, CopySpec spec)
      : context_(context),
        from_(std::move(source)),
        to_(std::move(destination)),
        spec_(std::move(spec)),
        book_({}) {}

  net::Task<Result<std::vector<Permission>>> run() {
    using Part = net::Task<Result<void>> (Looking::*)();
    static constexpr std::initializer_list<Part> parts = {
        &Looking::ground,      &Looking::configuration,  &Looking::choose_writer,
        &Looking::need,        &Looking::source,         &Looking::versions,
        &Looking::destination, &Looking::reading_copier, &Looking::writing,
        &Looking::policy,      &Looking::infer};
    for (const auto part : parts) {
      auto done = co_await (this->*part)();
      if (!done) co_return forward(done);
    }
    explain_the_rest();
    co_return std::move(book_.all());
  }

 private:
  // `who` against the bucket of `where`: a request goes where the bucket is, whoever signs it.
  aws::S3 s3_at(const Access& who, const Access& where, const Bucket& bucket) {
    auto access = who;
    access.endpoint = where.endpoint;
    return s3_for(access, bucket.region, context_.runtime, context_.governor);
  }

  net::Task<Result<Bucket>> locate(const Access& access) {
    auto s3 = s3_for(access, {}, context_.runtime, context_.governor);
    auto located = co_await s3.locate_bucket(access.location.bucket);
    if (located) {
      co_return Bucket{.exists = true,
                       .region = located->empty() ? access.endpoint.region : *located};
    }
    if (located.error().code() != Errc::no_such_bucket) {
      located.error().context(
          fmt::format("bucket {} could not be looked for", printable(access.location.bucket)));
      co_return forward(located);
    }
    co_return Bucket{.exists = false, .region = access.endpoint.region};
  }

  net::Task<Result<void>> ground() {
    auto one = co_await identify(from_);
    if (!one) co_return forward(one);
    source_principal_ = *std::move(one);
    auto other = co_await identify(to_);
    if (!other) co_return forward(other);
    destination_principal_ = *std::move(other);
    auto from = co_await locate(from_);
    if (!from) co_return forward(from);
    source_ = *std::move(from);
    auto to = co_await locate(to_);
    if (!to) co_return forward(to);
    destination_ = *std::move(to);
    owner_ = destination_principal_.account;
    co_return ok;
  }

  // What decides which rights there must be. What may not be asked is taken for what is usual.
  net::Task<Result<void>> configuration() {
    if (!source_.exists || spec_.attributes == AttributeMode::none) co_return ok;
    auto s3 = s3_at(from_, from_, source_);
    const auto ownership = co_await s3.get_object_ownership(from_.location.bucket, {});
    terms_.acls = ownership && *ownership != "BucketOwnerEnforced";
    const auto locked = co_await s3.has_object_lock(from_.location.bucket, {});
    terms_.locks = locked && *locked;
    const auto encryption = co_await s3.get_bucket_encryption(from_.location.bucket, {});
    if (encryption && encryption->kms_key_id.starts_with("arn:"))
      terms_.source_key = encryption->kms_key_id;
    co_return ok;
  }

  // With --grant none either may copy: who may write, else who may read.
  net::Task<Result<void>> choose_writer() {
    one_identity_ = same_identity(from_, to_, source_principal_, destination_principal_);
    terms_.grant = grant_of(spec_, one_identity_);
    const bool destinations = terms_.grant == GrantMode::source_policy ||
                              (terms_.grant == GrantMode::none && one_identity_);
    terms_.writer = destinations ? Writer::destination : Writer::source;
    if (terms_.grant != GrantMode::none || one_identity_) co_return ok;
    if (!source_.exists || !destination_.exists) co_return ok;
    const auto written = co_await write_as(from_);
    if (written || written.error().code() != Errc::access_denied) co_return ok;
    auto reader = s3_at(to_, from_, source_);
    const auto probe =
        read_probe(reader, {.bucket = from_.location.bucket, .expected_owner = {}, .acl = {}});
    const auto read = co_await probe->use();
    if (read) terms_.writer = Writer::destination;
    co_return ok;
  }

  net::Task<Result<void>> need() {
    terms_.source = from_.location.bucket;
    terms_.destination = to_.location.bucket;
    terms_.partition = source_principal_.partition;
    terms_.make_destination = !destination_.exists;
    terms_.all_versions = spec_.copy.all_versions;
    terms_.deletes = spec_.delete_extra;
    terms_.destination_key = spec_.copy.kms_key_id;
    live_ = fmt::format("arn:{}:s3:::{}", terms_.partition, terms_.source);
    there_ = fmt::format("arn:{}:s3:::{}", terms_.partition, terms_.destination);
    book_ = PermissionBook(needed_for_copy(terms_));
    co_return ok;
  }

  aws::ListRequest one_key(const transfer::Location& location, std::string owner) const {
    return {.bucket = location.bucket,
            .prefix = location.prefix,
            .start_after = {},
            .continuation_token = {},
            .max_keys = 1,
            .expected_owner = std::move(owner)};
  }

  net::Task<Result<void>> source() {
    if (!source_.exists) co_return ok;
    auto s3 = s3_at(from_, from_, source_);
    auto page = co_await s3.list_objects(one_key(from_.location, {}));
    auto settled = book_.settle(page, source_side, live_, "s3:ListBucket", "one key was listed");
    if (!settled || !page || page->objects.empty()) co_return settled;
    object_ = {from_.location.bucket, page->objects.front().key, {}};
    co_return co_await objects(from_, source_side);
  }

  // The rights to read an object of the source, used on the first one.
  net::Task<Result<void>> objects(const Access& who, std::string_view side) {
    auto s3 = s3_at(who, from_, source_);
    const auto resource = live_ + "/*";
    const auto how = "used on " + printable(object_.key);
    aws::HeadRequest head{.object = object_, .expected_owner = {}};
    const auto seen = co_await s3.head_object(std::move(head));
    auto settled = book_.settle(seen, side, resource, "s3:GetObject", how);
    if (!settled) co_return settled;
    const auto tags = co_await s3.get_object_tagging(object_, {});
    settled = book_.settle(tags, side, resource, "s3:GetObjectTagging", how);
    if (!settled || !terms_.acls) co_return settled;
    const auto acl = co_await s3.get_object_acl(object_, {});
    co_return book_.settle(acl, side, resource, "s3:GetObjectAcl", how);
  }

  net::Task<Result<void>> versions() {
    if (!source_.exists || !terms_.all_versions) co_return ok;
    auto s3 = s3_at(from_, from_, source_);
    aws::ListVersionsRequest list{.bucket = from_.location.bucket,
                                  .prefix = from_.location.prefix,
                                  .key_marker = {},
                                  .version_id_marker = {},
                                  .max_keys = 100,
                                  .expected_owner = {}};
    const auto page = co_await s3.list_object_versions(std::move(list));
    auto settled =
        book_.settle(page, source_side, live_, "s3:ListBucketVersions", "one page was listed");
    if (!settled || !page) co_return settled;
    const auto found = std::ranges::find_if(
        page->versions, [](const aws::VersionEntry& one) { return !one.version.delete_marker; });
    if (found == page->versions.end()) co_return ok;
    const aws::ObjectAddress version{from_.location.bucket, found->key, found->version.id};
    const auto how = "used on a version of " + printable(found->key);
    aws::HeadRequest head{.object = version, .expected_owner = {}};
    const auto seen = co_await s3.head_object(std::move(head));
    settled = book_.settle(seen, source_side, live_ + "/*", "s3:GetObjectVersion", how);
    if (!settled) co_return settled;
    const auto tags = co_await s3.get_object_tagging(version, {});
    co_return book_.settle(tags, source_side, live_ + "/*", "s3:GetObjectVersionTagging", how);
  }

  net::Task<Result<void>> destination() {
    if (!destination_.exists) co_return ok;
    auto s3 = s3_at(to_, to_, destination_);
    const auto& bucket = to_.location.bucket;
    const auto page = co_await s3.list_objects(one_key(to_.location, owner_));
    auto settled =
        book_.settle(page, destination_side, there_, "s3:ListBucket", "one key was listed");
    if (!settled) co_return settled;
    const auto uploads = co_await s3.list_multipart_uploads(bucket, {}, {}, {}, owner_);
    settled =
        book_.settle(uploads, destination_side, there_, "s3:ListBucketMultipartUploads", "listed");
    if (!settled) co_return settled;
    const auto ownership = co_await s3.get_object_ownership(bucket, owner_);
    settled =
        book_.settle(ownership, destination_side, there_, "s3:GetBucketOwnershipControls", "read");
    if (!settled || !page) co_return settled;
    const auto probe = read_probe(s3, {.bucket = bucket, .expected_owner = owner_, .acl = {}});
    const auto read = co_await probe->use();
    settled = book_.settle(read, destination_side, there_ + "/*", "s3:GetObject",
                           "asked for a key that is not there, the answer was that it is not");
    if (!settled || !terms_.all_versions) co_return settled;
    const auto versioning = co_await s3.get_bucket_versioning(bucket, owner_);
    co_return book_.settle(versioning, destination_side, there_, "s3:GetBucketVersioning", "read");
  }

  // Its reading of the source can be tried only where no grant is waited for.
  net::Task<Result<void>> reading_copier() {
    const bool tries = terms_.writer == Writer::destination && object_.key != "" &&
                       terms_.grant == GrantMode::none;
    if (!tries) co_return ok;
    co_return co_await objects(to_, destination_side);
  }

  net::Task<Result<void>> write_as(const Access& who) {
    auto writer = s3_at(who, to_, destination_);
    auto owner = s3_at(to_, to_, destination_);
    const auto probe = write_probe(
        writer, owner, {.bucket = to_.location.bucket, .expected_owner = owner_, .acl = {}});
    co_return co_await probe->use();
  }

  // The grant lets the source's identity write; before it stands a refusal says nothing.
  net::Task<Result<void>> writing() {
    if (!destination_.exists || terms_.grant == GrantMode::destination_policy) co_return ok;
    const bool owns = terms_.writer == Writer::destination;
    const auto written = co_await write_as(owns ? to_ : from_);
    co_return book_.settle(written, owns ? destination_side : source_side, there_ + "/*",
                           "s3:PutObject", "a write was refused by its If-Match, not by a policy");
  }

  net::Task<Result<void>> policy() {
    const bool theirs = terms_.grant == GrantMode::destination_policy;
    if (terms_.grant == GrantMode::none || !(theirs ? destination_ : source_).exists) co_return ok;
    auto s3 = theirs ? s3_at(to_, to_, destination_) : s3_at(from_, from_, source_);
    const auto read = co_await s3.get_bucket_policy(
        theirs ? to_.location.bucket : from_.location.bucket, theirs ? owner_ : std::string());
    co_return book_.settle(read, theirs ? destination_side : source_side, theirs ? there_ : live_,
                           "s3:GetBucketPolicy", "read");
  }

  net::Task<Result<void>> infer() {
    auto runtime = soon_given_up(context_.runtime);
    auto source_iam = iam_for(from_, runtime, context_.governor);
    auto source = co_await book_.infer(source_iam, source_principal_, std::string(source_side));
    if (!source) co_return source;
    auto destination_iam = iam_for(to_, runtime, context_.governor);
    co_return co_await book_.infer(destination_iam, destination_principal_,
                                   std::string(destination_side));
  }

  std::string why_untried(const Permission& one) const {
    if (one.resource.contains(":kms:")) return "used first by the first copy";
    const bool granted = (terms_.grant == GrantMode::destination_policy &&
                          one.side == source_side && one.resource == there_ + "/*") ||
                         (terms_.grant == GrantMode::source_policy &&
                          one.side == destination_side && one.resource == live_ + "/*");
    if (granted) return "the grant is tried as soon as it stands, before anything is copied";
    if (one.action.starts_with("s3:Get") || one.action.starts_with("s3:List"))
      return "used first when there is a bucket or an object to read";
    return "cannot be tried without changing something";
  }

  void explain_the_rest() {
    for (auto& one : book_.all())
      if (one.how.empty()) one.how = why_untried(one);
  }

  JobContext& context_;
  Access from_, to_;
  CopySpec spec_;
  Principal source_principal_, destination_principal_;
  Bucket source_, destination_;
  std::string owner_;  // of the destination; the source may be another's that lets us read
  CopyPermissionTerms terms_;
  std::string live_, there_;
  bool one_identity_ = false;
  PermissionBook book_;
  aws::ObjectAddress object_;  // of the source, to be read; no key: there is none
};

}  // namespace

net::Task<Result<std::vector<Permission>>> copy_access(JobContext& context, Access source,
                                                       Access destination, CopySpec spec) {
  Looking looking(context, std::move(source), std::move(destination), std::move(spec));
  co_return co_await looking.run();
}

}  // namespace s3m::workflow

#include "workflow/configuration/read.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aws/sub_resource.hpp"
#include "aws/xml_element.hpp"
#include "base/text.hpp"
#include "workflow/bucket_policy.hpp"

namespace s3m::workflow {
namespace {

// What is learned on the way.
struct Reading {
  Configuration found;
  std::vector<std::string> denied;  // permissions
  std::optional<Error> first_denied;
};

bool is_owners_own(const aws::XmlElement& acl) {
  const auto* owner = acl.child("Owner");
  const auto* list = acl.child("AccessControlList");
  if (owner == nullptr || list == nullptr || list->children.size() != 1) return false;
  const auto& grant = list->children.front();
  const auto* grantee = grant.child("Grantee");
  return grantee != nullptr && grantee->text_of("ID") == owner->text_of("ID") &&
         grant.text_of("Permission") == "FULL_CONTROL";
}

// Whether a document says only what holds for every bucket.
bool says_nothing(std::string_view query, const std::string& document) {
  if (query != "acl" && query != "requestPayment" && query != "tagging" && query != "abac" &&
      query != "replication")
    return false;
  const auto root = aws::read_xml(document);
  if (!root) return false;
  if (query == "acl") return is_owners_own(*root);
  if (query == "requestPayment") return root->text_of("Payer") == "BucketOwner";
  if (query == "abac") return root->text_of("Status") == "Disabled";
  // radosgw says so of every bucket.
  if (query == "replication") return root->child("Rule") == nullptr;
  const auto* tags = root->child("TagSet");
  return tags != nullptr && tags->children.empty();
}

Result<std::optional<aws::SubResource>> without_ours(aws::SubResource policy) {
  auto removal = without_statements(policy.document, our_sids, std::nullopt);
  if (!removal) return forward(removal);
  switch (removal->action) {
    case PolicyRemoval::Action::nothing:
      return policy;
    case PolicyRemoval::Action::put:
      policy.document = std::move(removal->document);
      return policy;
    case PolicyRemoval::Action::remove_policy:
      break;
  }
  return std::nullopt;
}

void note_denied(Reading& reading, const aws::SubResourceKind& kind, Error error) {
  const std::string permission(kind.read_permission);
  if (std::ranges::find(reading.denied, permission) == reading.denied.end())
    reading.denied.push_back(permission);
  if (!reading.first_denied) reading.first_denied = std::move(error);
}

// Gives false when the error ends the reading.
bool survives(Reading& reading, const aws::SubResourceKind& kind, Error& error) {
  if (error.code() == Errc::not_supported) {
    // Of metadata tables a bucket has one kind or the other, and neither can be carried.
    if (!kind.put.empty()) reading.found.unsupported.emplace_back(kind.query);
    return true;
  }
  if (error.code() != Errc::access_denied) return false;
  note_denied(reading, kind, std::move(error));
  return true;
}

net::Task<Result<void>> read_one(aws::S3& owner, std::string bucket, std::string expected_owner,
                                 const aws::SubResourceKind& kind, std::string id,
                                 Reading& reading) {
  auto read = co_await read_item(owner, bucket, std::string(kind.query), id, expected_owner);
  if (!read) {
    if (survives(reading, kind, read.error())) co_return ok;
    co_return forward(read);
  }
  if (*read) {
    reading.found.items.push_back({std::string(kind.query), std::move(id), *std::move(*read)});
  } else if (!kind.by_id()) {
    reading.found.absent.emplace_back(kind.query);
  }
  co_return ok;
}

net::Task<Result<void>> read_all(aws::S3& owner, std::string bucket, std::string expected_owner,
                                 const aws::SubResourceKind& kind, Reading& reading) {
  auto ids = co_await owner.list_sub_resource_ids(bucket, std::string(kind.query), expected_owner);
  if (!ids) {
    if (survives(reading, kind, ids.error())) co_return ok;
    co_return forward(ids);
  }
  if (ids->empty()) reading.found.absent.emplace_back(kind.query);
  for (const auto& id : *ids) {
    auto read = co_await read_one(owner, bucket, expected_owner, kind, id, reading);
    if (!read) co_return read;
  }
  co_return ok;
}

std::unexpected<Error> denied(const std::string& bucket, Reading reading) {
  Error error = *std::move(reading.first_denied);
  error.context(fmt::format(
      "the configuration of bucket {} cannot be read as a whole, and what is not known cannot be "
      "carried; give the role that owns the bucket {}",
      printable(bucket), fmt::join(reading.denied, ", ")));
  return fail(std::move(error));
}

}  // namespace

net::Task<Result<std::optional<aws::SubResource>>> read_item(aws::S3& owner, std::string bucket,
                                                             std::string query, std::string id,
                                                             std::string expected_owner) {
  auto read = co_await owner.get_sub_resource(bucket, query, id, expected_owner);
  if (!read || !*read) co_return read;
  if (query == "policy") co_return without_ours(*std::move(*read));
  if (says_nothing(query, (*read)->document)) co_return std::nullopt;
  co_return read;
}

net::Task<Result<Configuration>> read_configuration(aws::S3& owner, std::string bucket,
                                                    std::string expected_owner) {
  Reading reading;
  for (const auto& kind : aws::sub_resource_kinds()) {
    Result<void> read = ok;
    if (kind.by_id()) {
      read = co_await read_all(owner, bucket, expected_owner, kind, reading);
    } else {
      read = co_await read_one(owner, bucket, expected_owner, kind, {}, reading);
    }
    if (!read) {
      read.error().context(
          fmt::format("the configuration of bucket {} could not be read", printable(bucket)));
      co_return forward(read);
    }
  }
  if (reading.first_denied) co_return denied(bucket, std::move(reading));
  co_return std::move(reading.found);
}

}  // namespace s3m::workflow

#include "sim/switches.hpp"

namespace s3m::sim {
namespace {

// Ceph 16.2, as measured.
Switches radosgw() {
  Switches switches;
  switches.ignore_copy_source_conditions = true;
  switches.ignore_expected_owner = true;
  switches.inclusive_key_marker = true;
  switches.names_freed_at_once = true;
  switches.ignore_checksums = true;
  switches.copy_keeps_multipart_etag = true;
  switches.copy_etag_unquoted = true;
  switches.copy_keeps_storage_class = true;
  switches.no_copy_size_limit = true;
  switches.ignore_tagging_directive = true;
  switches.complete_etag_empty = true;
  switches.second_complete_fails = true;
  switches.delete_encryption_deletes_bucket = true;
  switches.sts_errors_unwrapped = true;
  switches.expired_token_is_unknown_key = true;
  switches.principal_arn_never_matches = true;
  switches.user_id_of_sessions_alone = true;
  switches.negated_needs_key = true;
  switches.not_principal_needs_whole_chain = false;
  switches.buckets_belong_to_assuming_user = true;
  switches.name_release = {};
  switches.minimum_session = std::chrono::seconds(1);
  return switches;
}

Switches moto() {
  Switches switches;
  switches.ignore_copy_source_conditions = true;
  switches.ignore_expected_owner = true;
  switches.names_freed_at_once = true;
  switches.no_copy_size_limit = true;
  switches.deny_hits_everyone = true;
  switches.ignore_tags_at_create = true;
  switches.name_release = {};
  return switches;
}

}  // namespace

std::optional<Switches> dialect(std::string_view name) {
  if (name == "aws") return Switches{};
  if (name == "radosgw") return radosgw();
  if (name == "moto") return moto();
  return std::nullopt;
}

}  // namespace s3m::sim

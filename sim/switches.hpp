// switches.hpp: the ways in which a service may differ from AWS, each a switch.
//
// Layer      sim; a value.
//
// Every member's default is how AWS behaves. The first group takes a lever away that a guard
// leans on: a test that passes with the switch on proves that the guard notices. The presets are
// what was measured on other servers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace s3m::sim {

// How a request for a bucket of another region is turned away.
enum class WrongRegion : std::uint8_t {
  malformed,           // 400 AuthorizationHeaderMalformed with <Region>
  permanent_redirect,  // 301 PermanentRedirect with <Endpoint>
  temporary_redirect,  // 307 TemporaryRedirect with <Endpoint>
};

struct Switches {
  // Levers of guards.
  bool ignore_if_match = false;  // on PUT, copy, Complete and DELETE
  bool ignore_if_none_match = false;
  bool ignore_copy_source_conditions = false;  // x-amz-copy-source-if-*
  bool ignore_expected_owner = false;          // both halves of a copy
  bool inclusive_key_marker = false;           // ListObjectVersions repeats the marker's key
  bool lost_marker_skips_key = false;  // a version-id-marker that is gone loses the key's rest
  bool names_freed_at_once = false;    // instead of after name_release
  bool ignore_checksums = false;       // none kept, none checked, none answered
  bool unordered_listing = false;      // as directory buckets: by hash, not by key

  // Answers.
  bool copy_keeps_multipart_etag = false;  // CopyObject keeps "-N"
  bool copy_etag_unquoted = false;         // in CopyObjectResult
  bool copy_keeps_storage_class = false;
  bool no_copy_size_limit = false;        // CopyObject above 5 GiB
  bool ignore_tagging_directive = false;  // tags are always copied
  bool complete_etag_empty = false;
  bool second_complete_fails = false;             // 500 instead of the same answer again
  bool delete_encryption_deletes_bucket = false;  // an empty one
  bool ignore_tags_at_create = false;             // of CreateBucket
  bool own_bucket_answers_200 = true;             // us-east-1's CreateBucket of a bucket one owns
  WrongRegion wrong_region = WrongRegion::malformed;

  // Credentials and policies.
  bool sts_errors_unwrapped = false;          // no ErrorResponse element
  bool expired_token_is_unknown_key = false;  // 403 InvalidAccessKeyId for an expired session
  bool principal_arn_never_matches = false;   // aws:PrincipalArn is unknown
  bool deny_hits_everyone = false;            // a Deny's principal and condition are not looked at
  bool not_principal_needs_whole_chain = true;   // account, role and session, as AWS documents
  bool buckets_belong_to_assuming_user = false;  // a bucket made by a role: its user's account
  bool user_id_never_matches = false;            // aws:userid is unknown
  bool user_id_of_sessions_alone = false;        // users and accounts have no aws:userid
  bool negated_needs_key = false;  // StringNotEquals does not hold where the key is absent

  // Time.
  std::chrono::milliseconds name_release{2'000};      // DeleteBucket until the name can be taken
  std::chrono::milliseconds name_seems_taken{0};      // of it, how long it is BucketAlreadyExists
  std::chrono::milliseconds bucket_visible_after{0};  // CreateBucket until sub-requests find it
  std::chrono::milliseconds policy_effective_after{0};
  std::chrono::milliseconds restore_takes{0};            // RestoreObject until it can be read
  std::chrono::milliseconds clock_skew{0};               // added to the server's clock
  std::chrono::seconds minimum_session{900};             // of AssumeRole's DurationSeconds
  std::optional<std::chrono::seconds> session_lifetime;  // whatever was asked for

  // Size.
  std::size_t listing_page = 1000;  // keys a page at most, whatever max-keys says
};

// "aws" (the defaults), "radosgw", "moto"; nullopt for another name.
std::optional<Switches> dialect(std::string_view name);

}  // namespace s3m::sim

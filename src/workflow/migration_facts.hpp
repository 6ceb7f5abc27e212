// migration_facts.hpp: what is known of a bucket before it is migrated, and where from.
//
// Layer      workflow.
// Threading  one loop.
//
// The facts are plain values, so that what they mean for a migration (migration_refusals.hpp) is
// judged without a network. What only the objects can tell (SSE-C, holds, who may not read them) is
// not among them: the first copy and the attribute proof find it (guard G27).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transfer/storage_class.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/permissions.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

// What the user asked for.
struct MigrationWishes {
  CopySpec copy;                                                // of both hops
  std::string prefix;                                           // of the source, as it was given
  std::vector<std::pair<std::string, std::string>> rewrites{};  // in the configuration: from, to
  bool source_is_quiet = false;  // the operator's word: no freeze is needed (guard G4)
  std::string rename{};          // the name it is to have; empty: its own
};

// Who migrates what, and where to.
struct MigrationGround {
  Principal source_principal, destination_principal;
  BucketFacts source;
  std::string destination_region;
  std::vector<std::string> notes;
};

// Identifies both sides and looks at the source bucket. The location of `destination` is not looked
// at; an empty region of its endpoint means the source's own.
//
// Errors  as preflight(): refused, no_such_bucket, access_denied, config and what the way there
//         says.
net::Task<Result<MigrationGround>> migration_ground(const Access& source, const Access& destination,
                                                    aws::Runtime& runtime,
                                                    aws::Admission& admission);

enum class NameUse : std::uint8_t {
  free,
  own,      // the destination's account has a bucket of that name, in the region asked for
  foreign,  // another account has, or it is in another region, or it may not be looked at
};

// Errors: what HeadBucket says otherwise.
net::Task<Result<NameUse>> use_of_name(aws::S3& there, std::string bucket, std::string account);

struct MigrationFacts {
  std::string bucket;
  // The two sides.
  bool aws = true;          // of the source
  bool one_service = true;  // both sides are the same provider
  bool tls = true;
  std::string source_region, destination_region;
  Principal source_principal, destination_principal;
  std::string job_id;  // whose facts these are
  // The other name that was asked for, and whether anybody has it.
  std::string new_name;
  NameUse new_name_use = NameUse::free;
  bool owner_known = true;  // the bucket answers to the source identity's own account
  // The source identity assumes a role, so that a second session of it can show that a freeze
  // holds.
  bool second_session = true;

  // Of the configuration.
  aws::BucketVersioning versioning;
  aws::BucketLock lock;
  enum class Acls : std::uint8_t { off, on, unknown } acls = Acls::off;
  aws::BucketEncryption encryption;
  std::optional<std::string> policy;
  bool lifecycle_archives = false;  // a rule moves objects to GLACIER or DEEP_ARCHIVE
  bool tiering_archives = false;    // INTELLIGENT_TIERING may move objects to an archive tier
  std::string reserved_key;         // a key below our own prefix; empty: there is none
  std::uint64_t uploads = 0;        // unfinished multipart uploads, on the first page
  struct Unread {
    std::string what, permission;
  };
  std::vector<Unread> unread;  // that may not be asked

  // Of the listing; filled by migration_plan().
  std::map<std::string, transfer::ClassFigures, std::less<>> classes;
  std::string first_in_archive;
  std::uint64_t unrestored = 0;        // objects of archive classes that cannot be read now
  std::uint64_t in_archive_tiers = 0;  // objects of INTELLIGENT_TIERING that must be restored

  bool ever_versioned() const noexcept { return !versioning.status.empty(); }
};

// Reads the configuration of the source, signed by its own identity; nothing is changed.
//
// Gives   facts; what may not be asked is in `unread`.
// Errors  cancelled, and what ends any job.
net::Task<Result<MigrationFacts>> read_migration_facts(aws::S3& source, const Access& from,
                                                       const Access& to,
                                                       const MigrationGround& ground);

// What a migration of these facts needs.
PermissionTerms permission_terms(const MigrationFacts& facts, const MigrationWishes& wishes);

}  // namespace s3m::workflow

// rewrite.hpp: a bucket's configuration as it must be said in another account, region or name.
//
// Layer   workflow; pure.
// Source  Amazon S3 API reference and user guide: which documents name accounts, regions and
//         buckets (docs/what-is-carried.md has the table).
#pragma once

#include <string>
#include <vector>

#include "workflow/configuration/configuration.hpp"
#include "workflow/configuration/rewrite_text.hpp"

namespace s3m::workflow {

struct Change {
  std::string query, id;
  std::string where;  // "Statement 1 Principal AWS", "Rule Destination Bucket"
  std::string from, to;
};

struct Rewritten {
  Configuration configuration;  // what is to be applied
  std::vector<Change> changes;
  std::vector<std::string> not_carried;  // sentences, with what to do about it
  std::vector<std::string> notes;        // carried, and still worth a look
};

// Documents in which nothing changes keep their bytes. Public access and object ownership are
// always said, because a new bucket is born stricter than an old one without them.
//
// Errors  refused, naming what the user has to decide first: a KMS key of the default encryption
//         without a counterpart (G29), a policy that is none, tags that leave no place for the
//         job's own. protocol for a document that cannot be read.
Result<Rewritten> rewrite(const Configuration& configuration, const RewriteMap& map);

// For a person: what is changed, a line for what was and one for what will be. Empty for none.
std::string diff_text(const std::vector<Change>& changes);

}  // namespace s3m::workflow

// attribute_carrier.hpp: finds out what a copy has to be told of its source, and reports what it
// will lack.
//
// Layer      transfer.
// Threading  one loop.
//
// A service leaves out of a HEAD what the caller has no right to see: locks and the number of
// tags. A policy may hide them of some objects alone, so each object that shows none is asked for
// them by a request of its own; the copies that may lack something are reported.
#pragma once

#include <string>
#include <vector>

#include "transfer/attributes.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

class AttributeCarrier {
 public:
  // All outlive the carrier.
  AttributeCarrier(Context& context, const CopyOptions& options, Counters& counters);

  // Whether an object that is copied in one request must be looked at before.
  bool looks() const noexcept { return rules_.look || rules_.read_acl; }

  // The object as it was listed, by a HEAD of its own.
  // Errors: precondition_failed or no_such_key when it is not what it was; cancelled.
  net::Task<Result<Carried>> look(aws::ObjectEntry source);
  // The same where the HEAD is there already.
  net::Task<Result<Carried>> carried(aws::ObjectHead source, aws::ObjectAddress address);

  // The tags of an object of which a HEAD told `tag_count`.
  net::Task<Result<aws::Pairs>> tags(aws::ObjectAddress source, int tag_count,
                                     std::vector<Loss>& losses);

  // Copies the annotations of `source` to a copy made in parts. What cannot be copied is a
  // loss, not a failure. Errors: cancelled, and what concerns all.
  net::Task<Result<void>> carry_annotations(aws::ObjectAddress source, std::string copy_key,
                                            std::string copy_etag, std::vector<Loss>& losses);

  // Whether a copy made in parts shows the locks that its upload was begun with: some servers take
  // them without a word and forget them. What it does not show is a loss.
  // Errors: cancelled, and what concerns all.
  net::Task<Result<void>> look_for_locks(std::string copy_key, const Carried& carried,
                                         std::vector<Loss>& losses);
  // Where the entry is read from.
  aws::ObjectAddress address_of(const aws::ObjectEntry& source) const;

  // Once the copy is there.
  void report(const aws::ObjectEntry& source, const std::vector<Loss>& losses);

 private:
  // Adds to the HEAD what it does not show. `source` outlives the task.
  net::Task<Result<void>> see_locks(aws::ObjectHead& source, aws::ObjectAddress address,
                                    std::vector<Loss>& losses);
  net::Task<Result<void>> carry_annotation(aws::ObjectAddress source, std::string copy_key,
                                           std::string copy_etag, std::string name);

  Context& context_;
  const AttributeRules& rules_;
  Counters& counters_;
  bool tags_known_ = true, annotations_known_ = true;  // to the service
};

}  // namespace s3m::transfer

// sides.hpp: the S3 calls of a job, once preflight knows where its buckets are.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "transfer/transfer.hpp"
#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

// Whose identity signs the copies. A copy is one request that reads one bucket and writes the
// other, so one identity needs both rights.
enum class Writer : std::uint8_t { source, destination };

// `ground` and the accesses may go once this is made.
class Sides {
 public:
  Sides(JobContext& context, const Access& source, const Access& destination, const Ground& ground,
        Writer writer);

  // For the operations of transfer. All arguments and this outlive it.
  transfer::Context context(transfer::UploadJournal& journal, transfer::FailureSink on_failure);

  transfer::Side source_side();

 private:
  JobContext& context_;
  transfer::Location source_, destination_;
  std::string source_owner_, destination_owner_;
  bool same_service_;
  aws::S3 source_s3_, destination_s3_, writer_s3_;
};

}  // namespace s3m::workflow

// undo_return.hpp: the way home of objects that a migration has deleted from its source.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G24, its second regime; docs/adr/0018.
//
// Each step looks, acts and checks, and gives a sentence; done again it finds nothing left to do.
// The source role signs the copies: it reads the temporary bucket by a grant and writes its own
// bucket, which the freeze spares it, so that what comes back belongs to whom it belonged.
#pragma once

#include <memory>
#include <string>

#include "workflow/configuration/apply.hpp"
#include "workflow/migration.hpp"

namespace s3m::workflow {

// The temporary bucket as the source, the living one as the destination. Either may have the older
// object of a pair: what was never deleted is older than its copy, what was copied back is younger.
std::unique_ptr<Hop> way_back(Migration& migration);

class Return {
 public:
  using Told = net::Task<Result<std::string>>;

  // `migration` outlives it; its begin() is over, and `look` is done.
  explicit Return(Migration& migration);
  ~Return();

  // That the temporary bucket is the job's and has what was confirmed, to the last tag: it may have
  // the only copy. Changes nothing.
  // Errors: refused, mismatch.
  Told check();
  // The source, as it was while it was emptied: frozen, silent; and taking versions, without the
  // default retention that would lock what comes back.
  Told close();
  // Takes out what is left of histories (transfer/tails.hpp), and counts what is to be copied back.
  // Not once anything was.
  Told clear();
  Told copy();
  // Against the digest that was confirmed. Errors: mismatch; refused for weak pairs.
  Told prove();

  // After all: what this job has left in the source goes; versioning and default retention as they
  // were.
  net::Task<Result<void>> settle();
  // What is lost although everything is back, for the report.
  net::Task<Result<std::string>> loss();

 private:
  Hop& back();
  net::Task<Result<void>> keep(Giving giving);
  // Of an adopted job, and of one whose freeze was gone: what is left must still be what was
  // copied.
  net::Task<Result<void>> check_rests();
  net::Task<Result<void>> keep_figures(transfer::Plan plan);
  net::Task<Result<void>> let_read(Hop& hop);
  net::Task<Result<std::string>> first_change(Hop& alone);
  net::Task<Result<void>> set_rules(Phase phase);
  std::string source() const;
  std::string temporary() const;

  Migration& m_;
  std::unique_ptr<Hop> back_;
  std::unique_ptr<TemporaryGrant> grant_;
};

}  // namespace s3m::workflow

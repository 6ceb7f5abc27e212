// copy_object.hpp: copies one object, whatever its size and whatever happens meanwhile.
//
// Layer      transfer.
// Threading  one loop.
// Source     design, section 6; guard G15.
#pragma once

#include <cstdint>
#include <string>

#include "transfer/decision.hpp"
#include "transfer/multipart.hpp"
#include "transfer/prover.hpp"

namespace s3m::transfer {

// One object to be copied, or first to be looked at more closely.
struct CopyWork {
  aws::ObjectEntry source;  // as listed; brought up to date when it changes
  aws::ObjectEntry copy;    // what the destination has, if it exists
  bool copy_exists = false;
  Likeness likeness = Likeness::differs;  // unproven, encryption_decides: to be looked at
  aws::Admission* admission = nullptr;    // its range's; null: the writer's own
};

enum class CopyEnd : std::uint8_t {
  copied,
  vanished,   // the source is gone
  waiting,    // archived, and being restored
  left_alone  // --if-exists skip, and an object appeared meanwhile
};

class ObjectCopier {
 public:
  // All that `shared` names, and `prover`, outlive the copier.
  ObjectCopier(MultipartContext shared, Prover& prover) : shared_(shared), prover_(prover) {}

  // Copies work.source over work.copy, or where nothing is. The source is pinned and the write
  // conditional. A failed condition is looked into at once: a changed source is copied as it now
  // is, a lost answer is recognised by its effect, a foreign object is left alone.
  //
  // An archived source is asked for where the options say so, and is waiting then.
  //
  // Errors  precondition_failed when the destination was changed by another; invalid_state for an
  //         archived source otherwise; invalid_argument when the destination cannot have such a
  //         key; what else the requests fail with. cancelled.
  // Lifetime  `work` stays until the Task ends.
  net::Task<Result<CopyEnd>> copy(CopyWork& work);

  // One try, which settles nothing: what copy_history() is made of. Where the source is a version
  // the write is not sent again once its answer was lost. `work` stays until the Task ends.
  net::Task<Result<aws::CopyResult>> send(CopyWork& work, std::string destination_key);
  // The full key of the copy. Errors: invalid_argument when there can be none.
  Result<std::string> destination_key(std::string_view source_key) const;

 private:
  enum class Next : std::uint8_t { again, copied, vanished, left_alone };

  aws::WriteOptions write_options(const CopyWork& work) const;
  net::Task<Result<aws::CopyResult>> look_and_send(CopyWork& work, std::string destination_key);
  aws::CopyRequest request_of(const CopyWork& work, std::string destination_key,
                              aws::WriteOptions write) const;
  net::Task<Result<bool>> make_readable(CopyWork& work);
  net::Task<Result<Next>> look_again(CopyWork& work, Error error);
  net::Task<Result<Next>> look_at_destination(CopyWork& work, const aws::ObjectHead& source,
                                              Error error);
  void note(const CopyWork& work, const aws::CopyResult& result);
  std::string relative_key(const CopyWork& work) const;

  MultipartContext shared_;
  Prover& prover_;
};

}  // namespace s3m::transfer

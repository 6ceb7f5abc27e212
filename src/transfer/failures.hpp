// failures.hpp: which failures belong to one object, and which end the job.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <optional>
#include <string>

#include "transfer/transfer.hpp"

namespace s3m::transfer {

// The object a failure is told of where the Error itself does not name one.
struct Subject {
  std::string_view operation, bucket, key, version{};
};

FailureEvent failure_event(const Error& error, const Subject& subject);

// True for what no other object can escape: the session over or not to be renewed, the bucket gone,
// no way to the service, a store that cannot be written.
bool concerns_all(const Error& error) noexcept;

// True where a request may have taken effect although its answer never came, or said otherwise.
bool may_have_happened(Errc code) noexcept;

// Reports failures of single objects and keeps the one that ends the operation.
class Failures {
 public:
  explicit Failures(Context& context) : context_(context) {}

  // An object came through: rights and keys are in order.
  void succeeded() noexcept;
  // Gives true if it was one object's failure, now reported; false if the operation is over.
  bool failed(Error error, const Subject& subject);
  // The same where it is not told, because something later will fail for the same reason, or was
  // told of that object before.
  bool endured(Error error);
  void stop(Error error);
  // Tells of something that is wrong with an object of the destination, whose `key` is after the
  // prefix.
  void finding(std::string_view operation, const Error& error, std::string_view key,
               std::string_view version = {}) const;

  bool stopped() const noexcept { return fatal_.has_value() || context_.cancel.cancelled(); }
  // What ended the operation, or ok. Once.
  Result<void> result();

 private:
  std::optional<Error> as_refusal_of_all(const Error& error) const;

  Context& context_;
  std::optional<Error> fatal_;
  bool any_success_ = false;
  int denied_ = 0, unsupported_ = 0;  // in all
  int unrecognised_ = 0;              // in a row: credentials withdrawn
};

}  // namespace s3m::transfer

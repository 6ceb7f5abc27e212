#include "aws/admission.hpp"

namespace s3m::aws {
namespace {

class Unlimited final : public Admission {
 public:
  bool try_admit(RequestKind) override { return true; }
  net::Task<Result<void>> admit(RequestKind) override { co_return ok; }
  void done(RequestKind, std::chrono::nanoseconds, AttemptResult) override {}
};

}  // namespace

Admission& unlimited_admission() noexcept {
  static Unlimited unlimited;
  return unlimited;
}

}  // namespace s3m::aws

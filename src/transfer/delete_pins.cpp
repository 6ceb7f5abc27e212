#include "transfer/delete_pins.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/scratch.hpp"

namespace s3m::transfer {
namespace {

// The MD5 of nothing that was ever stored.
constexpr const char* wrong_etag = "00000000000000000000000000000000";

bool unknown_to_the_service(const Error& error) noexcept {
  return error.code() == Errc::not_supported || error.code() == Errc::invalid_request;
}

class PinsProbe {
 public:
  explicit PinsProbe(Side side) : side_(std::move(side)), key_(scratch_key("pins")) {}

  net::Task<Result<DeletePins>> run() {
    auto pins = co_await try_both();
    auto cleaned = co_await remove({});
    if (!pins) co_return pins;
    if (!cleaned) co_return forward(cleaned);
    co_return pins;
  }

 private:
  net::Task<Result<DeletePins>> try_both() {
    auto put = co_await place();
    if (!put) co_return forward(put);
    DeletePins pins;
    auto one = co_await refuses(remove(wrong_etag));
    if (!one) co_return forward(one);
    pins.one = *one;
    if (!pins.one) {
      put = co_await place();
      if (!put) co_return forward(put);
    }
    auto many = co_await refuses(remove_as_one_of_many());
    if (!many) co_return forward(many);
    pins.many = *many;
    co_return pins;
  }

  net::Task<Result<void>> place() {
    auto put =
        co_await side_.reader->put_object({.bucket = side_.location.bucket,
                                           .key = key_,
                                           .body = std::string(scratch_body),
                                           .write = {.expected_owner = side_.expected_owner}});
    if (!put) co_return forward(put);
    if (put->version.empty()) co_return ok;
    version_ = std::move(put->version);
    co_return fail(Errc::refused,
                   fmt::format("bucket {} keeps versions, so deleting its objects only hides them: "
                               "it must be emptied with all its versions (--versions all)",
                               printable(side_.location.bucket)));
  }

  net::Task<Result<void>> remove(std::string etag) {
    return side_.reader->delete_object(
        {.bucket = side_.location.bucket, .key = key_, .version = version_}, std::move(etag),
        side_.expected_owner);
  }

  net::Task<Result<void>> remove_as_one_of_many() {
    aws::DeleteManyRequest request{.bucket = side_.location.bucket,
                                   .expected_owner = side_.expected_owner};
    request.objects.push_back({.key = key_, .version = {}, .etag = wrong_etag});
    auto outcomes = co_await side_.reader->delete_objects(std::move(request));
    if (!outcomes) co_return forward(outcomes);
    auto& outcome = outcomes->front();
    if (outcome) co_return fail(std::move(*outcome));
    co_return ok;
  }

  // True if the deletion met its precondition; false if it took place, or is not known.
  static net::Task<Result<bool>> refuses(net::Task<Result<void>> deletion) {
    auto deleted = co_await std::move(deletion);
    if (deleted || unknown_to_the_service(deleted.error())) co_return false;
    if (deleted.error().code() == Errc::precondition_failed) co_return true;
    co_return forward(deleted);
  }

  Side side_;
  std::string key_, version_;
};

}  // namespace

net::Task<Result<DeletePins>> probe_delete_pins(Side side) {
  PinsProbe probe(std::move(side));
  co_return co_await probe.run();
}

}  // namespace s3m::transfer

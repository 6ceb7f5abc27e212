#include "workflow/confirmation.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

boost::json::object object_of(const ConfirmationQuestion& question) {
  return {{"bucket", printable(question.bucket)},
          {"temporary_bucket", printable(question.temporary_bucket)},
          {"digest", printable(question.digest)},
          {"objects", question.objects},
          {"bytes", question.bytes},
          {"weak", question.weak},
          {"uploads", printable(question.uploads)},
          {"frozen", question.frozen},
          {"all_versions", question.all_versions},
          {"not_carried", question.not_carried},
          {"settings_changed", question.settings_changed},
          {"settings_not_carried", question.settings_not_carried}};
}

}  // namespace

std::string to_json(const ConfirmationQuestion& question) {
  auto out = object_of(question);
  out["id"] = id_of(question);
  return boost::json::serialize(out);
}

std::string id_of(const ConfirmationQuestion& question) {
  return hex(bytes_of(sha256(boost::json::serialize(object_of(question)))));
}

}  // namespace s3m::workflow

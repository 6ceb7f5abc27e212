// Any bytes as somebody's bucket policy: what is added and taken out again leaves it as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "workflow/bucket_policy.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace s3m::workflow;
  const std::string document(reinterpret_cast<const char*>(data), size);
  const auto sid = grant_sid("fuzz");
  const std::vector<PolicyStatement> ours{{.sid = sid,
                                           .principals = {"arn:aws:iam::111111111111:root"},
                                           .principal_arns = {"arn:aws:iam::111111111111:role/r"},
                                           .actions = {"s3:PutObject"},
                                           .resources = {"arn:aws:s3:::b/*"}}};
  const PolicyUse use{.principals = {"111111111111"},
                      .actions = {"s3:PutObject"},
                      .resources = {"arn:aws:s3:::b/*"}};
  (void)check_principals(document);
  (void)denies_that_bite(document, use);

  const auto present = find_sids(document, grant_sid_prefix);
  const auto with = with_statements(document, ours, sid);
  if (!with) return 0;
  require(with->size() <= max_policy_bytes);
  require(holds_statements(*with, ours));
  require(with_statements(*with, ours, sid).value() == *with);

  const auto without = without_statements(*with, sid, document);
  require(without.has_value());
  require(without->action == PolicyRemoval::Action::put);
  if (present->empty()) require(without->document == document);
  require(find_sids(without->document, sid).value().empty());
  return 0;
}

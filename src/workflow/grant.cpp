#include "workflow/grant.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "workflow/known_actions.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds patience_of_aws = 120s;
constexpr milliseconds patience_elsewhere = 3s;
constexpr milliseconds first_pause = 50ms;
constexpr milliseconds longest_pause = 5s;

std::unexpected<Error> unnamed(const GrantRequest& request) {
  return fail(Errc::refused,
              fmt::format("who is to use bucket {} is not known by any ARN, so nobody can be named "
                          "in its policy; give the role with --source-role-arn and "
                          "--destination-role-arn, or use --grant none if access is there already",
                          printable(request.terms.bucket)));
}

std::string whom(const Principal& principal) {
  if (principal.is_plain_user()) return printable(principal.user_arn());
  return printable(principal.arn.empty() ? principal.session_arn : principal.arn);
}

}  // namespace

Grant::Grant(GrantRequest request, PolicyAccess& policy, PolicyEditor& editor, GrantProbe& probe,
             Pause pause, Warn warn)
    : request_(std::move(request)),
      policy_(policy),
      editor_(editor),
      probe_(probe),
      pause_(std::move(pause)),
      warn_(std::move(warn)) {}

milliseconds Grant::limit() const {
  if (request_.timeout) return *request_.timeout;
  return request_.aws ? patience_of_aws : patience_elsewhere;
}

net::Task<Result<GrantResult>> Grant::place() {
  const auto dialects = dialects_for(request_.principal, request_.aws);
  if (dialects.empty()) co_return unnamed(request_);
  auto looked = co_await warn_of_denies();
  if (!looked) co_return forward(looked);

  Result<void> last = ok;
  for (const auto dialect : dialects) {
    last = co_await put(dialect);
    const bool rejected = !last && last.error().code() == Errc::invalid_request;
    if (!last && (!rejected || request_.aws)) co_return forward(last);
    if (rejected) continue;
    last = co_await prove(limit());
    if (last) co_return GrantResult{dialect, waited_};
    if (last.error().code() != Errc::access_denied) co_return forward(last);
    log::info("the grant has no effect as {}", name(dialect));
    last.error().context(
        fmt::format("the policy of bucket {} has the grant, and {} is still denied",
                    printable(request_.terms.bucket), whom(request_.principal)));
  }
  co_return forward(last);
}

net::Task<Result<void>> Grant::put(Dialect dialect) {
  const auto text = [this, dialect](ActionSet actions) {
    return PolicyText{
        .sid = request_.terms.sid,
        .job_id = request_.job_id,
        .dialect = std::string(name(dialect)),
        .statements = grant_statements(request_.terms, request_.principal, dialect, actions)};
  };
  auto added = co_await add_known_actions(editor_, text, request_.aws, actions_);
  if (added) co_return ok;
  const bool too_large = added.error().code() == Errc::too_large;
  const bool rejected = added.error().code() == Errc::invalid_request;
  added.error().context(fmt::format("bucket {} was not given the grant{}",
                                    printable(request_.terms.bucket),
                                    too_large  ? " (another --grant does without it)"
                                    : rejected ? " (--grant none does without it, where one side "
                                                 "may use the other's bucket already)"
                                               : ""));
  co_return added;
}

net::Task<Result<void>> Grant::prove(milliseconds time) {
  milliseconds pause = first_pause;
  milliseconds waited{0};
  for (;;) {
    auto used = co_await probe_.use();
    waited_ = waited;
    if (used || used.error().code() != Errc::access_denied || waited >= time) co_return used;
    pause = std::min({pause * 2, longest_pause, time - waited});
    const bool slept = co_await pause_(pause);
    if (!slept) co_return fail(Errc::cancelled, "stopped while the grant took effect");
    waited += pause;
  }
}

net::Task<Result<void>> Grant::warn_of_denies() {
  auto document = co_await policy_.read();
  if (!document) co_return forward(document);
  if (!*document) co_return ok;
  auto denies =
      denies_that_bite(**document, use_of(request_.terms, request_.principal, request_.tls));
  if (!denies) co_return forward(denies);
  for (auto& deny : *denies) {
    warn_(fmt::format("bucket {}: {}", printable(request_.terms.bucket), std::move(deny)));
  }
  co_return ok;
}

}  // namespace s3m::workflow

#include "workflow/deny.hpp"

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
// A policy reaches the servers of a service one after the other: one refusal is not all of them.
constexpr int times_in_a_row = 5;
constexpr milliseconds between_on_aws = 1s;
constexpr milliseconds between_elsewhere = 50ms;

std::string way_out_of(DenyKind kind) {
  switch (kind) {
    case DenyKind::freeze:
      return "Nothing is deleted from a bucket that is not frozen; if nobody writes to it, say so "
             "with --source-is-quiet";
    case DenyKind::closed:
      return "Until the copy is complete, only conditional writes keep what others write there";
    case DenyKind::protect:
      break;
  }
  return "Keep others from that bucket until the migration has ended";
}

std::string_view purpose(DenyKind kind) {
  switch (kind) {
    case DenyKind::freeze:
      return "freeze";
    case DenyKind::closed:
      return "closing";
    case DenyKind::protect:
      break;
  }
  return "protection";
}

std::vector<DenyDialect> standing_first(std::vector<DenyDialect> dialects, DenyDialect standing) {
  const auto found = std::ranges::find(dialects, standing);
  if (found != dialects.end()) std::rotate(dialects.begin(), found, found + 1);
  return dialects;
}

bool is_rejection(const Error& error) {
  return error.code() == Errc::invalid_request;
}

}  // namespace

Deny::Deny(DenyRequest request, PolicyAccess& policy, PolicyEditor& editor, GrantProbe& own,
           GrantProbe* stranger, Pause pause, Warn warn)
    : request_(std::move(request)),
      policy_(policy),
      editor_(editor),
      own_(own),
      stranger_(stranger),
      pause_(std::move(pause)),
      warn_(std::move(warn)) {}

milliseconds Deny::patience() const {
  if (request_.patience) return *request_.patience;
  return request_.aws ? patience_of_aws : patience_elsewhere;
}

std::string Deny::subject() const {
  return fmt::format("the {} of bucket {}", purpose(request_.terms.kind),
                     printable(request_.terms.bucket));
}

std::string Deny::way_out() const {
  if (!request_.proven_as) return way_out_of(request_.terms.kind);
  return "It was proven by an earlier run and stays as it is; go on with the roles that run had";
}

Result<void> Deny::can_be_proven() const {
  if (deny_dialects_for(request_.terms, request_.aws).empty()) {
    return fail(Errc::refused,
                fmt::format("{} cannot spare this job: the service does not say by which session "
                            "it signs. Assume a role for that side (--source-role-arn, "
                            "--destination-role-arn). {}",
                            subject(), way_out()));
  }
  if (stranger_ == nullptr && request_.terms.kind == DenyKind::freeze) {
    return fail(Errc::refused,
                fmt::format("{} cannot be proven: that takes a role which can be assumed under two "
                            "session names, and none is assumed here (--source-role-arn). {}",
                            subject(), way_out()));
  }
  return ok;
}

net::Task<Result<DenyResult>> Deny::place() {
  auto provable = can_be_proven();
  if (!provable) co_return forward(provable);
  const auto standing = co_await look();
  if (!standing) co_return fail(standing.error().clone());
  auto dialects = deny_dialects_for(request_.terms, request_.aws);
  if (standing->whole) {
    actions_ = standing->actions;
    dialects = standing_first(std::move(dialects), standing->dialect);
  }
  if (request_.proven_as && std::ranges::find(dialects, *request_.proven_as) != dialects.end()) {
    dialects = {*request_.proven_as};
  }
  if (!standing->any) {
    auto allowed = co_await may_write();
    if (!allowed) co_return forward(allowed);
  }

  Result<Seen> last = Seen::own_refused;
  for (const auto dialect : dialects) {
    auto there = co_await put(dialect);
    if (!there && is_rejection(there.error()) && !request_.aws) {
      last = forward(there);
      continue;
    }
    if (!there) co_return forward(there);
    last = co_await prove_within(patience());
    if (!last) co_return forward(last);
    if (*last == Seen::holds) {
      co_return DenyResult{.dialect = dialect,
                           .stood = standing->whole && standing->dialect == dialect,
                           .others_refused = stranger_ != nullptr,
                           .effective_after = effective_after_,
                           .proven_at = system_clock().now()};
    }
    log::info("{} has no effect as {}", subject(), name(dialect));
  }
  co_return co_await give_up(std::move(last));
}

net::Task<Result<void>> Deny::prove() {
  const auto seen = co_await prove_within(0ms);
  if (!seen) co_return fail(seen.error().clone());
  if (*seen == Seen::holds) co_return ok;
  co_return fail(Errc::access_denied, what_was_lost(*seen));
}

net::Task<Result<bool>> Deny::stands() {
  auto document = co_await policy_.read();
  if (!document) co_return forward(document);
  const auto standing = standing_in(*document);
  if (!standing) co_return fail(standing.error().clone());
  co_return standing->whole;
}

// Warns, too, of what a freeze keeps from arriving.
net::Task<Result<Deny::Standing>> Deny::look() {
  auto document = co_await policy_.read();
  if (!document) co_return forward(document);
  if (*document && request_.terms.kind == DenyKind::freeze) {
    auto warned = warn_of_deliveries(**document);
    if (!warned) co_return forward(warned);
  }
  co_return standing_in(*document);
}

Result<void> Deny::warn_of_deliveries(const std::string& document) {
  auto deliveries = service_deliveries(document);
  if (!deliveries) return forward(deliveries);
  for (const auto& delivery : *deliveries)
    warn_(fmt::format("bucket {}: {}", printable(request_.terms.bucket), delivery));
  return ok;
}

Result<Deny::Standing> Deny::standing_in(const std::optional<std::string>& document) const {
  Standing standing;
  if (!document) return standing;
  auto sids = find_sids(*document, deny_sid(request_.terms.kind, request_.job_id));
  if (!sids) return forward(sids);
  standing.any = !sids->empty();
  for (const auto dialect : deny_dialects_for(request_.terms, request_.aws)) {
    for (const auto actions : {ActionSet::full, ActionSet::basic}) {
      const auto ours = deny_statements(request_.terms, request_.job_id, dialect, actions);
      if (holds_statements(document, ours)) return Standing{true, true, dialect, actions};
    }
  }
  return standing;
}

// Without a Deny of ours: so that a refusal under it is known to come from it.
net::Task<Result<void>> Deny::may_write() {
  auto used = co_await own_.use();
  if (used || used.error().code() != Errc::access_denied) co_return used;
  used.error().context(fmt::format(
      "{} cannot be proven, because this job itself may not write there (s3:PutObject); allow it",
      subject()));
  co_return used;
}

net::Task<Result<void>> Deny::put(DenyDialect dialect) {
  const auto text = [this, dialect](ActionSet actions) {
    return PolicyText{
        .sid = deny_sid(request_.terms.kind, request_.job_id),
        .job_id = request_.job_id,
        .dialect = std::string(name(dialect)),
        .statements = deny_statements(request_.terms, request_.job_id, dialect, actions)};
  };
  auto added = co_await add_known_actions(editor_, text, request_.aws, actions_);
  if (!added) added.error().context(subject());
  co_return added;
}

net::Task<Result<Deny::Seen>> Deny::prove_within(milliseconds limit) {
  milliseconds waited{0};
  milliseconds pause = first_pause;
  for (int held = 0;;) {
    const auto seen = co_await try_once();
    if (!seen) co_return fail(seen.error().clone());
    held = *seen == Seen::holds ? held + 1 : 0;
    if (held == 1) effective_after_ = waited;
    if (held == times_in_a_row) co_return Seen::holds;
    if (held == 0 && waited >= limit) co_return *seen;
    auto next = request_.aws ? between_on_aws : between_elsewhere;
    if (held == 0) {
      pause = std::min({pause * 2, longest_pause, limit - waited});
      next = pause;
    }
    const bool slept = co_await pause_(next);
    if (!slept) co_return fail(Errc::cancelled, "stopped while a Deny was proven");
    waited += next;
  }
}

net::Task<Result<Deny::Seen>> Deny::try_once() {
  auto ours = co_await own_.use();
  if (!ours && ours.error().code() == Errc::access_denied) {
    refusal_ = ours.error().describe();
    co_return Seen::own_refused;
  }
  if (!ours) co_return forward(ours);
  if (stranger_ == nullptr) co_return Seen::holds;
  auto theirs = co_await stranger_->use();
  if (theirs) co_return Seen::stranger_let_in;
  if (theirs.error().code() == Errc::access_denied) co_return Seen::holds;
  co_return forward(theirs);
}

std::string Deny::what_was_seen(Seen seen) const {
  return seen == Seen::own_refused ? "this job's own session was refused although it is spared"
                                   : "another session of the same role could still write there";
}

// Of a Deny that is known to have held with this service and this session.
std::string Deny::what_was_lost(Seen seen) const {
  if (seen == Seen::stranger_let_in) {
    return fmt::format(
        "{} does not hold any more: {}. Find out who changed the policy of that "
        "bucket, then go on with the job",
        subject(), what_was_seen(seen));
  }
  const auto& own = request_.terms.spared.front();
  return fmt::format(
      "{} stays as it is, but a right was lost: {} may not write there any more "
      "({}). Allow it s3:PutObject on arn:{}:s3:::{}/* again, then go on with the "
      "job",
      subject(), printable(own.session_arn.empty() ? own.arn : own.session_arn), refusal_,
      own.partition, printable(request_.terms.bucket));
}

// Nothing held. What stands now shuts out the wrong ones, or nobody: off with it.
net::Task<Result<DenyResult>> Deny::give_up(Result<Seen> last) {
  if (request_.proven_as) {
    if (!last) co_return fail(std::move(last.error()));
    co_return fail(Errc::access_denied, what_was_lost(*last));
  }
  const auto sid = deny_sid(request_.terms.kind, request_.job_id);
  const auto why = last ? what_was_seen(*last) : last.error().describe();
  std::string left = "it was taken off again";
  if (placed()) {
    auto removed = co_await editor_.remove(sid);
    if (!removed) {
      left = fmt::format(
          "its statements {} could not be taken off again ({}), take them out with "
          "s3migrator cleanup s3://{}",
          sid, removed.error().describe(), printable(request_.terms.bucket));
    }
  } else {
    left = "nothing was changed";
  }
  co_return fail(Errc::access_denied, fmt::format("{} cannot be proven on this service: {}; {}. {}",
                                                  subject(), why, left, way_out()));
}

std::chrono::minutes default_freeze_settle(bool aws) noexcept {
  return aws ? 15min : 0min;
}

}  // namespace s3m::workflow

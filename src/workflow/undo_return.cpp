#include "workflow/undo_return.hpp"

#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/manifest_writer.hpp"
#include "transfer/scratch.hpp"
#include "transfer/tails.hpp"
#include "workflow/configuration/same_document.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/versioning.hpp"

namespace s3m::workflow {
namespace {

constexpr PercentSpan percent_of_return{0, 99};

// A key of the source's account for each of the destination's, where there is but one.
transfer::KmsKeyMap turned_round(const transfer::KmsKeyMap& map) {
  std::set<std::string> once, twice;
  for (const auto& [from, to] : map.keys())
    if (!once.insert(to).second) twice.insert(to);
  transfer::KmsKeyMap back;
  for (const auto& [from, to] : map.keys()) {
    if (from == "*" || twice.contains(to)) continue;
    static_cast<void>(back.add(to + "=" + from));
  }
  return back;
}

// What was asked of the copies is meant for the new place. The way home has the settings of the
// bucket the objects come from, as if they had never left it.
CopySpec spec_of_return(const Migration& m) {
  auto spec = m.spec.copy;
  spec.copy = m.copy_options();
  spec.copy.storage_class.clear();
  spec.copy.encryption.clear();
  spec.copy.kms_key_id.clear();
  spec.copy.acl.clear();
  spec.kms_keys = turned_round(m.spec.copy.kms_keys);
  // An object that is there is the source's own; whether it is the same is for the proof to say.
  if (!m.all_versions) spec.copy.if_exists = transfer::IfExists::skip;
  return spec;
}

// The temporary bucket beside itself: a proof of it alone.
std::unique_ptr<Hop> temporary_alone(Migration& m) {
  const auto facts = Migration::facts_of(m.temporary_bucket());
  Ground ground{.source_principal = m.destination_principal,
                .destination_principal = m.destination_principal,
                .source = facts,
                .destination = facts};
  const auto& there = m.outward().to;
  return make_hop(m.context, there, there, std::move(ground), Writer::destination, m.copy_options(),
                  [&m](const FailureEvent& failure) { m.failed(failure); });
}

}  // namespace

std::unique_ptr<Hop> way_back(Migration& m) {
  Ground ground{.source_principal = m.destination_principal,
                .destination_principal = m.source_principal,
                .source = Migration::facts_of(m.temporary_bucket()),
                .destination = m.source_facts};
  auto& out = m.outward();
  auto hop =
      make_hop(m.context, out.to, out.from, std::move(ground), Writer::destination,
               spec_of_return(m).copy, [&m](const FailureEvent& failure) { m.failed(failure); });
  hop->transfer->both_ways = true;
  return hop;
}

Return::Return(Migration& migration) : m_(migration) {}

Return::~Return() = default;

Hop& Return::back() {
  if (!back_) back_ = way_back(m_);
  return *back_;
}

std::string Return::source() const {
  return printable(m_.source.location.bucket);
}

std::string Return::temporary() const {
  return printable(m_.temporary_name);
}

net::Task<Result<void>> Return::keep(Giving giving) {
  auto kept = co_await m_.stored.keep(fact::giving, std::string(name(giving)));
  if (!kept) co_return kept;
  m_.giving = giving;
  co_return co_await acts::keep_record(m_);
}

// Which of the ranges that were confirmed is another now; the manifest has its keys.
net::Task<Result<std::string>> Return::first_change(Hop& alone) {
  auto ranges = co_await acts::proven_ranges(m_);
  if (!ranges) co_return forward(ranges);
  for (const auto& range : *ranges) {
    const transfer::RangeProof expected{
        .range = range.range, .digest = range.digest, .count = range.count, .bytes = range.bytes};
    auto checked = co_await transfer::check_range(
        *alone.transfer, m_.proof_options(transfer::Anchor::source), expected);
    if (checked) continue;
    if (checked.error().code() != Errc::mismatch) co_return forward(checked);
    co_return checked.error().describe();
  }
  co_return "each range of keys by itself is as it was";
}

Return::Told Return::check() {
  auto owner = m_.destination_owner();
  auto seen = co_await look_at(owner, m_.temporary_bucket());
  if (!seen) co_return forward(seen);
  if (seen->standing != Standing::ours) {
    co_return fail(Errc::refused,
                   fmt::format("s3://{}, which has what was deleted from s3://{}, is not there as "
                               "this job has made it ({}). Nothing was changed, and s3://{} stays "
                               "as it is",
                               temporary(), source(), name(seen->standing), source()));
  }
  auto alone = temporary_alone(m_);
  transfer::Proven found;
  StepTicker ticker(m_.context, m_.steps, m_.began,
                    [&] { return acts::figures_of(found, m_.proven.objects); });
  auto proven =
      co_await transfer::prove(*alone->transfer, m_.proof_options(transfer::Anchor::source), found);
  co_await ticker.stop();
  if (!proven) co_return forward(proven);
  if (found.complete() && found.digest == m_.digest) {
    co_return fmt::format("s3://{} has all {} objects that were confirmed", temporary(),
                          human_count(found.objects));
  }
  if (found.only_unread()) {
    auto error = transfer::unread_error(found.unread);
    error.context(
        fmt::format("whether s3://{} has what was confirmed is not known. Nothing was "
                    "copied, and s3://{} stays closed to other writers",
                    temporary(), source()));
    co_return fail(std::move(error));
  }
  auto where = co_await first_change(*alone);
  if (!where) co_return forward(where);
  co_return fail(
      Errc::mismatch,
      fmt::format(
          "s3://{} has not what was confirmed: {} objects of {} with the digest {} were, "
          "{} of {} with {} are there now. {}. Nothing was copied, and s3://{} stays closed "
          "to other writers. Put back there what was changed or deleted; the manifest, "
          "s3://{}/{}, names all that was proven",
          temporary(), m_.proven.objects, human_bytes(m_.proven.bytes), m_.digest, found.objects,
          human_bytes(found.bytes), found.digest, *where, source(), temporary(),
          transfer::manifest_folder(m_.context.job_id)));
}

// Versioning that is suspended would take the place of versions, a default retention would lock
// what it never locked: as with any bucket that is filled, they come last.
net::Task<Result<void>> Return::set_rules(Phase phase) {
  auto owner = m_.source_owner();
  const auto& bucket = m_.source.location.bucket;
  const auto& account = m_.source_facts.expected_owner;
  for (const std::string query : {"versioning", "object-lock"}) {
    const auto* const item = m_.configuration.find(query);
    if (item == nullptr) continue;
    auto wanted = wanted_in(*item, phase);
    auto now = co_await owner.get_sub_resource(bucket, query, {}, account);
    if (!now) co_return forward(now);
    if (!wanted || (*now && same_document(query, *wanted, **now))) continue;
    auto put = co_await owner.put_sub_resource(bucket, query, {}, *std::move(wanted), account);
    if (!put) {
      put.error().context(fmt::format("{} of bucket {} could not be set", query, source()));
      co_return put;
    }
  }
  co_return ok;
}

Return::Told Return::close() {
  auto frozen = co_await acts::freeze(m_);
  if (!frozen) co_return forward(frozen);
  auto silent = co_await acts::silence(m_);
  if (!silent) co_return forward(silent);
  auto held = co_await acts::hold(m_, {"versioning", "object-lock"});
  if (!held) co_return forward(held);
  auto set = co_await set_rules(Phase::before_data);
  if (!set) co_return forward(set);
  if (m_.all_versions) {
    auto owner = m_.source_owner();
    auto versioned = co_await enable_versioning(
        owner,
        {.bucket = m_.source.location.bucket, .expected_owner = m_.source_facts.expected_owner},
        m_.pause());
    if (!versioned) co_return forward(versioned);
  }
  co_return fmt::format("{}; {}", *frozen, *silent);
}

net::Task<Result<void>> Return::keep_figures(transfer::Plan plan) {
  store::Facts facts{{fact::given_objects, std::to_string(plan.to_copy - plan.markers_to_copy)},
                     {fact::given_bytes, std::to_string(plan.to_copy_bytes)},
                     {fact::given_markers, std::to_string(plan.markers_to_copy)}};
  co_return co_await m_.stored.keep(std::move(facts));
}

// Where the freeze was gone, metadata and tags of what is left may be newer than their copies; what
// is found where all had been deleted was written since.
net::Task<Result<void>> Return::check_rests() {
  auto ranges = co_await acts::proven_ranges(m_);
  if (!ranges) co_return forward(ranges);
  auto options = m_.proof_options(transfer::Anchor::destination);
  options.theirs_stay = true;
  for (const auto& range : *ranges) {
    if (range.state == store::RangeState::done) continue;
    auto checked = co_await transfer::check_rest(*m_.outward().transfer, options, range.range);
    if (checked) continue;
    if (checked.error().code() != Errc::mismatch) co_return checked;
    checked.error().context(
        fmt::format("s3://{} was changed while nothing kept others from it, and s3://{} has what "
                    "was confirmed. Nothing was copied back; save elsewhere what is new or changed "
                    "in s3://{}, take it out of there, and undo again",
                    source(), temporary(), source()));
    co_return checked;
  }
  co_return ok;
}

Return::Told Return::clear() {
  auto& hop = back();
  transfer::Tails tails;
  if (m_.all_versions) {
    auto same = co_await check_rests();
    if (!same) co_return forward(same);
    auto begun = co_await keep(Giving::clearing);
    if (!begun) co_return forward(begun);
    auto cleared = co_await transfer::clear_tails(
        *hop.transfer, {.accept_weak = m_.spec.accept_weak_proof, .acl = m_.acl}, {KeyRange{}},
        tails);
    if (!cleared) co_return forward(cleared);
  }
  // Now, while nothing is back yet: afterwards nobody could tell what was.
  transfer::Plan plan;
  auto planned = co_await transfer::plan(*hop.transfer, hop.options, {KeyRange{}}, plan);
  if (!planned) co_return forward(planned);
  auto figures = co_await keep_figures(plan);
  if (!figures) co_return forward(figures);
  auto kept = co_await keep(Giving::copying);
  if (!kept) co_return forward(kept);
  const auto rests =
      m_.all_versions
          ? fmt::format(
                "; of {} histories a rest of {} was left, and was taken out, for each of "
                "it is in s3://{}",
                human_count(tails.keys), human_count(tails.deleted + tails.deleted_markers),
                temporary())
          : std::string();
  co_return fmt::format("{} of {} are to be copied back ({}){}", human_count(plan.to_copy),
                        human_count(plan.source_objects), human_bytes(plan.to_copy_bytes), rests);
}

// The grant of the first hop lets the source role write there; now it has to read, tags and
// versions included.
net::Task<Result<void>> Return::let_read(Hop& hop) {
  if (m_.spec.copy.grant == GrantMode::none) co_return ok;
  grant_ = std::make_unique<TemporaryGrant>(m_.context, hop.from, hop.to, hop.ground,
                                            GrantMode::source_policy);
  auto placed = co_await grant_->place({}, m_.spec.copy.grant_timeout, m_.warn());
  if (placed) co_return ok;
  if (placed.error().code() == Errc::access_denied) {
    placed.error().context(
        fmt::format("the source role must be able to read s3://{}: its own policies have to allow "
                    "s3:ListBucket on arn:aws:s3:::s3m-*, and s3:GetObject, s3:GetObjectVersion, "
                    "s3:GetObjectTagging and s3:GetObjectVersionTagging on arn:aws:s3:::s3m-*/*",
                    temporary()));
  }
  co_return forward(placed);
}

Return::Told Return::copy() {
  auto& hop = back();
  auto from = m_.destination_owner();
  auto to = m_.source_owner();
  auto set = co_await acts::set_attributes(m_, hop, from, to, spec_of_return(m_));
  if (!set) co_return forward(set);
  auto readable = co_await let_read(hop);
  if (!readable) co_return forward(readable);
  auto copied = co_await acts::copy_over(m_, hop, percent_of_return);
  if (!copied) co_return forward(copied);
  co_return copied_text(hop.counters);
}

Return::Told Return::prove() {
  const auto total = m_.proven.objects;
  auto& found = m_.proven = {};
  StepTicker ticker(m_.context, m_.steps, m_.began,
                    [&found, total] { return acts::figures_of(found, total); });
  auto proven =
      co_await transfer::prove(*back().transfer, m_.proof_options(transfer::Anchor::source), found);
  co_await ticker.stop();
  if (!proven) co_return forward(proven);
  if (found.only_unread()) {
    auto error = transfer::unread_error(found.unread);
    error.context(
        fmt::format("whether s3://{} has all that was confirmed is not known. Nothing "
                    "was deleted from s3://{}, and s3://{} stays closed to other writers",
                    source(), temporary(), source()));
    co_return fail(std::move(error));
  }
  const bool all =
      found.mismatched + found.missing + found.other_attributes + found.unread.count == 0;
  if (!all || found.digest != m_.digest) {
    co_return fail(
        Errc::mismatch,
        fmt::format("s3://{} has not all that was confirmed: {} differ, {} are missing, {} have "
                    "other attributes, {} could not be compared; digest {} instead of {}. Nothing "
                    "was deleted from s3://{}, "
                    "and s3://{} stays closed to other writers: take away there what others have "
                    "written, after you have saved it",
                    source(), found.mismatched, found.missing, found.other_attributes,
                    found.unread.count, found.digest, m_.digest, temporary(), source()));
  }
  if (found.same_weak > 0 && !m_.spec.accept_weak_proof) {
    co_return fail(Errc::refused,
                   fmt::format("{} objects are back, but proven only weakly (no common checksum, "
                               "ETags that cannot be compared); look at them, then run again with "
                               "--accept-weak-proof. s3://{} still has them",
                               human_count(found.same_weak), temporary()));
  }
  if (found.extra > 0) {
    m_.note(NoteLevel::warning,
            fmt::format("{} objects of s3://{} were written by others after the confirmation; they "
                        "stay",
                        human_count(found.extra), source()));
  }
  auto kept = co_await keep(Giving::given);
  if (!kept) co_return forward(kept);
  co_return fmt::format("{} objects ({}) are the same as those confirmed; digest {}",
                        human_count(found.objects), human_bytes(found.bytes),
                        m_.digest.substr(0, 16));
}

net::Task<Result<void>> Return::settle() {
  // A run that was killed while it tried how the service deletes has left its scratch object.
  auto& hop = back();
  transfer::Removed scratch;
  auto cleared = co_await transfer::clear_scratch(*hop.transfer, hop.transfer->destination,
                                                  m_.all_versions, scratch);
  if (!cleared) co_return cleared;
  co_return co_await set_rules(Phase::last);
}

net::Task<Result<std::string>> Return::loss() {
  std::string objects, bytes, markers;
  const std::pair<const std::string*, std::string*> wanted[] = {{&fact::given_objects, &objects},
                                                                {&fact::given_bytes, &bytes},
                                                                {&fact::given_markers, &markers}};
  for (const auto& [name, value] : wanted) {
    auto kept = co_await m_.stored.kept(*name);
    if (!kept) co_return forward(kept);
    *value = kept->value_or("");
  }
  const auto count = parse_u64(objects).value_or(0), marked = parse_u64(markers).value_or(0);
  if (count + marked == 0) co_return "nothing of it had been deleted";
  const auto what =
      m_.all_versions ? fmt::format("{} versions ({}) and {} delete markers", human_count(count),
                                    human_bytes(parse_u64(bytes).value_or(0)), human_count(marked))
                      : fmt::format("{} objects ({})", human_count(count),
                                    human_bytes(parse_u64(bytes).value_or(0)));
  co_return fmt::format(
      "{} had been deleted and were copied back. Lost are their LastModified{}{}", what,
      m_.all_versions ? " and their version ids, which are new" : "",
      m_.spec.copy.copy.storage_class.empty()
          ? ""
          : ", and their storage class where it was not " + m_.spec.copy.copy.storage_class);
}

}  // namespace s3m::workflow

#include "transfer/copy_history.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/history_match.hpp"
#include "transfer/list_history.hpp"
#include "transfer/restore.hpp"

namespace s3m::transfer {
namespace {

using aws::ObjectVersion;

// How often a version is sent or looked at again before it is given up.
constexpr int most_looks = 5;

bool condition_failed(Errc code) noexcept {
  return code == Errc::precondition_failed || code == Errc::no_such_key ||
         code == Errc::not_found || code == Errc::conflict;
}

bool same_ids(const std::vector<ObjectVersion>& a, const std::vector<ObjectVersion>& b,
              std::size_t count) {
  if (a.size() < count || b.size() < count) return false;
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(count), b.begin(),
                    [](const auto& one, const auto& other) { return one.id == other.id; });
}

std::string named(const ObjectVersion& version) {
  return fmt::format("{} {}", version.delete_marker ? "delete marker" : "version",
                     printable(version.id));
}

class HistoryRun {
 public:
  HistoryRun(HistoryContext context, HistoryWork& work)
      : context_(context.shared.context), parts_(context), work_(work) {}

  net::Task<Result<void>> run() {
    if (work_.source.too_long() || work_.copy.too_long()) co_return too_long();
    auto key = parts_.copier.destination_key(context_.source.location.prefix + work_.key);
    if (!key) co_return forward(key);
    destination_key_ = std::move(*key);
    auto matched = co_await match();
    if (!matched) co_return matched;
    if (there() < work_.source.versions.size()) {
      work_.left = parts_.shared.options.left_failure(work_.key);
      if (work_.left != nullptr) co_return ok;
    }
    while (there() < work_.source.versions.size()) {
      if (parts_.shared.failures.stopped()) co_return fail(Errc::cancelled, "the job is stopping");
      auto done = co_await carry_next();
      if (!done) co_return done;
    }
    // What is in doubt still may have come after it was looked for.
    if (doubts_.empty()) co_return ok;
    co_return co_await look();
  }

 private:
  std::size_t there() const noexcept { return work_.copy.versions.size(); }
  const ObjectVersion& wanted() const noexcept { return work_.source.versions[there()]; }

  std::unexpected<Error> too_long() const {
    return fail(Errc::too_large,
                fmt::format("the key has more than {} versions, which are not kept in memory",
                            most_versions));
  }

  // Whether what is there is a beginning of what is wanted (G18).
  net::Task<Result<void>> match() {
    const auto& source = work_.source.versions;
    auto begun =
        co_await beginning_of(context_, parts_.prover, work_.key, work_.source, work_.copy);
    if (!begun) co_return forward(begun);
    const auto same = begun->versions.size();
    for (std::size_t i = 0; i < same; ++i)
      skipped(source[i], begun->versions[i]);
    if (begun->whole) co_return ok;
    if (same == source.size()) co_return another_history(same, "the source does not have it");
    co_return another_history(
        same, is_open(begun->broken) ? "nothing proves that it is a copy of " + named(source[same])
                                     : "it is no copy of " + named(source[same]));
  }

  std::unexpected<Error> another_history(std::size_t ordinal, std::string_view why) const {
    Error error(Errc::mismatch,
                fmt::format("the destination's history of the key is no beginning of the source's: "
                            "number {} there is {}, and {}. No run changes that: remove by their "
                            "ids the versions that do not belong there, from this one on, or copy "
                            "to another place",
                            ordinal + 1, named(work_.copy.versions[ordinal]), why));
    error.bucket(context_.destination.location.bucket).key(destination_key_);
    return fail(std::move(error));
  }

  net::Task<Result<void>> carry_next() {
    const bool marker = wanted().delete_marker;
    auto sent = marker ? co_await send_marker() : co_await send_object();
    if (!sent) co_return co_await look_into(std::move(sent.error()));
    if (sent->version == "null") co_return not_versioned();
    const bool told = !sent->version.empty() && !known(sent->version);
    if (!told) {
      co_return co_await look_into(
          Error(Errc::protocol, "the answer does not name the version that was made"));
    }
    accept({.id = std::move(sent->version),
            .delete_marker = marker,
            .size = wanted().size,
            .etag = std::move(sent->etag),
            .last_modified = sent->last_modified});
    co_return ok;
  }

  net::Task<Result<aws::CopyResult>> send_object() {
    CopyWork copy{.source = entry_of(context_.source.location.prefix + work_.key, wanted()),
                  .admission = work_.admission};
    if (there() > 0 && !work_.copy.versions.back().delete_marker) {
      copy.copy = entry_of(destination_key_, work_.copy.versions.back());
      copy.copy_exists = true;
    }
    if (needs_restore(copy.source)) {
      co_return fail(Errc::invalid_state, "the version is archived (" + copy.source.storage_class +
                                              "): restore it, then run the copy again");
    }
    const bool large = copied_in_parts(copy.source, parts_.shared.options);
    if (large) co_await parts_.large.enter();
    auto sent = co_await parts_.copier.send(copy, destination_key_);
    if (large) parts_.large.leave();
    co_return sent;
  }

  net::Task<Result<aws::CopyResult>> send_marker() {
    const auto newest = there() > 0 ? work_.copy.versions.back().etag : std::string();
    const auto& side = context_.destination;
    auto made = co_await side.reader->add_delete_marker(side.location.bucket, destination_key_,
                                                        newest, side.expected_owner);
    if (!made) co_return forward(made);
    co_return aws::CopyResult{.etag = {}, .last_modified = {}, .version = std::move(*made)};
  }

  bool known(const std::string& id) const {
    return std::ranges::find(work_.copy.versions, id, &ObjectVersion::id) !=
           work_.copy.versions.end();
  }

  std::unexpected<Error> not_versioned() const {
    return fail(
        Errc::refused,
        fmt::format("bucket {} keeps no versions: what was written to {} has no version of "
                    "its own. Versioning must be on, and in effect, for --versions all",
                    printable(context_.destination.location.bucket), printable(destination_key_)));
  }

  // What became of a write that failed.
  net::Task<Result<void>> look_into(Error error) {
    const bool doubtful = may_have_happened(error.code());
    const bool clear = !doubtful && !condition_failed(error.code());
    if (clear) co_return fail(std::move(error));
    if (doubtful) ++doubts_[there()];
    if (++looks_ > most_looks) co_return fail(std::move(error));
    if (!doubtful) {
      auto unchanged = co_await check_source();
      if (!unchanged) co_return unchanged;
    }
    const auto before = there();
    auto looked = co_await look();
    if (!looked || there() > before) co_return looked;
    co_await context_.cancel.sleep_for(std::chrono::milliseconds(20) * (1 << looks_));
    if (context_.cancel.cancelled()) co_return fail(std::move(error));
    co_return ok;
  }

  net::Task<Result<void>> check_source() {
    auto now = co_await list_history(context_.source, context_.source.location.prefix + work_.key);
    if (!now) co_return forward(now);
    if (same_ids(now->versions, work_.source.versions, work_.source.versions.size())) co_return ok;
    Error error(Errc::precondition_failed,
                "the source's versions of the key changed while they were copied: run the same "
                "command again");
    error.bucket(context_.source.location.bucket).key(context_.source.location.prefix + work_.key);
    co_return fail(std::move(error));
  }

  // Lists what the destination has now, and explains what is new there.
  net::Task<Result<void>> look() {
    auto now = co_await list_history(context_.destination, destination_key_);
    if (!now) co_return forward(now);
    auto& versions = now->versions;
    const auto known_count = there();
    if (!same_ids(versions, work_.copy.versions, known_count)) co_return foreign("are gone");
    const bool alone = versions.size() == known_count + 1;
    for (std::size_t i = known_count; i < versions.size(); ++i) {
      auto explained = co_await explain(std::move(versions[i]), alone);
      if (!explained) co_return explained;
    }
    co_return ok;
  }

  // A version that was not there before: the one that is wanted, or one that was made twice.
  // `alone`: nothing else is new.
  net::Task<Result<void>> explain(ObjectVersion found, bool alone) {
    if (found.id == "null") co_return not_versioned();
    bool undecided = false;
    for (auto& [doubted, sends] : doubts_) {
      const auto ordinal = doubted;
      auto likeness = co_await resembles(work_.source.versions[ordinal], found);
      if (!likeness) co_return forward(likeness);
      if (!is_same(*likeness)) continue;
      const bool next = ordinal == there();
      // What is only like it may be another's: nothing is removed for that, and of two none chosen.
      if (*likeness != Likeness::same_strong && !(next && alone)) {
        undecided = true;
        continue;
      }
      if (--sends == 0) doubts_.erase(ordinal);
      if (next) {
        accept(std::move(found));
        co_return ok;
      }
      co_return co_await remove(std::move(found));
    }
    if (undecided) co_return not_certainly_ours(found);
    co_return foreign("were written to");
  }

  // By all that can be found out: a version that was made twice looks the same, checksum and all.
  net::Task<Result<Likeness>> resembles(const ObjectVersion& source, const ObjectVersion& found) {
    const auto listed = compare(source, found, parts_.prover.rules());
    const bool told = listed == Likeness::differs || listed == Likeness::same_strong;
    if (told || source.delete_marker) co_return listed;
    auto proof = co_await parts_.prover.prove(work_.key, source, found, true);
    if (!proof) co_return forward(proof);
    co_return *proof ? (*proof)->likeness : Likeness::differs;
  }

  net::Task<Result<void>> remove(ObjectVersion version) {
    const auto& side = context_.destination;
    return side.reader->delete_object(
        {.bucket = side.location.bucket, .key = destination_key_, .version = std::move(version.id)},
        {}, side.expected_owner);
  }

  std::unexpected<Error> not_certainly_ours(const ObjectVersion& found) const {
    Error error(Errc::conflict,
                fmt::format("{} in the destination may have been made twice by this run, or by "
                            "another at the same time: it has the size of a version whose answer "
                            "was lost, and nothing proves more, so it is left alone. Remove it by "
                            "its id if it does not belong there, then run the same command again",
                            named(found)));
    error.bucket(context_.destination.location.bucket).key(destination_key_);
    return fail(std::move(error));
  }

  std::unexpected<Error> foreign(std::string_view what) const {
    Error error(Errc::conflict, fmt::format("the destination's versions of the key {} by another "
                                            "while they were copied",
                                            what));
    error.bucket(context_.destination.location.bucket).key(destination_key_);
    return fail(std::move(error));
  }

  void accept(ObjectVersion made) {
    const auto& version = wanted();
    auto& counters = parts_.shared.counters;
    ++counters.copied;
    counters.copied_bytes += version.size;
    if (version.delete_marker) ++counters.copied_markers;
    note_receipt(version, made);
    work_.copy.versions.push_back(std::move(made));
    work_.settled = there();
    looks_ = 0;
  }

  // Of what a later comparison could not prove: only the version "null" needs it.
  void note_receipt(const ObjectVersion& version, const ObjectVersion& made) {
    if (version.id != "null" || made.etag.empty() || made.etag == version.etag) return;
    context_.receipts.add(work_.key, entry_of({}, version), made.etag);
  }

  void skipped(const ObjectVersion& version, Likeness likeness) {
    auto& counters = parts_.shared.counters;
    ++counters.skipped;
    counters.skipped_bytes += version.size;
    if (likeness == Likeness::same_weak) ++counters.skipped_weak;
    ++work_.settled;
  }

  Context& context_;
  HistoryContext parts_;
  HistoryWork& work_;
  std::string destination_key_;
  std::map<std::size_t, int> doubts_;  // by ordinal: writes that may have taken effect unseen
  int looks_ = 0;                      // at the version that is wanted
};

}  // namespace

net::Task<Result<void>> copy_history(HistoryContext context, HistoryWork& work) {
  HistoryRun run(context, work);
  co_return co_await run.run();
}

}  // namespace s3m::transfer

#include "transfer/copy_object.hpp"

#include <utility>

#include "transfer/restore.hpp"

namespace s3m::transfer {
namespace {

// How often an object is looked at again before it is given up; one that changes all the time is
// for the next run.
constexpr int most_looks = 5;

bool condition_failed(Errc code) noexcept {
  return code == Errc::precondition_failed || code == Errc::no_such_key ||
         code == Errc::not_found || code == Errc::conflict;
}

// What is told of an object whose failure could not be looked into.
std::unexpected<Error> unexplained(Error failure, Error obstacle) {
  return fail(concerns_all(obstacle) ? std::move(obstacle) : std::move(failure));
}

}  // namespace

std::string ObjectCopier::relative_key(const CopyWork& work) const {
  return work.source.key.substr(shared_.context.source.location.prefix.size());
}

Result<std::string> ObjectCopier::destination_key(std::string_view source_key) const {
  auto key = shared_.context.destination.location.prefix;
  key += source_key.substr(shared_.context.source.location.prefix.size());
  if (key.empty()) {
    return fail(Errc::invalid_argument,
                "the key is the source's prefix itself, so the copy would have no name: give the "
                "destination a prefix");
  }
  if (key.size() > max_key_bytes) {
    return fail(Errc::invalid_argument, "the copy's key would have " + std::to_string(key.size()) +
                                            " bytes, above the limit of 1024");
  }
  return key;
}

aws::WriteOptions ObjectCopier::write_options(const CopyWork& work) const {
  const auto& options = shared_.options;
  // A copy without the header is STANDARD, whatever the source is.
  const auto& own =
      work.source.storage_class == "STANDARD" ? std::string() : work.source.storage_class;
  return {.storage_class = options.storage_class.empty() ? own : options.storage_class,
          .encryption = options.encryption,
          .kms_key_id = options.kms_key_id,
          .acl = options.acl,
          .if_match = work.copy_exists ? work.copy.etag : std::string(),
          .if_none_match = !work.copy_exists,
          .expected_owner = shared_.context.destination.expected_owner,
          .admission = work.admission,
          .once = !work.source.version.empty()};
}

net::Task<Result<CopyEnd>> ObjectCopier::copy(CopyWork& work) {
  if (work.source.etag.empty() || (work.copy_exists && work.copy.etag.empty())) {
    co_return fail(Errc::not_supported,
                   "the service lists no ETag to make the copy conditional on");
  }
  auto key = destination_key(work.source.key);
  if (!key) co_return forward(key);
  bool asked = needs_restore(work.source);
  if (asked) {
    auto readable = co_await make_readable(work);
    if (!readable) co_return forward(readable);
    if (!*readable) co_return CopyEnd::waiting;
  }
  for (int looks = 0;; ++looks) {
    auto sent = co_await send(work, *key);
    if (sent) {
      note(work, *sent);
      co_return CopyEnd::copied;
    }
    const auto code = sent.error().code();
    if (code == Errc::invalid_state && !std::exchange(asked, true)) {
      // An archive tier of INTELLIGENT_TIERING, which no listing shows.
      auto readable = co_await make_readable(work);
      if (!readable) co_return forward(readable);
      if (!*readable) co_return CopyEnd::waiting;
      continue;
    }
    const bool unclear = condition_failed(code) || may_have_happened(code);
    if (!unclear || looks == most_looks) co_return forward(sent);
    auto next = co_await look_again(work, std::move(sent.error()));
    if (!next) co_return forward(next);
    if (*next == Next::copied) co_return CopyEnd::copied;
    if (*next == Next::vanished) co_return CopyEnd::vanished;
    if (*next == Next::left_alone) co_return CopyEnd::left_alone;
  }
}

// Whether an archived source can be read now.
net::Task<Result<bool>> ObjectCopier::make_readable(CopyWork& work) {
  const bool going_on = work.source.restore == aws::RestoreState::in_progress;
  const auto& restore = shared_.options.restore;
  if (!restore) {
    co_return fail(Errc::invalid_state,
                   going_on ? "the object is being restored (" + work.source.storage_class +
                                  "): run the same command again when that is done"
                            : "the object is archived (" + work.source.storage_class +
                                  "): --restore asks for it to be restored and waits");
  }
  if (going_on) co_return false;
  auto answer = co_await begin_restore(shared_.context, work.source, *restore);
  if (!answer) co_return forward(answer);
  co_return *answer == aws::RestoreAnswer::ready;
}

aws::CopyRequest ObjectCopier::request_of(const CopyWork& work, std::string destination_key,
                                          aws::WriteOptions write) const {
  const auto& context = shared_.context;
  return {.source = {.bucket = context.source.location.bucket,
                     .key = work.source.key,
                     .version = work.source.version},
          .source_etag = work.source.etag,
          .source_expected_owner = context.source.expected_owner,
          .bucket = context.destination.location.bucket,
          .key = std::move(destination_key),
          .write = std::move(write)};
}

net::Task<Result<aws::CopyResult>> ObjectCopier::send(CopyWork& work, std::string destination_key) {
  if (copied_in_parts(work.source, shared_.options)) {
    return copy_multipart(shared_, work.source, std::move(destination_key), write_options(work));
  }
  if (shared_.attributes.looks()) return look_and_send(work, std::move(destination_key));
  return shared_.context.writer->copy_object(
      request_of(work, std::move(destination_key), write_options(work)));
}

net::Task<Result<aws::CopyResult>> ObjectCopier::look_and_send(CopyWork& work,
                                                               std::string destination_key) {
  auto carried = co_await shared_.attributes.look(work.source);
  if (!carried) co_return forward(carried);
  auto& writer = *shared_.context.writer;
  auto write = write_options(work);
  apply(*carried, write);
  auto copied = co_await writer.copy_object(request_of(work, destination_key, std::move(write)));
  if (!copied && carried->has_acl() && may_refuse_acl(copied.error())) {
    *carried = without_acl(std::move(*carried), copied.error().describe());
    write = write_options(work);
    apply(*carried, write);
    copied =
        co_await writer.copy_object(request_of(work, std::move(destination_key), std::move(write)));
  }
  if (copied) shared_.attributes.report(work.source, carried->losses);
  co_return copied;
}

net::Task<Result<ObjectCopier::Next>> ObjectCopier::look_again(CopyWork& work, Error error) {
  auto head = co_await prover_.head(shared_.context.source, work.source.key);
  if (!head) co_return unexplained(std::move(error), std::move(head.error()));
  if (!*head) co_return Next::vanished;
  const bool changed = (*head)->etag != work.source.etag || (*head)->size != work.source.size;
  if (changed && condition_failed(error.code())) {
    shared_.counters.source_bytes += (*head)->size - work.source.size;
    work.source = entry_of(std::move(work.source.key), **head);
    co_return Next::again;
  }
  co_return co_await look_at_destination(work, **head, std::move(error));
}

net::Task<Result<ObjectCopier::Next>> ObjectCopier::look_at_destination(
    CopyWork& work, const aws::ObjectHead& source, Error error) {
  const auto key = shared_.context.destination.location.prefix + relative_key(work);
  auto head = co_await prover_.head(shared_.context.destination, key);
  if (!head) co_return unexplained(std::move(error), std::move(head.error()));
  const bool was_there = std::exchange(work.copy_exists, head->has_value());
  const bool as_seen = was_there ? *head && (*head)->etag == work.copy.etag : !*head;
  if (may_have_happened(error.code()) && (as_seen || !*head)) co_return fail(std::move(error));
  if (as_seen) {
    // Nothing explains the refusal but another write that has not settled yet (409).
    co_await shared_.context.cancel.sleep_for(std::chrono::milliseconds(100));
    co_return Next::again;
  }
  if (!*head) co_return Next::again;

  const auto proof = compare_heads(source, **head, prover_.rules());
  work.copy = entry_of(key, **head);
  if (proof.likeness == Likeness::same_strong || proof.likeness == Likeness::same_weak) {
    co_return Next::copied;
  }
  if (may_have_happened(error.code())) co_return fail(std::move(error));
  if (shared_.options.if_exists == IfExists::skip) co_return Next::left_alone;
  // Of the right size and just written, most likely by ourselves: to do it again loses nothing.
  if (proof.likeness == Likeness::unproven) co_return Next::again;
  error.context("the destination was changed by another while the object was copied");
  co_return fail(std::move(error));
}

void ObjectCopier::note(const CopyWork& work, const aws::CopyResult& result) {
  if (result.etag.empty() || result.etag == work.source.etag) return;
  shared_.context.receipts.add(relative_key(work), work.source, result.etag);
}

}  // namespace s3m::transfer

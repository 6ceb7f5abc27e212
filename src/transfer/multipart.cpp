#include "transfer/multipart.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "net/task_group.hpp"
#include "transfer/lost_uploads.hpp"
#include "transfer/prover.hpp"
#include "transfer/source_layout.hpp"
#include "transfer/upload_plan.hpp"

namespace s3m::transfer {
namespace {

// True for what leaves open whether Complete took effect: the answer was lost, or a repetition met
// its own success.
bool leaves_open(Errc code) noexcept {
  switch (code) {
    case Errc::no_such_upload:
    case Errc::precondition_failed:
    case Errc::unavailable:
    case Errc::timeout:
    case Errc::reset:
    case Errc::protocol:
      return true;
    default:
      return false;
  }
}

struct ChecksumChoice {
  std::string algorithm;
  bool full_object = false;
};

// The source's algorithm; of the whole object where it was so and a multipart upload can be (SHA
// checksums of uploads are always composite).
ChecksumChoice checksum_for(const aws::ObjectHead& source) {
  if (source.checksums.empty()) return {};
  const auto& checksum = source.checksums.front();
  return {checksum.algorithm, checksum.full_object && checksum.algorithm.starts_with("CRC")};
}

class UploadRun {
 public:
  UploadRun(MultipartContext shared, aws::ObjectEntry source, std::string destination_key,
            aws::WriteOptions write)
      : shared_(shared),
        context_(shared.context),
        source_(std::move(source)),
        key_(std::move(destination_key)),
        write_(std::move(write)),
        plain_acl_(write_.acl) {}

  net::Task<Result<aws::CopyResult>> run() {
    auto prepared = co_await prepare();
    if (!prepared) co_return forward(prepared);
    auto opened = co_await open();
    if (!opened) co_return forward(opened);
    auto copied = co_await fill_and_complete();
    shared_.counters.part_bytes -= counted_bytes_;
    if (copied) {
      auto finished = co_await finish(copied->etag);
      if (!finished) co_return forward(finished);
    }
    if (copied && !in_doubt_) forget();
    const bool stays_open = copied ? in_doubt_ : copied.error().code() != Errc::cancelled;
    if (stays_open) co_await give_up();
    co_return copied;
  }

 private:
  // Reads what has to be stated again, and decides on the parts.
  net::Task<Result<void>> prepare() {
    auto head = co_await unchanged_source();
    if (!head) co_return forward(head);
    head_ = std::move(*head);
    if (head_.missing_metadata > 0) {
      co_return fail(Errc::invalid_state,
                     "the object has metadata that no header can carry, so a copy in parts would "
                     "lose it; below 5 GiB a larger --multipart-threshold avoids the parts");
    }
    auto carried = co_await shared_.attributes.carried(head_, source_address());
    if (!carried) co_return forward(carried);
    carried_ = std::move(*carried);
    apply(carried_, write_);
    create_ = {.bucket = context_.destination.location.bucket,
               .key = key_,
               .head = head_,
               .write = write_};
    auto checksum = checksum_for(head_);
    create_.checksum_algorithm = std::move(checksum.algorithm);
    create_.full_object_checksum = checksum.full_object;
    auto tags =
        co_await shared_.attributes.tags(source_address(), head_.tag_count, carried_.losses);
    if (!tags) co_return forward(tags);
    create_.tags = std::move(*tags);
    auto sizes = co_await choose_parts();
    if (!sizes) co_return forward(sizes);
    describe(std::move(*sizes));
    co_return ok;
  }

  // The source as it was listed. A service that ignores If-Match is found out by the answer.
  net::Task<Result<aws::ObjectHead>> unchanged_source() {
    auto head = co_await context_.source.reader->head_object(pinned_head());
    if (head && (head->etag != source_.etag || head->size != source_.size)) {
      Error error(Errc::precondition_failed, "the object was changed while it was copied");
      error.operation("HeadObject").bucket(context_.source.location.bucket).key(source_.key);
      co_return fail(std::move(error));
    }
    co_return head;
  }

  net::Task<Result<std::vector<std::uint64_t>>> choose_parts() {
    const auto parts = parts_of_etag(source_.etag);
    if (shared_.options.keep_etag && parts) {
      auto layout =
          co_await source_layout(*context_.source.reader, pinned_head(), source_.size, *parts);
      if (!layout) co_return forward(layout);
      if (*layout) co_return std::move(**layout);
    }
    co_return plan_parts(source_.size, shared_.options.part_size);
  }

  void describe(std::vector<std::uint64_t> sizes) {
    record_ = {.bucket = create_.bucket,
               .key = key_,
               .source_bucket = context_.source.location.bucket,
               .source_key = source_.key,
               .source_version = head_.version,
               .source_etag = source_.etag,
               .source_last_modified = head_.last_modified,
               .size = source_.size,
               .part_sizes = std::move(sizes),
               .settings = settings_of(create_)};
    parts_.resize(record_.part_sizes.size());
    std::uint64_t at = 0;
    for (const auto size : record_.part_sizes) {
      first_bytes_.push_back(at);
      at += size;
    }
  }

  // Goes on with a recorded upload, or begins one. Recorded before the first part (G17).
  net::Task<Result<void>> open() {
    while (auto recorded = shared_.recorded.take(record_)) {
      auto listed = co_await context_.writer->list_parts(record_.bucket, key_, recorded->upload_id,
                                                         context_.destination.expected_owner);
      if (listed) {
        record_.upload_id = recorded->upload_id;
        parts_ = usable_parts(std::move(*listed), record_);
        break;
      }
      if (listed.error().code() == Errc::cancelled) co_return forward(listed);
    }
    if (record_.upload_id.empty()) {
      auto created = co_await create();
      if (!created) co_return forward(created);
      record_.upload_id = std::move(*created);
    }
    auto recorded = context_.journal.record(record_);
    if (!recorded) co_await give_up();
    co_return recorded;
  }

  net::Task<Result<std::string>> create() {
    auto created = co_await begin_upload(context_, create_);
    if (created || !carried_.has_acl() || !may_refuse_acl(created.error())) co_return created;
    carried_ = without_acl(std::move(carried_), created.error().describe());
    write_.acl = plain_acl_;
    write_.restated = carried_.restated;
    create_.write = write_;
    record_.settings = settings_of(create_);
    co_return co_await begin_upload(context_, create_);
  }

  // What comes after Complete. The upload stays recorded meanwhile, so that a run that is killed
  // here is followed by one that does it again.
  net::Task<Result<void>> finish(std::string etag) {
    auto annotated = co_await shared_.attributes.carry_annotations(
        source_address(), key_, std::move(etag), carried_.losses);
    if (!annotated) co_return annotated;
    auto looked = co_await shared_.attributes.look_for_locks(key_, carried_, carried_.losses);
    if (looked) shared_.attributes.report(source_, carried_.losses);
    co_return looked;
  }

  net::Task<Result<aws::CopyResult>> fill_and_complete() {
    net::TaskGroup lanes(context_.runtime.loop);
    begin_part_lanes(lanes);
    co_await lanes.join();
    if (failure_) co_return co_await part_failure();
    if (shared_.failures.stopped()) co_return fail(Errc::cancelled, "the job is stopping");
    // The parts were pinned; a service that ignores the pins may have mixed two states of the
    // source, and this is the last moment to see that.
    auto unchanged = co_await unchanged_source();
    if (!unchanged) co_return forward(unchanged);
    co_return co_await complete();
  }

  // A range beyond the end is how a service that ignores pins shows that the source has shrunk.
  net::Task<Result<aws::CopyResult>> part_failure() {
    if (failure_->code() == Errc::invalid_request) {
      auto unchanged = co_await unchanged_source();
      if (!unchanged) co_return forward(unchanged);
    }
    co_return fail(std::move(*failure_));
  }

  // As many as may be in flight; more of them as the budget grows.
  void begin_part_lanes(net::TaskGroup& lanes) {
    const std::size_t left = parts_.size() - next_part_;
    const std::size_t running = lanes.running(), budget = context_.governor.budget();
    const std::size_t wanted = budget > running ? std::min(budget - running, left) : 0;
    for (std::size_t i = 0; i < wanted; ++i)
      lanes.spawn(part_lane(lanes));
  }

  net::Task<void> part_lane(net::TaskGroup& lanes) {
    while (next_part_ < parts_.size() && !failure_ && !shared_.failures.stopped()) {
      const auto index = next_part_++;
      if (parts_[index].etag.empty()) {
        auto part = co_await context_.writer->upload_part_copy(part_request(index));
        if (!part) {
          if (!failure_) failure_.emplace(std::move(part.error()));
          co_return;
        }
        parts_[index] = std::move(*part);
        parts_[index].part_number = static_cast<int>(index) + 1;
      }
      counted_bytes_ += record_.part_sizes[index];
      shared_.counters.part_bytes += record_.part_sizes[index];
      begin_part_lanes(lanes);
    }
  }

  aws::PartCopyRequest part_request(std::size_t index) const {
    return {.source = source_address(),
            .source_etag = source_.etag,
            .source_expected_owner = context_.source.expected_owner,
            .bucket = record_.bucket,
            .key = key_,
            .upload_id = record_.upload_id,
            .part_number = static_cast<int>(index) + 1,
            .first_byte = first_bytes_[index],
            .last_byte = first_bytes_[index] + record_.part_sizes[index] - 1,
            .expected_owner = context_.destination.expected_owner,
            .admission = write_.admission};
  }

  net::Task<Result<aws::CopyResult>> complete() {
    aws::CompleteRequest request{
        .bucket = record_.bucket,
        .key = key_,
        .upload_id = record_.upload_id,
        .parts = parts_,
        // A full-object checksum needs none for the parts, but versitygw asks for them even so.
        .with_checksums = !create_.checksum_algorithm.empty(),
        .write = write_};
    auto done = co_await context_.writer->complete_multipart_upload(std::move(request));
    if (done && !done->etag.empty()) co_return done;
    if (!done && !leaves_open(done.error().code())) co_return done;
    in_doubt_ = !done;
    auto made = co_await prover_.head(context_.destination, key_);
    if (made && *made && (done || is_ours(**made))) {
      co_return aws::CopyResult{(*made)->etag, (*made)->last_modified, (*made)->version};
    }
    co_return done;
  }

  // Whether the object at the destination is what this upload would have made.
  bool is_ours(const aws::ObjectHead& made) const {
    std::vector<std::string> etags;
    for (const auto& part : parts_)
      etags.push_back(part.etag);
    if (made.size == source_.size && multipart_etag(etags) == made.etag) return true;
    return compare_heads(head_, made, prover_.rules()).likeness == Likeness::same_strong;
  }

  net::Task<void> give_up() {
    auto gone = co_await abort_until_gone(*context_.writer, context_.cancel, record_.bucket, key_,
                                          record_.upload_id, context_.destination.expected_owner);
    if (gone) {
      forget();
    } else {
      log::warning("an upload stays to be aborted later: {}", gone.error().describe());
    }
  }

  void forget() {
    auto forgotten = context_.journal.forget(record_.bucket, key_, record_.upload_id);
    if (!forgotten) log::warning("{}", forgotten.error().describe());
  }

  aws::ObjectAddress source_address() const {
    return {
        .bucket = context_.source.location.bucket, .key = source_.key, .version = source_.version};
  }

  aws::HeadRequest pinned_head() const {
    return {.object = source_address(),
            .checksum = true,
            .if_match = source_.etag,
            .expected_owner = context_.source.expected_owner};
  }

  MultipartContext shared_;
  Context& context_;
  std::uint64_t settling_heads_ = 0;
  Prover prover_{context_, settling_heads_};
  aws::ObjectEntry source_;
  std::string key_;
  aws::WriteOptions write_;
  std::string plain_acl_;  // without the source's own
  Carried carried_;

  aws::ObjectHead head_;  // of the source
  aws::CreateUploadRequest create_;
  UploadRecord record_;
  std::vector<std::uint64_t> first_bytes_;
  std::vector<aws::PartResult> parts_;  // by index; no ETag: to be copied
  std::size_t next_part_ = 0;
  std::optional<Error> failure_;  // the first of a part
  // The object is there, but another may have made it: then the upload is still open.
  bool in_doubt_ = false;
  std::uint64_t counted_bytes_ = 0;  // of ours in Counters::part_bytes
};

}  // namespace

net::Task<Result<aws::CopyResult>> copy_multipart(MultipartContext shared, aws::ObjectEntry source,
                                                  std::string destination_key,
                                                  aws::WriteOptions write) {
  UploadRun run(shared, std::move(source), std::move(destination_key), std::move(write));
  co_return co_await run.run();
}

net::Task<Result<void>> abort_until_gone(aws::S3& writer, net::CancelToken& cancel,
                                         std::string bucket, std::string key, std::string upload_id,
                                         std::string expected_owner) {
  constexpr int most_attempts = 8;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    auto aborted = co_await writer.abort_multipart_upload(bucket, key, upload_id, expected_owner);
    if (!aborted) co_return aborted;
    auto left = co_await writer.list_parts(bucket, key, upload_id, expected_owner);
    const bool gone = left ? left->empty() : left.error().code() == Errc::no_such_upload;
    if (gone) co_return ok;
    if (!left) co_return forward(left);
    if (!co_await cancel.sleep_for(std::chrono::milliseconds(50 << attempt))) break;
  }
  Error error(Errc::conflict, "the upload is still there after it was aborted");
  error.operation("AbortMultipartUpload").bucket(std::move(bucket)).key(std::move(key));
  co_return fail(std::move(error));
}

}  // namespace s3m::transfer

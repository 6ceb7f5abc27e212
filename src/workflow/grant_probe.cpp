#include "workflow/grant_probe.hpp"

#include "base/log.hpp"
#include "transfer/scratch.hpp"

namespace s3m::workflow {
namespace {

// The MD5 of nothing that was ever stored.
constexpr const char* impossible_etag = "00000000000000000000000000000000";

bool means_absent(Errc code) {
  return code == Errc::no_such_key || code == Errc::not_found || code == Errc::precondition_failed;
}

class WriteProbe final : public GrantProbe {
 public:
  WriteProbe(aws::S3& writer, aws::S3& owner, ProbeTarget target)
      : writer_(writer), owner_(owner), target_(std::move(target)) {}

  net::Task<Result<void>> use() override {
    const auto key = transfer::scratch_key("probe");
    auto put = co_await writer_.put_object(request(key, impossible_etag));
    if (!put && means_absent(put.error().code())) co_return ok;
    if (!put && put.error().code() == Errc::not_supported) {
      // A server without conditional writes: the scratch object has to be written.
      put = co_await writer_.put_object(request(key, {}));
    }
    if (!put) co_return forward(put);
    co_return co_await clean_up(key, *std::move(put));
  }

 private:
  aws::PutRequest request(const std::string& key, std::string if_match) const {
    return {.bucket = target_.bucket,
            .key = key,
            .body = {},
            .content_type = {},
            .write = {.acl = target_.acl,
                      .if_match = std::move(if_match),
                      .expected_owner = target_.expected_owner}};
  }

  net::Task<Result<void>> clean_up(std::string key, aws::PutResult put) {
    aws::ObjectAddress scratch{target_.bucket, std::move(key), std::move(put.version)};
    log::info("bucket {} ignores If-Match; deleting the scratch object {}", target_.bucket,
              scratch.key);
    co_return co_await owner_.delete_object(std::move(scratch), {}, target_.expected_owner);
  }

  aws::S3& writer_;
  aws::S3& owner_;
  ProbeTarget target_;
};

class ReadProbe final : public GrantProbe {
 public:
  ReadProbe(aws::S3& reader, ProbeTarget target) : reader_(reader), target_(std::move(target)) {}

  net::Task<Result<void>> use() override {
    aws::ListRequest list{
        .bucket = target_.bucket, .max_keys = 1, .expected_owner = target_.expected_owner};
    auto page = co_await reader_.list_objects(std::move(list));
    if (!page) co_return forward(page);
    aws::HeadRequest head{.object = {target_.bucket, transfer::scratch_key("probe"), {}},
                          .expected_owner = target_.expected_owner};
    auto seen = co_await reader_.head_object(std::move(head));
    if (seen || means_absent(seen.error().code())) co_return ok;
    co_return forward(seen);
  }

 private:
  aws::S3& reader_;
  ProbeTarget target_;
};

}  // namespace

std::unique_ptr<GrantProbe> write_probe(aws::S3& writer, aws::S3& owner, ProbeTarget target) {
  return std::make_unique<WriteProbe>(writer, owner, std::move(target));
}

std::unique_ptr<GrantProbe> read_probe(aws::S3& reader, ProbeTarget target) {
  return std::make_unique<ReadProbe>(reader, std::move(target));
}

}  // namespace s3m::workflow

#include "workflow/bucket_record.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/location.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

static_assert(record_key.starts_with(transfer::reserved_prefix));

std::string text_of(json::string_view text) {
  return {text.data(), text.size()};
}

json::object side_json(const RecordedSide& side) {
  return {{"bucket", side.bucket}, {"region", side.region}, {"account", side.account}};
}

// A document of ours as a value; null for an empty text.
Result<json::value> embedded(std::string_view document, std::string_view what) {
  if (document.empty()) return json::value(nullptr);
  boost::system::error_code error;
  auto value = json::parse(document, error);
  if (error) {
    return fail(Errc::invalid_argument,
                fmt::format("the {} of the job is no JSON: {}", what, error.message()));
  }
  return value;
}

// Reads the members of one object; the first that is missing or of another kind is remembered.
class Members {
 public:
  Members(const json::object& object, std::string& wrong) : object_(object), wrong_(wrong) {}

  std::string text(std::string_view name) {
    const auto* const value = object_.if_contains(name);
    if (value != nullptr && value->is_string()) return text_of(value->get_string());
    complain(name);
    return {};
  }
  const json::object& object(std::string_view name) {
    const auto* const value = object_.if_contains(name);
    if (value != nullptr && value->is_object()) return value->get_object();
    complain(name);
    return none_;
  }
  // The text of a document; empty for null.
  std::string document(std::string_view name) {
    const auto* const value = object_.if_contains(name);
    if (value == nullptr) complain(name);
    return value == nullptr || value->is_null() ? std::string() : json::serialize(*value);
  }
  RecordedSide side(std::string_view name) {
    Members members(object(name), wrong_);
    return {.bucket = members.text("bucket"),
            .region = members.text("region"),
            .account = members.text("account")};
  }
  WallTime time(std::string_view name) {
    const auto parsed = parse_iso8601(text(name));
    if (!parsed) complain(name);
    return parsed.value_or(WallTime{});
  }
  std::map<std::string, std::string> texts(std::string_view name) {
    std::map<std::string, std::string> all;
    Members members(object(name), wrong_);
    for (const auto& member : members.object_)
      all[text_of(member.key())] = members.text(text_of(member.key()));
    return all;
  }

 private:
  void complain(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }

  const json::object& object_;
  json::object none_;
  std::string& wrong_;
};

Error no_record(std::string_view why) {
  return Error(Errc::protocol,
               fmt::format("{} cannot be read as the record of a job: {}", record_key, why));
}

Error unlike(const MarkedBucket& bucket, std::string_view job) {
  return Error(Errc::refused,
               fmt::format("bucket {} carries the mark of job {} and the record of job {}; it is "
                           "left alone",
                           printable(bucket.name), printable(bucket.job_id), printable(job)));
}

// Errors: not_found when there is none.
net::Task<Result<BucketRecord>> fetch(aws::S3& owner, const MarkedBucket& bucket) {
  aws::ObjectAddress address{.bucket = bucket.name, .key = std::string(record_key), .version = {}};
  auto text = co_await owner.get_object(std::move(address), bucket.expected_owner);
  if (!text) {
    if (text.error().code() != Errc::no_such_key) co_return forward(text);
    co_return fail(Errc::not_found, fmt::format("bucket {} has no record of a job ({})",
                                                printable(bucket.name), record_key));
  }
  auto record = parse_record(*text);
  if (!record) record.error().bucket(bucket.name).key(std::string(record_key));
  co_return record;
}

}  // namespace

Result<std::string> to_json(const BucketRecord& record) {
  auto spec = embedded(record.spec, "spec");
  if (!spec) return forward(spec);
  auto configuration = embedded(record.configuration, "configuration");
  if (!configuration) return forward(configuration);
  json::object facts;
  for (const auto& [name, value] : record.facts)
    facts[name] = json::string_view(value.data(), value.size());
  auto text = json::serialize(json::object{{"version", record_version},
                                           {"job", record.job_id},
                                           {"program", record.program},
                                           {"written_at", iso8601(record.written_at)},
                                           {"state", record.state},
                                           {"source", side_json(record.source)},
                                           {"destination", side_json(record.destination)},
                                           {"spec", std::move(*spec)},
                                           {"configuration", std::move(*configuration)},
                                           {"facts", std::move(facts)}});
  if (!valid_utf8(text)) return fail(Errc::invalid_argument, "the record is not UTF-8");
  return text;
}

Result<BucketRecord> parse_record(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error) return fail(no_record(error.message()));
  if (!value.is_object()) return fail(no_record("it is no object"));
  const auto* const version = value.get_object().if_contains("version");
  if (version == nullptr || !version->is_int64()) return fail(no_record("it has no version"));
  if (version->get_int64() > record_version) {
    return fail(
        Errc::not_supported,
        fmt::format("{} was written by a newer version of the program; use that one", record_key));
  }
  std::string wrong;
  Members members(value.get_object(), wrong);
  BucketRecord record{.job_id = members.text("job"),
                      .program = members.text("program"),
                      .written_at = members.time("written_at"),
                      .state = members.text("state"),
                      .source = members.side("source"),
                      .destination = members.side("destination"),
                      .spec = members.document("spec"),
                      .configuration = members.document("configuration"),
                      .facts = members.texts("facts")};
  if (!wrong.empty()) return fail(no_record(fmt::format("{} is missing or wrong", wrong)));
  if (record.job_id.empty()) return fail(no_record("it names no job"));
  return record;
}

net::Task<Result<void>> write_record(aws::S3& owner, MarkedBucket bucket, BucketRecord record) {
  auto text = to_json(record);
  if (!text) co_return forward(text);
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing != Standing::ours || record.job_id != bucket.job_id) {
    co_return fail(Errc::refused, not_ours(bucket, *seen));
  }
  auto before = co_await fetch(owner, bucket);
  if (!before && before.error().code() != Errc::not_found) co_return forward(before);
  if (before && before->job_id != bucket.job_id) co_return fail(unlike(bucket, before->job_id));
  aws::PutRequest put{.bucket = bucket.name,
                      .key = std::string(record_key),
                      .body = std::move(*text),
                      .content_type = "application/json",
                      .write = {}};
  put.write.expected_owner = bucket.expected_owner;
  auto written = co_await owner.put_object(std::move(put));
  if (!written) co_return forward(written);
  co_return ok;
}

net::Task<Result<BucketRecord>> read_record(aws::S3& owner, MarkedBucket bucket) {
  bucket.job_id.clear();
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::absent) {
    co_return fail(Errc::no_such_bucket,
                   fmt::format("bucket {} does not exist", printable(bucket.name)));
  }
  if (seen->standing == Standing::foreign || seen->job_id.empty()) {
    co_return fail(Errc::refused,
                   fmt::format("bucket {} is no temporary bucket of a migration: it has no tag {}, "
                               "or it is not in this account and region",
                               printable(bucket.name), mark_key));
  }
  bucket.job_id = seen->job_id;
  auto record = co_await fetch(owner, bucket);
  if (record && record->job_id != bucket.job_id) co_return fail(unlike(bucket, record->job_id));
  co_return record;
}

}  // namespace s3m::workflow

#include "workflow/bucket_record.hpp"

#include <boost/json/array.hpp>
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

// A record that changes under the writer is read again so often.
constexpr int write_attempts = 4;

std::string text_of(json::string_view text) {
  return {text.data(), text.size()};
}

json::string_view view_of(const std::string& text) {
  return {text.data(), text.size()};
}

json::object json_of(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [name, value] : texts)
    object[name] = view_of(value);
  return object;
}

json::array json_of(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts)
    array.emplace_back(view_of(text));
  return array;
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
  std::vector<std::string> list(std::string_view name) {
    std::vector<std::string> all;
    const auto* const value = object_.if_contains(name);
    if (value == nullptr || !value->is_array()) {
      complain(name);
      return all;
    }
    for (const auto& one : value->get_array()) {
      if (one.is_string()) {
        all.push_back(text_of(one.get_string()));
      } else {
        complain(name);
      }
    }
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

struct Kept {
  BucketRecord record;
  std::string etag;
};

// What a write would replace. The ETag first: what changes after it makes the write fail.
net::Task<Result<std::optional<Kept>>> kept_in(aws::S3& owner, const MarkedBucket& bucket) {
  aws::HeadRequest request{
      .object = {.bucket = bucket.name, .key = std::string(record_key), .version = {}},
      .part_number = {},
      .if_match = {},
      .expected_owner = bucket.expected_owner};
  auto head = co_await owner.head_object(std::move(request));
  if (!head) {
    const auto code = head.error().code();
    if (code == Errc::no_such_key || code == Errc::not_found) co_return std::nullopt;
    co_return forward(head);
  }
  auto record = co_await fetch(owner, bucket);
  if (!record && record.error().code() == Errc::not_found) co_return std::nullopt;
  if (!record) co_return forward(record);
  co_return Kept{*std::move(record), std::move(head->etag)};
}

Result<void> may_replace(const MarkedBucket& bucket, const BucketRecord& before,
                         const std::string& holder, const std::string& predecessor) {
  if (before.job_id != bucket.job_id) return fail(unlike(bucket, before.job_id));
  const bool ours =
      before.holder.empty() || before.holder == holder || before.holder == predecessor;
  if (ours) return ok;
  return fail(Errc::conflict,
              fmt::format("job {} was adopted from s3://{} by another store, which goes on with it "
                          "since {}; this one must not. Nothing more was changed",
                          printable(bucket.job_id), printable(bucket.name),
                          iso8601_seconds(before.written_at)));
}

aws::PutRequest put_of(const MarkedBucket& bucket, const std::string& text,
                       const std::optional<Kept>& before, bool conditional) {
  aws::PutRequest put{.bucket = bucket.name,
                      .key = std::string(record_key),
                      .body = text,
                      .content_type = "application/json",
                      .write = {}};
  put.write.expected_owner = bucket.expected_owner;
  if (!conditional) return put;
  if (before) {
    put.write.if_match = before->etag;
  } else {
    put.write.if_none_match = true;
  }
  return put;
}

bool changed_meanwhile(const Error& error) {
  return error.code() == Errc::precondition_failed || error.code() == Errc::conflict;
}

}  // namespace

Result<std::string> to_json(const BucketRecord& record) {
  auto spec = embedded(record.spec, "spec");
  if (!spec) return forward(spec);
  auto configuration = embedded(record.configuration, "configuration");
  if (!configuration) return forward(configuration);
  auto text = json::serialize(json::object{{"version", record.version},
                                           {"job", record.job_id},
                                           {"program", record.program},
                                           {"written_at", iso8601(record.written_at)},
                                           {"state", record.state},
                                           {"source", side_json(record.source)},
                                           {"destination", side_json(record.destination)},
                                           {"spec", std::move(*spec)},
                                           {"configuration", std::move(*configuration)},
                                           {"facts", json_of(record.facts)},
                                           {"steps", json_of(record.steps)},
                                           {"intents", json_of(record.intents)},
                                           {"options", json_of(record.options)},
                                           {"holder", record.holder}});
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
  record.version = static_cast<int>(version->get_int64());
  if (record.version >= 2) {
    record.steps = members.list("steps");
    record.intents = members.texts("intents");
    record.options = members.list("options");
    record.holder = members.text("holder");
  }
  if (!wrong.empty()) return fail(no_record(fmt::format("{} is missing or wrong", wrong)));
  if (record.job_id.empty()) return fail(no_record("it names no job"));
  return record;
}

net::Task<Result<void>> write_record(aws::S3& owner, MarkedBucket bucket, BucketRecord record,
                                     std::string predecessor) {
  auto text = to_json(record);
  if (!text) co_return forward(text);
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::absent) {
    Error gone(Errc::no_such_bucket,
               fmt::format("there is no bucket {} (any more)", printable(bucket.name)));
    gone.bucket(bucket.name);
    co_return fail(std::move(gone));
  }
  if (seen->standing != Standing::ours || record.job_id != bucket.job_id) {
    co_return fail(Errc::refused, not_ours(bucket, *seen));
  }
  bool conditional = true;
  std::string refused;  // the ETag that a write was pinned to
  for (int attempt = 1;; ++attempt) {
    auto before = co_await kept_in(owner, bucket);
    if (!before) co_return forward(before);
    if (*before) {
      // Nothing has changed, so the service reads the condition in another way: radosgw takes an
      // ETag in quotes, as RFC 9110 has it, for another one.
      if ((*before)->etag == refused) conditional = false;
      if ((*before)->record == record) co_return ok;  // written, and the answer was lost
      auto may = may_replace(bucket, (*before)->record, record.holder, predecessor);
      if (!may) co_return may;
    }
    auto written = co_await owner.put_object(put_of(bucket, *text, *before, conditional));
    if (written) co_return ok;
    if (attempt == write_attempts) co_return forward(written);
    if (conditional && written.error().code() == Errc::not_supported) {
      conditional = false;
    } else if (!changed_meanwhile(written.error())) {
      co_return forward(written);
    } else if (*before) {
      refused = std::move((*before)->etag);
    }
  }
}

net::Task<Result<void>> check_holder(aws::S3& owner, MarkedBucket bucket, std::string holder,
                                     std::string predecessor) {
  auto record = co_await fetch(owner, bucket);
  if (!record) co_return forward(record);
  co_return may_replace(bucket, *record, holder, predecessor);
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

#include "transfer/manifest_writer.hpp"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/location.hpp"

namespace s3m::transfer {
namespace {

constexpr int manifest_version = 1;
constexpr std::string_view summary_name = "ranges.json";

// Keys are UTF-8 as a rule; what is not cannot stand in JSON.
void add_key(boost::json::object& object, std::string_view name, std::string_view key) {
  if (valid_utf8(key)) {
    object[name] = key;
  } else {
    object[std::string(name) + "_base64"] = base64(key);
  }
}

std::string line_of(const ManifestEntry& entry) {
  boost::json::object line;
  add_key(line, "key", entry.key);
  if (!entry.version.empty()) {
    line["version"] = entry.version;
    line["ordinal"] = entry.ordinal;
  }
  if (entry.delete_marker) line["delete_marker"] = true;
  line["size"] = entry.size;
  line["kind"] = entry.kind;
  if (!entry.value.empty()) line["value"] = entry.value;
  if (!entry.attributes.empty()) line["attributes"] = entry.attributes;
  if (entry.weak) line["weak"] = true;
  return boost::json::serialize(line) + "\n";
}

boost::json::object range_of(const RangeProof& proof) {
  boost::json::object range;
  add_key(range, "after", proof.range.after);
  if (proof.range.until) add_key(range, "until", *proof.range.until);
  range["digest"] = proof.digest;
  range["objects"] = proof.count;
  range["bytes"] = proof.bytes;
  range["weak"] = proof.weak;
  return range;
}

std::string summary_text(const ManifestSummary& summary, std::uint64_t parts) {
  boost::json::object text;
  text["v"] = manifest_version;
  text["digest"] = summary.digest;
  text["objects"] = summary.objects;
  text["parts"] = parts;
  boost::json::array ranges;
  for (const auto& range : summary.ranges)
    ranges.push_back(range_of(range));
  text["ranges"] = std::move(ranges);
  return boost::json::serialize(text) + "\n";
}

}  // namespace

std::string manifest_folder(std::string_view job_id) {
  return fmt::format("{}{}/manifest/", reserved_prefix, job_id);
}

std::string manifest_summary(std::string_view job_id) {
  return manifest_folder(job_id) + std::string(summary_name);
}

ManifestWriter::ManifestWriter(net::Loop& loop, aws::S3& s3, ManifestPlace place,
                               std::size_t part_bytes)
    : s3_(s3), place_(std::move(place)), part_bytes_(part_bytes), written_(loop) {}

net::Task<Result<void>> ManifestWriter::add(ManifestEntry entry) {
  // Two parts are enough in memory.
  while (writing_ && lines_.size() >= part_bytes_)
    co_await written_.wait();
  lines_.append(line_of(entry));
  any_ = true;
  if (writing_ || lines_.size() < part_bytes_) co_return ok;
  co_return co_await write_part();
}

net::Task<Result<void>> ManifestWriter::write_part() {
  writing_ = true;
  any_ = false;
  auto put_part =
      co_await put(fmt::format("{:06}.ndjson.zst", ++parts_), lines_.take(), "application/zstd");
  writing_ = false;
  written_.notify_all();
  co_return put_part;
}

net::Task<Result<void>> ManifestWriter::finish(ManifestSummary summary) {
  while (writing_)
    co_await written_.wait();
  if (any_) {
    auto last = co_await write_part();
    if (!last) co_return last;
  }
  co_return co_await put(std::string(summary_name), summary_text(summary, parts_),
                         "application/json");
}

net::Task<Result<void>> ManifestWriter::put(std::string name, std::string body, std::string type) {
  auto written = co_await s3_.put_object({.bucket = place_.bucket,
                                          .key = place_.folder + name,
                                          .body = std::move(body),
                                          .content_type = std::move(type),
                                          .write = {.expected_owner = place_.expected_owner}});
  if (written) co_return ok;
  written.error().context("the manifest could not be written");
  co_return forward(written);
}

}  // namespace s3m::transfer

#include "workflow/copy_spec.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

json::object side_json(const Access& access) {
  return {{"location", printable(access.location.uri())},
          {"endpoint", access.endpoint.is_aws() ? "" : log::redact_url(access.endpoint.url)},
          {"region", access.endpoint.region},
          {"role_arn", access.role_arn}};
}

std::string_view name(transfer::IfExists value) {
  constexpr std::array names = std::to_array<std::string_view>({"skip-same", "overwrite", "skip"});
  return names.at(static_cast<std::size_t>(value));
}

std::string_view name(transfer::VerifyMode value) {
  constexpr std::array names = std::to_array<std::string_view>({"none", "listing", "checksum"});
  return names.at(static_cast<std::size_t>(value));
}

std::string_view name(AttributeMode value) {
  constexpr std::array names = std::to_array<std::string_view>({"auto", "all", "none"});
  return names.at(static_cast<std::size_t>(value));
}

std::string quoted(const std::string& value) {
  return value.empty() ? "AWS's own" : "\"" + value + "\"";
}

std::string_view word_for(std::string_view field) {
  return field == "role_arn" ? "role" : field;
}

}  // namespace

std::string to_json(const CopySpec& spec, const Access& source, const Access& destination) {
  json::object out;
  out["source"] = side_json(source);
  out["destination"] = side_json(destination);
  out["grant"] = spec.grant ? name(*spec.grant) : "";
  out["multipart_threshold"] = spec.copy.multipart_threshold;
  out["part_size"] = spec.copy.part_size;
  out["keep_etag"] = spec.copy.keep_etag;
  out["storage_class"] = spec.copy.storage_class;
  out["sse"] = spec.copy.encryption;
  out["sse_kms_key_id"] = spec.copy.kms_key_id;
  out["if_exists"] = name(spec.copy.if_exists);
  out["verify"] = name(spec.verify);
  out["count_first"] = spec.count_first;
  out["versions"] = spec.copy.all_versions ? "all" : "latest";
  out["strict"] = spec.strict;
  out["delete"] = spec.delete_extra;
  out["attributes"] = name(spec.attributes);
  json::object keys;
  for (const auto& [from, to] : spec.kms_keys.keys())
    keys[printable(from)] = printable(to);
  out["kms_key_map"] = std::move(keys);
  out["restore_tier"] = spec.copy.restore ? spec.copy.restore->tier : "";
  return json::serialize(out);
}

std::string spec_field(const std::string& spec, std::string_view side, std::string_view field) {
  json::error_code unreadable;
  const auto parsed = json::parse(spec, unreadable);
  const auto* const object = parsed.if_object();
  const auto* const of_side = object != nullptr ? object->if_contains(side) : nullptr;
  const auto* const fields = of_side != nullptr ? of_side->if_object() : nullptr;
  const auto* const value = fields != nullptr ? fields->if_contains(field) : nullptr;
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

Result<void> same_sides(const std::string& job_id, const std::string& before,
                        const std::string& now) {
  for (const auto* const side : {"source", "destination"}) {
    for (const auto* const field : {"location", "endpoint", "region", "role_arn"}) {
      const auto was = spec_field(before, side, field), is = spec_field(now, side, field);
      if (was == is) continue;
      return fail(
          Errc::refused,
          fmt::format("job {} was begun with {} as its {}'s {}, and now that is {}: give it "
                      "the same profile, region and endpoint (AWS_PROFILE, AWS_REGION, "
                      "AWS_ENDPOINT_URL, ~/.aws/config) as then",
                      printable(job_id), quoted(was), side, word_for(field), quoted(is)));
    }
  }
  return ok;
}

GrantMode grant_of(const CopySpec& spec, bool one_identity) {
  if (spec.grant) return *spec.grant;
  return one_identity ? GrantMode::none : GrantMode::destination_policy;
}

}  // namespace s3m::workflow

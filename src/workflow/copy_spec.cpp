#include "workflow/copy_spec.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

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

}  // namespace

std::string to_json(const CopySpec& spec, const Access& source, const Access& destination,
                    const std::string& process) {
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
  out["process"] = process;
  return json::serialize(out);
}

std::string process_of(const std::string& spec_json) {
  json::error_code unreadable;
  const auto spec = json::parse(spec_json, unreadable);
  const auto* object = spec.if_object();
  const auto* process = object != nullptr ? object->if_contains("process") : nullptr;
  if (process == nullptr || !process->is_string()) return {};
  return {process->get_string().data(), process->get_string().size()};
}

}  // namespace s3m::workflow

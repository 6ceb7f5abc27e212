#include "sim/preconditions.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

namespace s3m::sim {
namespace {

std::unexpected<ApiError> failed(std::string_view condition) {
  return refuse(api_error("PreconditionFailed").with("Condition", std::string(condition)));
}

}  // namespace

bool etag_matches(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view tag = trim(header.substr(0, comma));
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
      tag = tag.substr(1, tag.size() - 2);
    }
    if (tag == etag) return true;
  }
  return false;
}

ReadConditions read_conditions(const Call& call) {
  return {call.header("if-match"), call.header("if-none-match"), call.header("if-modified-since"),
          call.header("if-unmodified-since")};
}

ReadConditions source_conditions(const Call& call) {
  return {call.header("x-amz-copy-source-if-match"), call.header("x-amz-copy-source-if-none-match"),
          call.header("x-amz-copy-source-if-modified-since"),
          call.header("x-amz-copy-source-if-unmodified-since")};
}

Permit check_read(const ReadConditions& conditions, const Version& version) {
  const std::string etag = version.etag.text();
  const auto modified_since = parse_http_date(conditions.if_modified_since);
  const auto unmodified_since = parse_http_date(conditions.if_unmodified_since);
  if (!conditions.if_match.empty()) {
    if (!etag_matches(conditions.if_match, etag)) return failed("If-Match");
  } else if (unmodified_since && version.modified > *unmodified_since) {
    return failed("If-Unmodified-Since");
  }
  if (!conditions.if_none_match.empty()) {
    if (etag_matches(conditions.if_none_match, etag)) return refuse("NotModified");
  } else if (modified_since && version.modified <= *modified_since) {
    return refuse("NotModified");
  }
  return {};
}

Permit check_write(const World& world, const Call& call, const Version* current) {
  const std::string_view none_match = call.header("if-none-match");
  if (!none_match.empty() && !world.switches.ignore_if_none_match) {
    if (none_match != "*") return refuse("NotImplemented");
    if (current != nullptr) return failed("If-None-Match");
  }
  const std::string_view match = call.header("if-match");
  if (!match.empty() && !world.switches.ignore_if_match) {
    if (current == nullptr) return refuse(api_error("NoSuchKey").with("Key", call.key));
    if (!etag_matches(match, current->etag.text())) return failed("If-Match");
  }
  return {};
}

}  // namespace s3m::sim

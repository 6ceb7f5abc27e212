#include "aws/service_error.hpp"

#include <initializer_list>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "aws/endpoint.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace s3m::aws {
namespace {

// More than any service writes, and little enough for a report.
constexpr std::size_t max_code_bytes = 128;
constexpr std::size_t max_message_bytes = 2048;

void read_xml(ServiceError& error, const std::string& body) {
  XmlDocument document;
  const auto root = document.parse(body);
  if (!root) return;
  const bool wrapped = std::string_view(root->name()) == "ErrorResponse";
  const auto element = wrapped ? root->child("Error") : *root;
  if (std::string_view(element.name()) != "Error") return;
  error.code = text_of(element, "Code");
  error.message = text_of(element, "Message");
  error.request_id = text_of(wrapped ? *root : element, "RequestId");
  error.region = text_of(element, "Region");
  if (const auto time = parse_iso8601(text_of(element, "ServerTime")))
    error.server_time = std::chrono::floor<std::chrono::seconds>(*time);
}

std::string string_member(const boost::json::object& object,
                          std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* const value = object.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
  }
  return {};
}

// "aws.protocol#ExpiredToken:http://..." is the code ExpiredToken.
std::string bare_code(std::string_view type) {
  type = type.substr(0, type.find(':'));
  return std::string(type.substr(type.rfind('#') + 1));
}

void read_json(ServiceError& error, const std::string& body) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(body, failed);
  if (failed || !value.is_object()) return;
  error.code = bare_code(string_member(value.get_object(), {"__type", "code", "error"}));
  error.message = string_member(value.get_object(), {"message", "Message", "error_description"});
}

void read_headers(ServiceError& error, const net::Headers& headers) {
  const auto prefer = [&headers](std::string& field,
                                 std::initializer_list<std::string_view> names) {
    for (const auto name : names)
      if (const auto value = headers.get(name); !value.empty()) field = value;
  };
  prefer(error.request_id, {"x-amzn-requestid", "x-amz-request-id"});
  prefer(error.region, {"x-amz-bucket-region"});
  if (const auto type = headers.get("x-amzn-errortype"); !type.empty())
    error.code = bare_code(type);
  if (const auto wait = parse_u64(headers.get("x-amz-retry-after")); wait && *wait < 86'400'000)
    error.retry_after = std::chrono::milliseconds(*wait);
  if (error.server_time) return;
  if (const auto time = parse_http_date(headers.get("date")))
    error.server_time = std::chrono::floor<std::chrono::seconds>(*time);
}

}  // namespace

ServiceError read_service_error(const net::HttpResponse& response) {
  ServiceError error;
  const auto body = trim(response.body);
  if (body.starts_with('{')) {
    read_json(error, response.body);
  } else if (!body.empty()) {
    read_xml(error, response.body);
  }
  read_headers(error, response.headers);
  if (!valid_region(error.region)) error.region.clear();
  if (error.code.size() > max_code_bytes) error.code.resize(max_code_bytes);
  if (error.message.size() > max_message_bytes) error.message.resize(max_message_bytes);
  return error;
}

}  // namespace s3m::aws

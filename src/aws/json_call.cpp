#include "aws/json_call.hpp"

#include <cmath>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/text.hpp"

namespace s3m::aws {

net::HttpTimeouts brief() noexcept {
  using namespace std::chrono_literals;
  return {.connect = 5s, .response = 20s, .total = 30s};
}

Request json_request(std::string_view operation, std::string_view service, std::string_view target,
                     const boost::json::object& parameters) {
  Request request{.operation = operation,
                  .service = service,
                  .method = Method::post,
                  .body = boost::json::serialize(parameters),
                  .timeouts = brief()};
  request.headers.push_back({"content-type", "application/x-amz-json-1.1"});
  request.headers.push_back({"x-amz-target", std::string(target) + "." + std::string(operation)});
  return request;
}

Result<boost::json::object> read_object(const net::HttpResponse& response) {
  if (trim(response.body).empty()) return boost::json::object();
  boost::system::error_code failed;
  auto value = boost::json::parse(response.body, failed);
  if (failed || !value.is_object()) {
    return fail(Errc::protocol, "the answer is no JSON object, or is cut off");
  }
  return std::move(value.get_object());
}

std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return std::string(member->get_string());
}

std::optional<std::int64_t> number_member(const boost::json::object& object,
                                          std::string_view name) {
  const auto* const member = object.if_contains(name);
  if (member == nullptr || !member->is_int64()) return std::nullopt;
  return member->get_int64();
}

std::optional<WallTime> time_member(const boost::json::object& object, std::string_view name) {
  constexpr double year_9999 = 253'402'300'799;
  const auto* const member = object.if_contains(name);
  if (member == nullptr || !member->is_number()) return std::nullopt;
  const auto seconds = member->to_number<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > year_9999) return std::nullopt;
  return WallTime(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

}  // namespace s3m::aws

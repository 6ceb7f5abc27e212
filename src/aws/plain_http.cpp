#include "aws/plain_http.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::aws {
namespace {

bool has_control(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

Result<std::string> head_of(const PlainRequest& request, std::string_view user_agent) {
  if (has_control(request.url.target) || request.url.target.contains(' ')) {
    return fail(Errc::invalid_argument, "the path of a request has a space or a line break in it");
  }
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\n", request.method,
                                 request.url.target, request.url.host, user_agent);
  for (const auto& [name, value] : request.headers) {
    if (has_control(value)) {
      return fail(Errc::invalid_argument,
                  fmt::format("the value for the header {} has a line break or another control "
                              "character in it",
                              name));
    }
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (request.method != "GET") head += fmt::format("Content-Length: {}\r\n", request.body.size());
  return head + "\r\n";
}

// nullopt for a number that is no port; the library would cut it down to one that is.
std::optional<std::uint16_t> port_of(const boost::urls::url_view& url, std::uint16_t standard) {
  if (!url.has_port()) return standard;
  const auto port = parse_u64(std::string_view(url.port()));
  if (!port || *port == 0 || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

bool worth_another(const Result<net::HttpResponse>& answer) {
  if (!answer) return answer.error().retry() != RetryClass::never;
  return answer->status == 429 || answer->status >= 500;
}

net::Task<bool> pause(Runtime& runtime, std::chrono::milliseconds duration) {
  if (runtime.cancel != nullptr) co_return co_await runtime.cancel->sleep_for(duration);
  co_await net::sleep_for(duration);
  co_return true;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(std::string_view(value->get_string()).substr(0, 300));
}

}  // namespace

Result<PlainUrl> parse_plain_url(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  const bool tls = parsed && parsed->scheme() == "https";
  const std::uint16_t standard = tls ? 443 : 80;
  const auto port = parsed ? port_of(*parsed, standard) : std::nullopt;
  if (!port || (!tls && parsed->scheme() != "http") || parsed->host().empty() ||
      parsed->has_userinfo()) {
    return fail(Errc::config, "it is not a URL of the form http(s)://HOST[:PORT][/PATH]");
  }
  PlainUrl result{.origin = {.tls = tls, .host = parsed->host_address(), .port = *port},
                  .host = std::string(parsed->encoded_host()),
                  .target = std::string(parsed->encoded_path())};
  if (*port != standard) result.host += fmt::format(":{}", *port);
  if (result.target.empty()) result.target = "/";
  if (parsed->has_query()) result.target += "?" + std::string(parsed->encoded_query());
  return result;
}

PlainUrl at(const Endpoint& endpoint, std::string_view target) {
  return {.origin = endpoint.origin,
          .host = endpoint.host,
          .target = endpoint.base_path + std::string(target)};
}

net::Task<Result<net::HttpResponse>> send_plain(Runtime& runtime, PlainRequest request,
                                                PlainRetry retry) {
  auto head = head_of(request, runtime.user_agent);
  if (!head) co_return forward(head);
  for (int attempt = 1;; ++attempt) {
    const net::WireRequest wire{.head = *head, .body = request.body, .timeouts = request.timeouts};
    auto answer = co_await runtime.http.send(request.url.origin, wire);
    if (!worth_another(answer) || attempt >= retry.attempts) co_return answer;
    const bool slept = co_await pause(runtime, retry.pause);
    if (!slept) co_return fail(Errc::cancelled, "stopped while waiting for credentials");
  }
}

std::string json_complaint(std::string_view body) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(body, error);
  if (error || !parsed.is_object()) return {};
  const auto& object = parsed.get_object();
  std::string complaint;
  for (const auto* key :
       {"__type", "code", "Code", "error", "message", "Message", "error_description"}) {
    const auto text = text_of(object, key);
    if (text.empty()) continue;
    if (!complaint.empty()) complaint += ": ";
    complaint += printable(text);
  }
  return complaint;
}

}  // namespace s3m::aws

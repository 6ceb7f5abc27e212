#include "app/lambda_runtime.hpp"

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/plain_http.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;

// A function that is not asked for anything is frozen, its clocks with it or not.
constexpr net::HttpTimeouts patient{.connect = 5s, .response = 24h * 365, .total = 24h * 365};
constexpr net::HttpTimeouts brief{.connect = 5s, .response = 10s, .total = 20s};
constexpr aws::PlainRetry once{.attempts = 1};

std::string error_type(const Error& error) {
  return fmt::format("S3Migrator.{}", name(error.code()));
}

std::string error_document(const Error& error) {
  return boost::json::serialize(boost::json::object{{"errorType", error_type(error)},
                                                    {"errorMessage", error.describe()},
                                                    {"stackTrace", boost::json::array{}}});
}

// The client of one runtime API.
class RuntimeApi {
 public:
  explicit RuntimeApi(const std::string& api) : base_(fmt::format("http://{}/2018-06-01", api)) {}
  ~RuntimeApi() { http_.close(); }
  RuntimeApi(const RuntimeApi&) = delete;
  RuntimeApi& operator=(const RuntimeApi&) = delete;

  Result<LambdaInvocation> next();
  Result<void> post(const std::string& path, std::string body, const Error* error);

 private:
  Result<net::HttpResponse> send(std::string_view method, const std::string& path, std::string body,
                                 const Error* error);
  static net::Task<void> drive(net::Task<Result<net::HttpResponse>> work,
                               std::optional<Result<net::HttpResponse>>& answer) {
    answer = co_await std::move(work);
  }

  std::string base_;
  net::Loop loop_{1};
  net::HttpClient http_{loop_, {}};
  aws::Runtime runtime_{
      .loop = loop_, .http = http_, .user_agent = fmt::format("s3migrator/{}", version)};
};

Result<net::HttpResponse> RuntimeApi::send(std::string_view method, const std::string& path,
                                           std::string body, const Error* error) {
  auto url = aws::parse_plain_url(base_ + path);
  if (!url) return forward(url);
  aws::PlainRequest request{.method = method,
                            .url = *std::move(url),
                            .headers = {},
                            .body = std::move(body),
                            .timeouts = method == "GET" ? patient : brief};
  if (error != nullptr)
    request.headers.emplace_back("Lambda-Runtime-Function-Error-Type", error_type(*error));
  std::optional<Result<net::HttpResponse>> answer;
  net::asio::co_spawn(loop_, drive(aws::send_plain(runtime_, std::move(request), once), answer),
                      [this](const std::exception_ptr& bug) {
                        loop_.stop();
                        if (bug) std::rethrow_exception(bug);
                      });
  loop_.restart();
  loop_.run();
  return std::move(answer.value());
}

// What has no deadline is given the shortest one that the service has.
std::chrono::steady_clock::time_point deadline_of(const net::HttpResponse& response) {
  const auto now = std::chrono::steady_clock::now();
  const auto given = parse_u64(response.headers.get("lambda-runtime-deadline-ms"));
  if (!given) return now + 3s;
  const WallTime wall(std::chrono::milliseconds(static_cast<std::int64_t>(*given)));
  return now + (wall - system_clock().now());
}

Result<LambdaInvocation> RuntimeApi::next() {
  auto response = send("GET", "/runtime/invocation/next", {}, nullptr);
  if (!response) return forward(response);
  const auto id = response->headers.get("lambda-runtime-aws-request-id");
  if (response->status != 200 || id.empty()) {
    return fail(Errc::unavailable,
                fmt::format("the runtime API answers {} where the next event is asked for",
                            response->status));
  }
  return LambdaInvocation{
      .request_id = std::string(id), .event = response->body, .deadline = deadline_of(*response)};
}

Result<void> RuntimeApi::post(const std::string& path, std::string body, const Error* error) {
  auto response = send("POST", path, std::move(body), error);
  if (!response) return forward(response);
  if (response->status / 100 == 2) return ok;
  // 4xx: this answer is not taken (too large, too late), the next one may be. 5xx: all is over.
  const bool over = response->status >= 500;
  return fail(over ? Errc::unavailable : Errc::invalid_request,
              fmt::format("the runtime API answers {}: {}", response->status,
                          aws::json_complaint(response->body)));
}

}  // namespace

std::string lambda_api(const aws::Environment& environment) {
  return environment("AWS_LAMBDA_RUNTIME_API").value_or("");
}

Error serve_lambda(const std::string& api, const LambdaHandler& handler) {
  RuntimeApi runtime(api);
  for (;;) {
    auto invocation = runtime.next();
    if (!invocation) return std::move(invocation.error());
    const auto path = "/runtime/invocation/" + invocation->request_id;
    auto answer = handler(*invocation);
    auto told =
        answer ? runtime.post(path + "/response", *std::move(answer), nullptr)
               : runtime.post(path + "/error", error_document(answer.error()), &answer.error());
    if (told) continue;
    if (told.error().code() != Errc::invalid_request) return std::move(told.error());
    log::warning("invocation {}: {}", printable(invocation->request_id), told.error().describe());
  }
}

Result<void> refuse_lambda(const std::string& api, const Error& why) {
  return RuntimeApi(api).post("/runtime/init/error", error_document(why), &why);
}

}  // namespace s3m::app

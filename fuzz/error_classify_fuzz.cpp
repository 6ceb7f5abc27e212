// Any answer of a service, made of a status, one header and a body: it is believed only if its
// status says so, and an error says nothing that could lead the program astray.
//
// Input: status class (1 byte), status (1), request (1), length of the header's value (1), value,
// body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "aws/classify.hpp"
#include "aws/endpoint.hpp"

namespace {

using namespace s3m;
using namespace s3m::aws;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::array<std::string_view, 8> header_names = {
    "x-amz-bucket-region", "date",
    "x-amz-retry-after",   "x-amzn-errortype",
    "x-amz-request-id",    "x-amz-delete-marker",
    "content-type",        "x-amzn-requestid"};
constexpr std::array<std::string_view, 4> operations = {"CopyObject", "CreateBucket",
                                                        "GetBucketPolicy", "HeadObject"};

net::HttpResponse response_of(int status, std::string_view header, std::string_view value,
                              std::string_view body) {
  net::HttpResponse response;
  response.status = status;
  response.body = body;
  response.headers.reset(std::string(header) + std::string(value));
  const auto block = response.headers.block();
  response.headers.add(block.substr(0, header.size()), block.substr(header.size()));
  return response;
}

void check(const Error& error, int status) {
  require(error.http_status() == status && !error.operation().empty());
  require(error.region().empty() || valid_region(error.region()));
  require(error.service_code().size() <= 128 && error.message().size() <= 2048);
  const bool refreshable = error.code() == Errc::expired_credentials ||
                           error.code() == Errc::clock_skew || error.code() == Errc::wrong_region;
  require(error.retry() != RetryClass::refresh || refreshable);
  require((error.retry() == RetryClass::throttle) == (error.code() == Errc::throttled));
  require(error.retry() != RetryClass::refresh || error.code() != Errc::clock_skew ||
          error.server_time().has_value());
  require(!error.describe().contains('\n'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const int status = 100 * (2 + data[0] % 4) + data[1] % 100;
  const std::uint8_t what = data[2];
  const std::size_t value_size = std::min<std::size_t>(data[3], size - 4);
  const std::string_view rest(reinterpret_cast<const char*>(data) + 4, size - 4);
  const auto response = response_of(status, header_names[what % 8], rest.substr(0, value_size),
                                    rest.substr(value_size));

  Request request{.operation = operations[(what >> 3) % 4], .bucket = "b", .key = "k"};
  if (request.operation == "HeadObject") request.method = Method::head;
  if ((what & 0x40) != 0) request.answer = Answer::xml;
  const SignedWith signed_with{.region = "us-east-1",
                               .temporary = (what & 0x80) != 0,
                               .time = WallTime(std::chrono::seconds(1'763'829'600))};
  const auto error = judge(request, signed_with, response);
  if (error) {
    check(*error, status);
  } else {
    require(status < 300 || status == 304);
  }
  return 0;
}

#include "aws/classify.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "aws/service_error.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

constexpr WallTime now{1'763'829'600s};  // Sat, 22 Nov 2025 16:40:00 GMT

net::HttpResponse answer(int status, std::string body = {}, std::string_view fields = {}) {
  net::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers.reset(std::string(fields));  // "name:value\n"
  for (auto rest = response.headers.block(); !rest.empty();) {
    const auto colon = rest.find(':'), end = rest.find('\n');
    response.headers.add(rest.substr(0, colon), rest.substr(colon + 1, end - colon - 1));
    rest.remove_prefix(end + 1);
  }
  return response;
}

std::string error_xml(std::string_view code, std::string_view more = {}) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>said</Message>{}"
      "<RequestId>4442587FB7D0A2F9</RequestId></Error>",
      code, more);
}

Request request(std::string_view operation = "GetObject", Method method = Method::get) {
  return {.operation = operation, .method = method, .bucket = "buck", .key = "k"};
}

constexpr SignedWith session{.region = "us-east-1", .temporary = true, .time = now};
constexpr SignedWith long_term{.region = "us-east-1", .temporary = false, .time = now};

Error judged(const Request& asked, const net::HttpResponse& response,
             const SignedWith& signed_with = session) {
  auto error = judge(asked, signed_with, response);
  EXPECT_TRUE(error) << "believed";
  return error ? std::move(*error) : Error(Errc::mismatch);
}

void expect_code(std::string_view service_code, int status, Errc code, RetryClass retry,
                 const SignedWith& signed_with = session) {
  const auto error = judged(request(), answer(status, error_xml(service_code)), signed_with);
  EXPECT_EQ(name(error.code()), name(code)) << service_code;
  EXPECT_EQ(error.retry(), retry) << service_code;
  EXPECT_EQ(error.service_code(), service_code);
}

TEST(Classify, SuccessIsBelieved) {
  for (const int status : {200, 204, 206, 304})
    EXPECT_FALSE(judge(request(), session, answer(status, "anything"))) << status;
}

TEST(Classify, AnErrorNamesWhatItIsAbout) {
  const auto error = judged(request(), answer(404, error_xml("NoSuchKey")));
  EXPECT_EQ(error.operation(), "GetObject");
  EXPECT_EQ(error.bucket(), "buck");
  EXPECT_EQ(error.key(), "k");
  EXPECT_EQ(error.http_status(), 404);
  EXPECT_EQ(error.request_id(), "4442587FB7D0A2F9");
  EXPECT_EQ(error.message(), "said");
}

TEST(Classify, ServiceCodes) {
  expect_code("SlowDown", 503, Errc::throttled, RetryClass::throttle);
  expect_code("ThrottlingException", 400, Errc::throttled, RetryClass::throttle);
  expect_code("InternalError", 500, Errc::unavailable, RetryClass::transient);
  expect_code("ServiceUnavailable", 503, Errc::unavailable, RetryClass::transient);
  expect_code("RequestTimeout", 400, Errc::unavailable, RetryClass::transient);
  expect_code("AccessDenied", 403, Errc::access_denied, RetryClass::never);
  expect_code("NoSuchBucket", 404, Errc::no_such_bucket, RetryClass::never);
  expect_code("NoSuchKey", 404, Errc::no_such_key, RetryClass::never);
  expect_code("NoSuchUpload", 404, Errc::no_such_upload, RetryClass::never);
  expect_code("ResourceNotFoundException", 400, Errc::not_found, RetryClass::never);
  expect_code("ClusterNotFoundException", 400, Errc::not_found, RetryClass::never);
  expect_code("ConflictException", 400, Errc::conflict, RetryClass::never);
  expect_code("ServerException", 500, Errc::unavailable, RetryClass::transient);
  expect_code("NoSuchBucketPolicy", 404, Errc::not_found, RetryClass::never);
  expect_code("PreconditionFailed", 412, Errc::precondition_failed, RetryClass::never);
  expect_code("BucketNotEmpty", 409, Errc::bucket_not_empty, RetryClass::never);
  expect_code("BucketAlreadyExists", 409, Errc::bucket_exists, RetryClass::never);
  expect_code("BucketAlreadyOwnedByYou", 409, Errc::bucket_owned, RetryClass::never);
  expect_code("InvalidObjectState", 403, Errc::invalid_state, RetryClass::never);
  expect_code("EntityTooLarge", 400, Errc::too_large, RetryClass::never);
  expect_code("NotImplemented", 501, Errc::not_supported, RetryClass::never);
  expect_code("MethodNotAllowed", 405, Errc::not_supported, RetryClass::never);
  expect_code("MalformedPolicy", 400, Errc::invalid_request, RetryClass::never);
  expect_code("SomethingNew", 409, Errc::conflict, RetryClass::never);
}

TEST(Classify, SessionsEndInManyDialects) {
  expect_code("ExpiredToken", 400, Errc::expired_credentials, RetryClass::refresh);
  expect_code("ExpiredToken", 403, Errc::expired_credentials, RetryClass::refresh);
  expect_code("ExpiredTokenException", 400, Errc::expired_credentials, RetryClass::refresh);
  for (const auto* code : {"InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken"}) {
    expect_code(code, 403, Errc::expired_credentials, RetryClass::refresh, session);
    expect_code(code, 403, Errc::invalid_credentials, RetryClass::never, long_term);
  }
  expect_code("SignatureDoesNotMatch", 403, Errc::invalid_credentials, RetryClass::never);
}

TEST(Classify, QueryProtocolErrorsWithAndWithoutTheirWrapper) {
  const std::string bare = "<Error><Code>AccessDenied</Code><Message>m</Message></Error>";
  const auto asked = Request{.operation = "AssumeRole", .service = "sts", .method = Method::post};
  const auto wrapped = judged(asked, answer(403, "<ErrorResponse xmlns=\"x\">" + bare +
                                                     "<RequestId>r1</RequestId>"
                                                     "</ErrorResponse>"));
  EXPECT_EQ(wrapped.code(), Errc::access_denied);
  EXPECT_EQ(wrapped.service_code(), "AccessDenied");
  EXPECT_EQ(wrapped.request_id(), "r1");
  EXPECT_EQ(judged(asked, answer(403, bare)).service_code(), "AccessDenied");
}

TEST(Classify, JsonErrors) {
  const auto asked =
      Request{.operation = "GetLogEvents", .service = "logs", .method = Method::post};
  const auto typed = judged(
      asked, answer(400, R"({"__type":"com.amazonaws.logs#ThrottlingException","message":"slow"})",
                    "x-amzn-requestid:r2\n"));
  EXPECT_EQ(typed.code(), Errc::throttled);
  EXPECT_EQ(typed.message(), "slow");
  EXPECT_EQ(typed.request_id(), "r2");
  const auto in_header =
      judged(asked, answer(401, "{}", "x-amzn-errortype:UnauthorizedException:http://x/\n"));
  EXPECT_EQ(in_header.service_code(), "UnauthorizedException");
  EXPECT_EQ(in_header.code(), Errc::invalid_credentials);
}

TEST(Classify, WithoutACodeTheStatusDecides) {
  const auto of = [](int status, const Request& asked, std::string body = {}) {
    return judged(asked, answer(status, std::move(body))).code();
  };
  for (const auto* garbage : {"", "<html>Bad gateway</html>", "<Error><Code>x", "{", "\xff\xfe"}) {
    EXPECT_EQ(of(502, request(), garbage), Errc::unavailable) << garbage;
    EXPECT_EQ(of(403, request(), garbage), Errc::access_denied) << garbage;
    EXPECT_EQ(of(400, request(), garbage), Errc::invalid_request) << garbage;
    EXPECT_EQ(of(429, request(), garbage), Errc::throttled) << garbage;
    EXPECT_EQ(of(418, request(), garbage), Errc::invalid_request) << garbage;
  }
  EXPECT_EQ(of(303, request()), Errc::protocol);
}

TEST(Classify, AHeadHasNoBodyToExplainItself) {
  const auto object = request("HeadObject", Method::head);
  const Request bucket{.operation = "HeadBucket", .method = Method::head, .bucket = "buck"};
  EXPECT_EQ(judged(object, answer(404)).code(), Errc::no_such_key);
  EXPECT_EQ(judged(bucket, answer(404)).code(), Errc::no_such_bucket);
  EXPECT_EQ(judged(object, answer(412)).code(), Errc::precondition_failed);
  EXPECT_EQ(judged(object, answer(503)).retry(), RetryClass::throttle);
  EXPECT_EQ(judged(request(), answer(503)).retry(), RetryClass::transient);
}

TEST(Classify, ADeleteMarkerIsNoObject) {
  const auto marker = answer(405, {}, "x-amz-delete-marker:true\n");
  EXPECT_EQ(judged(request("HeadObject", Method::head), marker).code(), Errc::no_such_key);
}

TEST(Classify, ForeignersAreDeniedThePolicy) {
  const Request policy{.operation = "GetBucketPolicy", .bucket = "buck", .query = {{"policy", ""}}};
  EXPECT_EQ(judged(policy, answer(405, error_xml("MethodNotAllowed"))).code(), Errc::access_denied);
}

TEST(Classify, OtherRegions) {
  const auto redirect =
      answer(301, error_xml("PermanentRedirect"), "x-amz-bucket-region:eu-west-1\n");
  const auto error = judged(request(), redirect);
  EXPECT_EQ(error.code(), Errc::wrong_region);
  EXPECT_EQ(error.region(), "eu-west-1");

  const auto malformed = judged(request(), answer(400, error_xml("AuthorizationHeaderMalformed",
                                                                 "<Region>eu-central-1</Region>")));
  EXPECT_EQ(malformed.code(), Errc::wrong_region);
  EXPECT_EQ(malformed.region(), "eu-central-1");

  const Request head{.operation = "HeadBucket", .method = Method::head, .bucket = "buck"};
  EXPECT_EQ(judged(head, answer(400, {}, "x-amz-bucket-region:eu-west-1\n")).code(),
            Errc::wrong_region);
  EXPECT_EQ(judged(head, answer(301, {}, "x-amz-bucket-region:eu-west-1\n")).region(), "eu-west-1");
  EXPECT_EQ(judged(head, answer(400, {}, "x-amz-bucket-region:us-east-1\n")).code(),
            Errc::invalid_request);
}

TEST(Classify, ARedirectToWhereWeAreIsANewBucketsName) {
  const auto same = answer(307, error_xml("TemporaryRedirect"), "x-amz-bucket-region:us-east-1\n");
  EXPECT_EQ(judged(request(), same).retry(), RetryClass::transient);
  EXPECT_EQ(judged(request(), answer(307)).code(), Errc::wrong_region);
  EXPECT_EQ(judged(request(), answer(307)).retry(), RetryClass::never);
}

TEST(Classify, ARegionThatIsNoHostLabelIsNotPassedOn) {
  const auto evil =
      answer(400, error_xml("AuthorizationHeaderMalformed", "<Region>x.evil.example/</Region>"));
  const auto error = judged(request(), evil);
  EXPECT_EQ(error.region(), "");
  EXPECT_EQ(error.code(), Errc::invalid_request);
}

TEST(Classify, LocationConstraints) {
  const auto refused = answer(400, error_xml("IllegalLocationConstraintException"),
                              "x-amz-bucket-region:eu-west-1\n");
  EXPECT_EQ(judged(request("CreateBucket", Method::put), refused).code(), Errc::invalid_request);
  EXPECT_EQ(judged(request("ListObjectsV2"), refused).code(), Errc::wrong_region);
}

TEST(Classify, WrongClocks) {
  const auto skewed =
      judged(request(), answer(403, error_xml("RequestTimeTooSkewed",
                                              "<ServerTime>2025-11-22T17:40:00Z</ServerTime>"
                                              "<MaxAllowedSkewMilliseconds>900000</"
                                              "MaxAllowedSkewMilliseconds>")));
  EXPECT_EQ(skewed.code(), Errc::clock_skew);
  EXPECT_EQ(skewed.retry(), RetryClass::refresh);
  EXPECT_EQ(skewed.server_time(), std::chrono::sys_seconds(1'763'833'200s));

  const auto by_header = judged(request(), answer(403, error_xml("RequestTimeTooSkewed"),
                                                  "date:Sat, 22 Nov 2025 17:40:00 GMT\n"));
  EXPECT_EQ(by_header.server_time(), std::chrono::sys_seconds(1'763'833'200s));

  const auto timeless = judged(request(), answer(403, error_xml("RequestTimeTooSkewed")));
  EXPECT_EQ(timeless.code(), Errc::clock_skew);
  EXPECT_EQ(timeless.retry(), RetryClass::never);
}

TEST(Classify, ARefusedSignatureMayBeAWrongClock) {
  const std::string_view far = "date:Sat, 22 Nov 2025 16:30:00 GMT\n";
  const std::string_view near = "date:Sat, 22 Nov 2025 16:41:00 GMT\n";
  const auto mismatch = error_xml("SignatureDoesNotMatch");
  EXPECT_EQ(judged(request(), answer(403, mismatch, far)).code(), Errc::clock_skew);
  EXPECT_EQ(judged(request(), answer(403, mismatch, near)).code(), Errc::invalid_credentials);
  const auto head = request("HeadObject", Method::head);
  EXPECT_EQ(judged(head, answer(403, {}, far)).code(), Errc::clock_skew);
  EXPECT_EQ(judged(head, answer(403, {}, near)).code(), Errc::access_denied);
}

TEST(Classify, AnErrorInsideA200) {
  auto copy = request("CopyObject", Method::put);
  copy.answer = Answer::xml;
  EXPECT_FALSE(judge(copy, session, answer(200, "  \n <CopyObjectResult></CopyObjectResult>")));
  const auto of = [&](std::string body) { return judged(copy, answer(200, std::move(body))); };
  EXPECT_EQ(of(error_xml("InternalError")).code(), Errc::unavailable);
  EXPECT_EQ(of(error_xml("InternalError")).service_code(), "InternalError");
  EXPECT_EQ(of(error_xml("SlowDown")).code(), Errc::throttled);
  EXPECT_EQ(of(error_xml("AccessDenied")).code(), Errc::access_denied);
  EXPECT_EQ(of(error_xml("NewTrouble")).retry(), RetryClass::transient);
  for (const auto* cut :
       {"", "   \n ", "<CopyObjectResult><ETag>", "<Error><Code>Internal", "text"}) {
    EXPECT_EQ(of(cut).code(), Errc::unavailable) << cut;
    EXPECT_EQ(of(cut).retry(), RetryClass::transient) << cut;
  }
}

TEST(Classify, Conflicts) {
  const auto busy = answer(409, error_xml("OperationAborted"));
  EXPECT_EQ(judged(request("PutBucketPolicy"), busy).retry(), RetryClass::transient);
  EXPECT_EQ(judged(request("CreateBucket"), busy).retry(), RetryClass::never);
  EXPECT_EQ(judged(request("CreateBucket"), busy).code(), Errc::conflict);
  const auto conditional = answer(409, error_xml("ConditionalRequestConflict"));
  EXPECT_EQ(judged(request("CopyObject"), conditional).retry(), RetryClass::transient);
  EXPECT_EQ(judged(request("CompleteMultipartUpload"), conditional).retry(), RetryClass::never);
}

TEST(Classify, RadosgwMissesTheKeyOfAnUpload) {
  const auto missing = answer(404, error_xml("NoSuchKey"));
  EXPECT_EQ(judged(request("ListParts"), missing).code(), Errc::no_such_upload);
  EXPECT_EQ(judged(request("UploadPartCopy"), missing).code(), Errc::no_such_key);
}

TEST(Classify, ACopySourceAboveTheLimit) {
  const auto refused = answer(
      400,
      "<Error><Code>InvalidRequest</Code><Message>The specified copy source is larger than the "
      "maximum allowable size for a copy source: 5368709120</Message></Error>");
  EXPECT_EQ(judged(request("CopyObject"), refused).code(), Errc::too_large);
  EXPECT_EQ(judged(request("CopyObject"), answer(400, error_xml("InvalidRequest"))).code(),
            Errc::invalid_request);
}

TEST(Classify, TheDelayAskedFor) {
  const auto error =
      judged(request(), answer(503, error_xml("SlowDown"), "x-amz-retry-after:1500\n"));
  EXPECT_EQ(error.retry_after(), 1500ms);
  for (const auto* odd :
       {"x-amz-retry-after:-1\n", "x-amz-retry-after:soon\n", "x-amz-retry-after:99999999999\n"})
    EXPECT_EQ(judged(request(), answer(503, {}, odd)).retry_after(), std::nullopt) << odd;
}

TEST(Classify, HugeTextsAreCut) {
  const auto said = read_service_error(
      answer(400, fmt::format("<Error><Code>{}</Code><Message>{}</Message></Error>",
                              std::string(9999, 'C'), std::string(99999, 'm'))));
  EXPECT_EQ(said.code.size(), 128);
  EXPECT_EQ(said.message.size(), 2048);
}

TEST(Classify, WhatMayHideAnExpiredSession) {
  const auto head = request("HeadObject", Method::head);
  EXPECT_TRUE(may_hide_an_expired_session(head, judged(head, answer(403))));
  EXPECT_TRUE(may_hide_an_expired_session(head, judged(head, answer(400))));
  EXPECT_FALSE(may_hide_an_expired_session(head, judged(head, answer(404))));
  EXPECT_FALSE(may_hide_an_expired_session(request(), judged(request(), answer(403))));
}

TEST(Classify, AnErrorKeepsTheRequestItNames) {
  Error inner(Errc::access_denied);
  inner.operation("AssumeRole");
  EXPECT_EQ(with_request(request(), std::move(inner)).operation(), "AssumeRole");
  EXPECT_EQ(with_request(request(), Error(Errc::reset)).key(), "k");
}

}  // namespace
}  // namespace s3m::aws

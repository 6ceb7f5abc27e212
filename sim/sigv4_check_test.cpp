#include "sim/sigv4_check.hpp"

#include <gtest/gtest.h>

#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::make_request;

constexpr std::string_view empty_hash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The account, key and time of the examples in the Amazon S3 API reference.
Scenario example_scenario() {
  Scenario scenario;
  AccountSpec& account = scenario.account("123456789012");
  account.users = {{.name = "example",
                    .policies = {},
                    .key = {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}};
  return scenario;
}

class SigV4Check : public ::testing::Test {
 protected:
  std::expected<Authenticated, ApiError> check(const net::HttpRequest& request) {
    const std::string_view target = request.target;
    const std::size_t question = target.find('?');
    const auto query =
        Query::parse(question == target.npos ? "" : target.substr(question + 1)).value();
    return check_.check({.request = request,
                         .path = target.substr(0, question),
                         .query = query,
                         .service = service_},
                        directory_, switches_, now_);
  }

  Pairs example_headers(std::string names, std::string signature, Pairs more) {
    Pairs headers{{"Host", "examplebucket.s3.amazonaws.com"},
                  {"x-amz-date", "20130524T000000Z"},
                  {"Authorization",
                   "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                   "aws4_request,SignedHeaders=" +
                       names + ",Signature=" + signature}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }
  net::HttpRequest get_example() {
    return make_request(
        "GET", "/test.txt",
        example_headers(
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            {{"Range", "bytes=0-9"}, {"x-amz-content-sha256", std::string(empty_hash)}}));
  }

  std::string_view service_ = "s3";
  SignatureCheck check_;
  Directory directory_{example_scenario()};
  Switches switches_;
  WallTime now_ = parse_amz_date("20130524T000000Z").value();
};

TEST_F(SigV4Check, AcceptsTheReferencesGetObject) {
  const auto signer = check(get_example());
  ASSERT_TRUE(signer) << signer.error().code;
  EXPECT_EQ(signer->principal->arn, "arn:aws:iam::123456789012:user/example");
  EXPECT_EQ(signer->authorization.region, "us-east-1");
}

TEST_F(SigV4Check, AcceptsTheReferencesPutObject) {
  const auto signer = check(make_request(
      "PUT", "/test%24file.text",
      example_headers("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
                      {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                       {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                       {"x-amz-content-sha256",
                        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}}),
      "Welcome to Amazon S3."));
  EXPECT_TRUE(signer) << signer.error().code;
}

TEST_F(SigV4Check, AcceptsTheReferencesSubResourceAndListing) {
  const Pairs empty{{"x-amz-content-sha256", std::string(empty_hash)}};
  EXPECT_TRUE(check(make_request(
      "GET", "/?lifecycle",
      example_headers("host;x-amz-content-sha256;x-amz-date",
                      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", empty))));
  EXPECT_TRUE(check(make_request(
      "GET", "/?max-keys=2&prefix=J",
      example_headers("host;x-amz-content-sha256;x-amz-date",
                      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", empty))));
}

TEST_F(SigV4Check, RefusesAnyChangeToWhatWasSigned) {
  net::HttpRequest other_path = get_example();
  other_path.target = "/test.tXt";
  EXPECT_EQ(check(other_path).error().code, "SignatureDoesNotMatch");
  net::HttpRequest other_method = get_example();
  other_method.method = "HEAD";
  EXPECT_EQ(check(other_method).error().code, "SignatureDoesNotMatch");
  net::HttpRequest other_query = get_example();
  other_query.target += "?versionId=1";
  EXPECT_EQ(check(other_query).error().code, "SignatureDoesNotMatch");
}

TEST_F(SigV4Check, RefusesABodyThatIsNotTheOneThatWasHashed) {
  net::HttpRequest request = get_example();
  request.body = "surprise";
  EXPECT_EQ(check(request).error().code, "XAmzContentSHA256Mismatch");
}

TEST_F(SigV4Check, RefusesClocksThatDifferByMoreThanAQuarterOfAnHour) {
  now_ += std::chrono::minutes(15);
  EXPECT_TRUE(check(get_example()));
  now_ += std::chrono::seconds(1);
  const auto late = check(get_example());
  EXPECT_EQ(late.error().code, "RequestTimeTooSkewed");
  EXPECT_EQ(late.error().status, 403);
  EXPECT_EQ(as_sts(late.error()).code, "SignatureDoesNotMatch");
}

TEST_F(SigV4Check, RefusesAnUnknownKeyAndNonsense) {
  Directory nobody{Scenario{}};
  const net::HttpRequest request = get_example();
  const Query no_query;
  const auto unknown =
      check_.check({.request = request, .path = request.target, .query = no_query, .service = "s3"},
                   nobody, switches_, now_);
  EXPECT_EQ(unknown.error().code, "InvalidAccessKeyId");
  EXPECT_EQ(as_sts(unknown.error()).code, "InvalidClientTokenId");
  EXPECT_EQ(check(make_request("GET", "/", {{"Authorization", "AWS4-HMAC-SHA256 nonsense"}}))
                .error()
                .code,
            "AuthorizationHeaderMalformed");
}

TEST_F(SigV4Check, RefusesASignatureForAnotherService) {
  service_ = "sts";
  EXPECT_EQ(check(get_example()).error().code, "AuthorizationHeaderMalformed");
}

TEST_F(SigV4Check, AnUnsignedRequestIsAnonymous) {
  const auto nobody = check(make_request("GET", "/x", {{"Host", "h"}}));
  ASSERT_TRUE(nobody);
  EXPECT_EQ(nobody->principal->kind, PrincipalKind::anonymous);
}

}  // namespace
}  // namespace s3m::sim

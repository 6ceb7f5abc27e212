#include "aws/wire.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Wire : public testing::Test {
 protected:
  std::string head_of(const Request& request) {
    std::string head;
    const auto assembled = assemble(head, request, endpoint_, signature(), "agent/1");
    EXPECT_TRUE(assembled) << assembled.error().describe();
    return head;
  }
  Errc refusal(const Request& request) {
    std::string head;
    const auto assembled = assemble(head, request, endpoint_, signature(), "agent/1");
    return assembled ? Errc::io : assembled.error().code();
  }
  Signature signature() { return {signer_, credentials_, WallTime(1'000'000'000s)}; }

  Endpoint endpoint_{.host = "127.0.0.1:9000", .region = "us-east-1"};
  Identity::Handle credentials_ =
      std::make_shared<const Credentials>(Credentials{"AKID", "secret", "the+token==", {}, {}});
  Signer signer_;
};

TEST_F(Wire, RequestLineOfAnObjectInThePath) {
  EXPECT_THAT(head_of({.bucket = "buck", .key = "a b/../c"}),
              StartsWith("GET /buck/a%20b/../c HTTP/1.1\r\nhost: 127.0.0.1:9000\r\n"));
}

TEST_F(Wire, RequestLineOfAnObjectBehindTheHost) {
  endpoint_.bucket_in_host = true;
  endpoint_.host = "buck.s3.amazonaws.com";
  EXPECT_THAT(head_of({.method = Method::del, .bucket = "buck", .key = "/lead//"}),
              StartsWith("DELETE //lead// HTTP/1.1\r\nhost: buck.s3.amazonaws.com\r\n"));
  EXPECT_THAT(head_of({.bucket = "buck"}), StartsWith("GET / HTTP/1.1\r\n"));
}

TEST_F(Wire, RequestLineOfBucketAndService) {
  EXPECT_THAT(head_of({.method = Method::head, .bucket = "buck"}), StartsWith("HEAD /buck HTTP"));
  EXPECT_THAT(head_of({}), StartsWith("GET / HTTP"));
  endpoint_.base_path = "/base";
  EXPECT_THAT(head_of({.bucket = "buck", .key = "k"}), StartsWith("GET /base/buck/k HTTP"));
}

TEST_F(Wire, QueryIsSortedAndEncodedAndAWordWithoutAValueStaysBare) {
  EXPECT_THAT(head_of({.bucket = "b", .query = {{"prefix", "a b&/+"}, {"list-type", "2"}}}),
              StartsWith("GET /b?list-type=2&prefix=a%20b%26%2F%2B HTTP"));
  EXPECT_THAT(head_of({.bucket = "b", .query = {{"policy", ""}}}),
              StartsWith("GET /b?policy HTTP"));
}

TEST_F(Wire, HeadersOfTheSignature) {
  const auto head = head_of({.bucket = "b"});
  EXPECT_THAT(head, HasSubstr("\r\nx-amz-date: 20010909T014640Z\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nx-amz-security-token: the+token==\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nx-amz-content-sha256: e3b0c44298fc1c14"));
  EXPECT_THAT(head, HasSubstr("SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                              "x-amz-security-token, Signature="));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST_F(Wire, EveryHeaderOfTheRequestIsSigned) {
  EXPECT_THAT(
      head_of({.bucket = "b", .headers = {{"x-amz-copy-source", "s/k"}, {"if-match", "e"}}}),
      HasSubstr("SignedHeaders=host;if-match;x-amz-content-sha256;x-amz-copy-source;"
                "x-amz-date;x-amz-security-token,"));
}

TEST_F(Wire, ContentLengthIsSaidWhereABodyMayBe) {
  EXPECT_THAT(head_of({.method = Method::put}), HasSubstr("\r\ncontent-length: 0\r\n"));
  EXPECT_THAT(head_of({.method = Method::post, .body = "12345"}),
              HasSubstr("\r\ncontent-length: 5\r\n"));
  EXPECT_THAT(head_of({}), Not(HasSubstr("content-length")));
  EXPECT_THAT(head_of({.method = Method::del}), Not(HasSubstr("content-length")));
}

TEST_F(Wire, LongTermKeysHaveNoToken) {
  credentials_ = std::make_shared<const Credentials>(Credentials{"AKID", "secret", "", {}, {}});
  EXPECT_THAT(head_of({}), Not(HasSubstr("security-token")));
}

TEST_F(Wire, AnUnsignedRequestCarriesNothingOfAnyone) {
  const auto head = head_of({.sign = false});
  EXPECT_EQ(head, "GET / HTTP/1.1\r\nhost: 127.0.0.1:9000\r\nuser-agent: agent/1\r\n\r\n");
}

TEST_F(Wire, ValuesCannotForgeAHeader) {
  for (const std::string_view value : {"a\r\nx-evil: 1"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv})
    EXPECT_EQ(refusal({.headers = {{"x-amz-meta-a", std::string(value)}}}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.headers = {{"x", "\n"}}, .sign = false}), Errc::invalid_argument);
}

TEST_F(Wire, BytesOfMetadataGoOutAsTheyCame) {
  EXPECT_THAT(head_of({.headers = {{"x-amz-meta-a", "gr\xc3\xbc\xff =?UTF-8?Q?=C3=BC?="}}}),
              HasSubstr("\r\nx-amz-meta-a: gr\xc3\xbc\xff =?UTF-8?Q?=C3=BC?=\r\n"));
}

TEST_F(Wire, TheBufferIsReusedNotAppendedTo) {
  std::string head = "left over";
  ASSERT_TRUE(assemble(head, {}, endpoint_, signature(), "agent/1"));
  EXPECT_THAT(head, StartsWith("GET / HTTP/1.1\r\n"));
}

TEST_F(Wire, WithoutCredentialsNothingIsSigned) {
  credentials_ = nullptr;
  EXPECT_EQ(refusal({}), Errc::config);
}

}  // namespace
}  // namespace s3m::aws

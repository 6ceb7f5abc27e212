// aws_bench.cpp: what a CopyObject and a page of a listing cost above the network.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "aws/classify.hpp"
#include "aws/s3_codec.hpp"
#include "aws/wire.hpp"

namespace {

using namespace s3m;
using namespace s3m::aws;

Identity::Handle session() {
  return std::make_shared<const Credentials>(
      Credentials{.access_key_id = "ASIAIOSFODNN7EXAMPLE",
                  .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                  .session_token = std::string(400, 'T')});
}

CopyRequest copy_of(int number) {
  return {.source = {"source-bucket", fmt::format("photos/2026/11/22/IMG {:06}.jpg", number), ""},
          .source_etag = "9b2cf535f27731c974343645a3985328",
          .source_expected_owner = "111111111111",
          .bucket = "destination-bucket",
          .key = fmt::format("photos/2026/11/22/IMG {:06}.jpg", number),
          .write = {.if_none_match = true, .expected_owner = "222222222222"}};
}

// A typed CopyObject, to its bytes with their signature.
void sign_copy(benchmark::State& state) {
  const auto endpoint = s3_endpoint({.region = "eu-central-1"}, "destination-bucket").value();
  const auto credentials = session();
  Signer signer;
  std::string head;
  const WallTime time = system_clock().now();
  int number = 0;
  for (auto _ : state) {
    const auto request = copy_object_request(copy_of(number++ % 100'000));
    const auto assembled =
        assemble(head, request, endpoint, {signer, credentials, time}, "s3migrator/0.1.0");
    benchmark::DoNotOptimize(assembled.has_value());
  }
  state.counters["bytes"] = static_cast<double>(head.size());
}
BENCHMARK(sign_copy);

// The same from the Request on: assembling and signing alone.
void assemble_copy(benchmark::State& state) {
  const auto endpoint = s3_endpoint({.region = "eu-central-1"}, "destination-bucket").value();
  const auto credentials = session();
  const auto request = copy_object_request(copy_of(1));
  Signer signer;
  std::string head;
  const WallTime time = system_clock().now();
  for (auto _ : state) {
    const auto assembled =
        assemble(head, request, endpoint, {signer, credentials, time}, "s3migrator/0.1.0");
    benchmark::DoNotOptimize(assembled.has_value());
  }
}
BENCHMARK(assemble_copy);

// The hashing in it, which nothing can take away.
void hash_copy(benchmark::State& state) {
  const std::string canonical(1100, 'c');
  const std::string to_sign(140, 's');
  HmacKey key("0123456789abcdef0123456789abcdef");
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256(canonical));
    benchmark::DoNotOptimize(key.sign(to_sign));
  }
}
BENCHMARK(hash_copy);

void judge_and_parse_copy(benchmark::State& state) {
  const auto request = copy_object_request(copy_of(1));
  net::HttpResponse response;
  response.status = 200;
  const std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LastModified>2026-11-22T16:28:00.000Z"
      "</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag></CopyObjectResult>";
  for (auto _ : state) {
    response.body = body;
    auto error =
        judge(request, {.region = "eu-central-1", .temporary = true, .time = {}}, response);
    benchmark::DoNotOptimize(error);
    auto result = parse_copy_result(std::move(response.body));
    benchmark::DoNotOptimize(result);
  }
}
BENCHMARK(judge_and_parse_copy);

std::string page_of_a_thousand() {
  std::string page =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>source-bucket</Name><Prefix></"
      "Prefix>"
      "<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J</NextContinuationToken>"
      "<KeyCount>1000</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>"
      "<IsTruncated>true</IsTruncated>";
  for (int i = 0; i < 1000; ++i)
    page += fmt::format(
        "<Contents><Key>photos/2026/11/22/IMG+{:06}.jpg</Key><LastModified>2026-11-22T16:28:00.000Z"
        "</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag>"
        "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
        "<Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
        i, i * 4096);
  return page + "</ListBucketResult>";
}

// Per item is per object.
void parse_page(benchmark::State& state) {
  const std::string page = page_of_a_thousand();
  for (auto _ : state) {
    auto parsed = parse_list_page(page);
    benchmark::DoNotOptimize(parsed);
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(parse_page)->Unit(benchmark::kMicrosecond);

}  // namespace

// ListBuckets (Amazon S3 API reference).
#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/s3_xml.hpp"

namespace s3m::aws {

Request list_buckets_request(ListBucketsRequest request) {
  auto out = bucket_request("ListBuckets", Method::get, {}, {}, {});
  out.answer = Answer::xml;
  add_query(out, "max-buckets", std::to_string(request.max_buckets));
  add_query(out, "continuation-token", std::move(request.continuation_token));
  return out;
}

Result<BucketPage> parse_bucket_page(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "ListAllMyBucketsResult");
  if (!root) return forward(root);
  BucketPage page{.next_token = std::string(text_of(*root, "ContinuationToken"))};
  for (const auto node : root->child("Buckets").children("Bucket")) {
    BucketPage::Entry entry{.name = std::string(text_of(node, "Name")),
                            .region = std::string(text_of(node, "BucketRegion")),
                            .created = parse_iso8601(text_of(node, "CreationDate"))};
    if (entry.name.empty()) return fail(Errc::protocol, "a list with a bucket that has no name");
    page.buckets.push_back(std::move(entry));
  }
  return page;
}

net::Task<Result<BucketPage>> S3::list_buckets(ListBucketsRequest request) {
  return exchange<BucketPage>(
      client_, list_buckets_request(std::move(request)),
      [](net::HttpResponse& response) { return parse_bucket_page(std::move(response.body)); });
}

}  // namespace s3m::aws

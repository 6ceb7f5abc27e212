#include "aws/s3_codec.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

std::string header(const Request& request, std::string_view name) {
  for (const auto& field : request.headers)
    if (field.name == name) return field.value;
  return "(none)";
}

std::string query(const Request& request) {
  std::string out;
  for (const auto& field : request.query)
    out += fmt::format("{}={};", field.name, field.value);
  return out;
}

net::Headers headers_of(std::string_view fields) {  // "name:value\n"
  net::Headers headers;
  headers.reset(std::string(fields));
  for (auto rest = headers.block(); !rest.empty();) {
    const auto colon = rest.find(':'), end = rest.find('\n');
    headers.add(rest.substr(0, colon), rest.substr(colon + 1, end - colon - 1));
    rest.remove_prefix(end + 1);
  }
  return headers;
}

template <class T>
Errc code_of(const Result<T>& result) {
  return result ? Errc::usage : result.error().code();
}

std::string listing(std::string_view inside, std::string_view truncated = "false") {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><KeyCount>2</KeyCount>"
      "<EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>{}</ListBucketResult>",
      truncated, inside);
}

std::string entry(std::string_view key) {
  return fmt::format(
      "<Contents><Key>{}</Key><LastModified>2026-11-22T16:28:00.123Z</LastModified>"
      "<ETag>&quot;abc-2&quot;</ETag><Size>5368709121</Size><StorageClass>GLACIER</StorageClass>"
      "</Contents>",
      key);
}

TEST(ListObjects, AsksForEncodedKeysAndGoesOnByToken) {
  const auto first = list_objects_request(
      {.bucket = "b", .prefix = "p/", .start_after = "p/a", .expected_owner = "111122223333"});
  EXPECT_EQ(query(first), "list-type=2;encoding-type=url;max-keys=1000;prefix=p/;start-after=p/a;");
  EXPECT_EQ(header(first, "x-amz-expected-bucket-owner"), "111122223333");
  EXPECT_EQ(first.answer, Answer::xml);
  const auto next =
      list_objects_request({.bucket = "b", .start_after = "a", .continuation_token = "t+/="});
  EXPECT_EQ(query(next), "list-type=2;encoding-type=url;max-keys=1000;continuation-token=t+/=;");
}

TEST(ListObjects, ReadsAPage) {
  const auto page = parse_list_page(listing(
      entry("a+b%2Bc%2F%0A") + entry("z") +
          "<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J==</NextContinuationToken>",
      "true"));
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->objects.size(), 2);
  const auto& object = page->objects[0];
  EXPECT_EQ(object.key, "a b+c/\n");
  EXPECT_EQ(object.size, 5368709121u);
  EXPECT_EQ(object.etag, "abc-2");
  EXPECT_EQ(object.storage_class, "GLACIER");
  EXPECT_EQ(iso8601(object.last_modified), "2026-11-22T16:28:00.123Z");
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->next_token, "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J==");
}

TEST(ListObjects, ADelimiterFoldsWhatFollowsIt) {
  const auto request = list_objects_request({.bucket = "b", .prefix = "p/", .delimiter = "/"});
  EXPECT_EQ(query(request), "list-type=2;encoding-type=url;max-keys=1000;prefix=p/;delimiter=/;");
  const auto page = parse_list_page(
      listing(entry("p/a") + "<CommonPrefixes><Prefix>p/x+y%2F</Prefix></CommonPrefixes>"));
  ASSERT_TRUE(page) << page.error().describe();
  EXPECT_EQ(page->objects.size(), 1u);
  EXPECT_THAT(page->common_prefixes, ElementsAre("p/x y/"));
}

TEST(ListBuckets, AsksForAPageAndReadsIt) {
  EXPECT_EQ(query(list_buckets_request({.continuation_token = "t=", .max_buckets = 7})),
            "max-buckets=7;continuation-token=t=;");
  const auto page = parse_bucket_page(
      "<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets><Bucket><Name>a</Name>"
      "<CreationDate>2026-11-22T16:28:00.000Z</CreationDate><BucketRegion>eu-west-1</BucketRegion>"
      "</Bucket><Bucket><Name>b</Name></Bucket></Buckets><ContinuationToken>t2</ContinuationToken>"
      "</ListAllMyBucketsResult>");
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->buckets.size(), 2u);
  EXPECT_EQ(page->buckets[0].region, "eu-west-1");
  EXPECT_TRUE(page->buckets[0].created);
  EXPECT_EQ(page->buckets[1].region, "");
  EXPECT_FALSE(page->buckets[1].created);
  EXPECT_EQ(page->next_token, "t2");
  EXPECT_EQ(code_of(parse_bucket_page("<ListAllMyBucketsResult><Buckets><Bucket><Name></Name>"
                                      "</Bucket></Buckets></ListAllMyBucketsResult>")),
            Errc::protocol);
  EXPECT_EQ(code_of(parse_bucket_page("<ListBucketResult/>")), Errc::protocol);
}

TEST(ListObjects, AnEmptyPageIsAPage) {
  const auto page = parse_list_page(listing(""));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->objects.empty());
  EXPECT_FALSE(page->truncated);
}

TEST(ListObjects, KeysAreTakenAsTheyAreWhereTheServiceDoesNotEncode) {
  const auto page = parse_list_page("<ListBucketResult><IsTruncated>false</IsTruncated>" +
                                    entry("a+%zz&amp; b") + "</ListBucketResult>");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects[0].key, "a+%zz& b");
}

std::string versions(std::string_view inside) {
  return fmt::format(
      "<ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
      "<EncodingType>url</EncodingType><NextKeyMarker>a%2Bb</NextKeyMarker>"
      "<NextVersionIdMarker>v+1</NextVersionIdMarker><IsTruncated>true</IsTruncated>{}"
      "</ListVersionsResult>",
      inside);
}

TEST(ListVersions, AsksForEncodedKeysAndGoesOnByMarkers) {
  const auto request = list_versions_request(
      {.bucket = "b", .prefix = "p/", .key_marker = "p/a", .version_id_marker = "v"});
  EXPECT_EQ(query(request),
            "versions=;encoding-type=url;max-keys=1000;prefix=p/;key-marker=p/a;"
            "version-id-marker=v;");
  EXPECT_EQ(request.answer, Answer::xml);
}

TEST(ListVersions, ReadsVersionsAndDeleteMarkersInTheirOrder) {
  const auto page = parse_version_page(versions(
      "<DeleteMarker><Key>a%2Bb</Key><VersionId>m</VersionId><IsLatest>true</IsLatest>"
      "<LastModified>2026-11-22T16:28:00Z</LastModified></DeleteMarker>"
      "<Version><Key>a%2Bb</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest>"
      "<LastModified>2026-11-22T16:27:00Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size>"
      "<StorageClass>GLACIER</StorageClass></Version>"));
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->versions.size(), 2u);
  EXPECT_EQ(page->versions[0].key, "a+b");
  EXPECT_TRUE(page->versions[0].latest);
  EXPECT_TRUE(page->versions[0].version.delete_marker);
  EXPECT_EQ(page->versions[1].version.id, "v1");
  EXPECT_EQ(page->versions[1].version.size, 7u);
  EXPECT_EQ(page->versions[1].version.etag, "e");
  EXPECT_EQ(page->versions[1].version.storage_class, "GLACIER");
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->next_key_marker, "a+b");
  EXPECT_EQ(page->next_version_id_marker, "v+1");
}

TEST(ListVersions, AVersionWithoutAnIdIsAnError) {
  EXPECT_EQ(code_of(parse_version_page(versions(
                "<DeleteMarker><Key>a</Key><LastModified>2026-11-22T16:28:00Z</LastModified>"
                "</DeleteMarker>"))),
            Errc::protocol);
}

TEST(Versioning, IsSwitchedOnWithAChecksum) {
  const auto request = enable_versioning_request("b", "111122223333");
  EXPECT_EQ(query(request), "versioning=;");
  EXPECT_NE(header(request, "content-md5"), "(none)");
  EXPECT_NE(request.body.find("<Status>Enabled</Status>"), std::string::npos);
}

TEST(ListObjects, StandardIsTheEmptyClass) {
  const auto page = parse_list_page(listing(
      "<Contents><Key>k</Key><LastModified>2026-11-22T16:28:00Z</LastModified><Size>0</Size>"
      "<StorageClass>STANDARD</StorageClass></Contents>"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects[0].storage_class, "");
  EXPECT_EQ(page->objects[0].etag, "");
}

TEST(ListObjects, WhatWouldLoseAKeyIsAnError) {
  const std::string size = "<Size>1</Size>",
                    date = "<LastModified>2026-11-22T16:28:00Z</LastModified>";
  const auto contents = [](std::string_view inside) {
    return listing(fmt::format("<Contents>{}</Contents>", inside));
  };
  EXPECT_TRUE(parse_list_page(contents("<Key>k</Key>" + size + date)));
  for (const auto& inside :
       {size + date, "<Key></Key>" + size + date, "<Key>a%2</Key>" + size + date,
        "<Key>%GG</Key>" + size + date, "<Key>k</Key>" + date, "<Key>k</Key>" + size,
        "<Key>k</Key><Size>-1</Size>" + date,
        "<Key>k</Key><LastModified>soon</LastModified>" + size})
    EXPECT_EQ(code_of(parse_list_page(contents(inside))), Errc::protocol) << inside;
  EXPECT_EQ(code_of(parse_list_page(listing("", "maybe"))), Errc::protocol);
  EXPECT_EQ(code_of(parse_list_page("<ListBucketResult></ListBucketResult>")), Errc::protocol);
  EXPECT_EQ(code_of(parse_list_page("<Other><IsTruncated>false</IsTruncated></Other>")),
            Errc::protocol);
  EXPECT_EQ(code_of(parse_list_page("")), Errc::protocol);
}

TEST(HeadObject, AsksForPartVersionAndChecksum) {
  const auto request = head_object_request({.object = {"b", "k", "v1"},
                                            .part_number = 3,
                                            .checksum = true,
                                            .if_match = "e",
                                            .expected_owner = "o"});
  EXPECT_EQ(query(request), "versionId=v1;partNumber=3;");
  EXPECT_EQ(header(request, "x-amz-checksum-mode"), "ENABLED");
  EXPECT_EQ(header(request, "if-match"), "\"e\"");
  EXPECT_EQ(request.method, Method::head);
}

constexpr std::string_view plain_head =
    "Content-Length:42\nLast-Modified:Sun, 22 Nov 2026 16:28:00 GMT\n";

TEST(HeadObject, ReadsEverything) {
  const auto head = parse_object_head(headers_of(
      std::string(plain_head) +
      "ETag:\"abc\"\nx-amz-version-id:v\nx-amz-storage-class:STANDARD_IA\n"
      "Content-Type:text/plain\nContent-Encoding:gzip\nContent-Disposition:inline\n"
      "Content-Language:de\nCache-Control:no-store\nExpires:0\n"
      "x-amz-website-redirect-location:/x\nX-Amz-Meta-Name:value\nx-amz-meta-empty:\n"
      "x-amz-meta-name:second\nx-amz-missing-meta:1\nx-amz-server-side-encryption:aws:kms\n"
      "x-amz-server-side-encryption-aws-kms-key-id:arn:aws:kms:x\nx-amz-object-lock-mode:"
      "GOVERNANCE\n"
      "x-amz-object-lock-retain-until-date:2027-01-01T00:00:00Z\nx-amz-object-lock-legal-hold:ON\n"
      "x-amz-restore:ongoing-request=\"false\"\nx-amz-archive-status:ARCHIVE_ACCESS\n"
      "x-amz-checksum-crc64nvme:AAAAAAAAAAA=\nx-amz-checksum-type:FULL_OBJECT\n"
      "x-amz-tagging-count:3\nx-amz-mp-parts-count:7\n"));
  ASSERT_TRUE(head) << head.error().describe();
  EXPECT_EQ(head->size, 42u);
  EXPECT_EQ(head->etag, "abc");
  EXPECT_EQ(http_date(head->last_modified), "Sun, 22 Nov 2026 16:28:00 GMT");
  EXPECT_EQ(head->storage_class, "STANDARD_IA");
  EXPECT_EQ(head->content_encoding, "gzip");
  EXPECT_EQ(head->expires, "0");
  EXPECT_EQ(head->kms_key_id, "arn:aws:kms:x");
  EXPECT_EQ(head->legal_hold, "ON");
  EXPECT_EQ(head->restore, RestoreState::ready);
  EXPECT_THAT(head->metadata, ElementsAre(Pair("name", "value,second"), Pair("empty", "")));
  EXPECT_EQ(head->missing_metadata, 1);
  ASSERT_EQ(head->checksums.size(), 1);
  EXPECT_EQ(head->checksums[0].algorithm, "CRC64NVME");
  EXPECT_TRUE(head->checksums[0].full_object);
  EXPECT_EQ(head->tag_count, 3);
  EXPECT_EQ(head->parts_count, 7);
}

TEST(HeadObject, AChecksumOfChecksumsIsNotTheObjects) {
  const auto of = [](std::string fields) {
    const auto head = parse_object_head(headers_of(std::string(plain_head) + std::move(fields)));
    return head && head->checksums.size() == 1 && head->checksums[0].full_object;
  };
  EXPECT_FALSE(of("x-amz-checksum-sha256:abc=-3\nx-amz-checksum-type:COMPOSITE\n"));
  EXPECT_FALSE(of("x-amz-checksum-sha256:abc=-3\n"));
  EXPECT_TRUE(of("x-amz-checksum-sha256:abc=\n"));
}

TEST(HeadObject, AnObjectHasASizeAndADate) {
  EXPECT_EQ(code_of(parse_object_head(headers_of("Content-Length:1\n"))), Errc::protocol);
  EXPECT_EQ(code_of(parse_object_head(headers_of("Last-Modified:Sun, 22 Nov 2026 16:28:00 GMT\n"))),
            Errc::protocol);
}

TEST(CopyObject, PinsTheSourceAndConditionsTheDestination) {
  const auto request = copy_object_request({.source = {"src", "a b+c", "v/1"},
                                            .source_etag = "abc",
                                            .source_expected_owner = "111111111111",
                                            .bucket = "dst",
                                            .key = "k",
                                            .write = {.storage_class = "STANDARD_IA",
                                                      .encryption = "aws:kms",
                                                      .kms_key_id = "key",
                                                      .acl = "bucket-owner-full-control",
                                                      .if_none_match = true,
                                                      .expected_owner = "222222222222"}});
  EXPECT_EQ(header(request, "x-amz-copy-source"), "src/a%20b%2Bc?versionId=v/1");
  EXPECT_EQ(header(request, "x-amz-copy-source-if-match"), "\"abc\"");
  EXPECT_EQ(header(request, "x-amz-source-expected-bucket-owner"), "111111111111");
  EXPECT_EQ(header(request, "x-amz-expected-bucket-owner"), "222222222222");
  EXPECT_EQ(header(request, "if-none-match"), "*");
  EXPECT_EQ(header(request, "if-match"), "(none)");
  EXPECT_EQ(header(request, "x-amz-storage-class"), "STANDARD_IA");
  EXPECT_EQ(header(request, "x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(header(request, "x-amz-server-side-encryption-aws-kms-key-id"), "key");
  EXPECT_EQ(header(request, "x-amz-acl"), "bucket-owner-full-control");
  EXPECT_EQ(request.kind, RequestKind::copy);
  EXPECT_EQ(request.answer, Answer::xml);
}

TEST(CopyObject, SendsNothingThatWasNotAskedFor) {
  const auto request = copy_object_request({.source = {"s", "k", ""}, .bucket = "d", .key = "k"});
  EXPECT_EQ(request.headers.size(), 1);
  EXPECT_EQ(query(request), "");
}

TEST(CopyObject, ReadsTheResult) {
  const auto result = parse_copy_result(
      "<CopyObjectResult><LastModified>2026-11-22T16:28:00.000Z</LastModified>"
      "<ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag></CopyObjectResult>");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->etag, "9b2cf535f27731c974343645a3985328");
  EXPECT_EQ(iso8601_seconds(result->last_modified), "2026-11-22T16:28:00Z");
}

TEST(CopyObject, RadosgwQuotesNothing) {
  const auto result = parse_copy_result("<CopyObjectResult><ETag>abc-2</ETag></CopyObjectResult>");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->etag, "abc-2");
}

TEST(CreateUpload, RestatesWhatAMultipartCopyDoesNotCarry) {
  std::vector<std::string> names;
  CreateUploadRequest create{.bucket = "b", .key = "k"};
  create.head.metadata = {{"Name", "v"}, {"empty", ""}, {"third", "=?UTF-8?B?w7w=?="}};
  create.head.content_type = "text/plain";
  create.head.cache_control = "no-store";
  create.head.website_redirect = "/x";  // what is said again of these is the options', too
  create.head.lock_mode = "GOVERNANCE";
  create.head.storage_class = "GLACIER";  // the copy's class is the options'
  create.tags = {{"a b", "1&2"}, {"c", ""}};
  create.checksum_algorithm = "CRC64NVME";
  create.full_object_checksum = true;
  create.write.storage_class = "STANDARD_IA";
  create.write.if_none_match = true;
  const auto request = create_upload_request(std::move(create), names);
  EXPECT_EQ(query(request), "uploads=;");
  EXPECT_EQ(header(request, "x-amz-meta-name"), "v");
  EXPECT_EQ(header(request, "x-amz-meta-empty"), "");
  EXPECT_EQ(header(request, "x-amz-meta-third"), "=?UTF-8?B?w7w=?=");
  EXPECT_EQ(header(request, "content-type"), "text/plain");
  EXPECT_EQ(header(request, "cache-control"), "no-store");
  EXPECT_EQ(header(request, "x-amz-website-redirect-location"), "(none)");
  EXPECT_EQ(header(request, "x-amz-object-lock-mode"), "(none)");
  EXPECT_EQ(header(request, "x-amz-tagging"), "a%20b=1%262&c=");
  EXPECT_EQ(header(request, "x-amz-checksum-type"), "FULL_OBJECT");
  EXPECT_EQ(header(request, "x-amz-storage-class"), "STANDARD_IA");
  EXPECT_EQ(header(request, "if-none-match"), "(none)");
}

TEST(CreateUpload, ReadsTheId) {
  EXPECT_EQ(*parse_upload_id("<InitiateMultipartUploadResult><UploadId>2~x</UploadId>"
                             "</InitiateMultipartUploadResult>"),
            "2~x");
  EXPECT_EQ(
      code_of(parse_upload_id("<InitiateMultipartUploadResult></InitiateMultipartUploadResult>")),
      Errc::protocol);
}

TEST(PartCopy, NamesItsRange) {
  const auto request = part_copy_request({.source = {"s", "k", ""},
                                          .source_etag = "e",
                                          .bucket = "d",
                                          .key = "k",
                                          .upload_id = "u",
                                          .part_number = 2,
                                          .first_byte = 100,
                                          .last_byte = 199});
  EXPECT_EQ(query(request), "uploadId=u;partNumber=2;");
  EXPECT_EQ(header(request, "x-amz-copy-source-range"), "bytes=100-199");
  EXPECT_EQ(header(request, "x-amz-copy-source-if-match"), "\"e\"");
}

TEST(PartCopy, ReadsETagAndChecksum) {
  const auto part = parse_part_copy(
      "<CopyPartResult><ETag>\"e\"</ETag><ChecksumSHA256>abc=</ChecksumSHA256></CopyPartResult>");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->etag, "e");
  EXPECT_EQ(part->checksum.algorithm, "SHA256");
  EXPECT_EQ(part->checksum.value, "abc=");
  EXPECT_EQ(code_of(parse_part_copy("<CopyPartResult></CopyPartResult>")), Errc::protocol);
}

TEST(Complete, ListsItsParts) {
  CompleteRequest complete{.bucket = "b", .key = "k", .upload_id = "u", .with_checksums = true};
  complete.parts = {
      {.part_number = 1, .etag = "e1", .checksum = {.algorithm = "SHA256", .value = "s1"}},
      {.part_number = 2, .etag = "<e2>"}};
  complete.write.if_match = "old";
  const auto request = complete_request(std::move(complete));
  EXPECT_EQ(request.body,
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>&quot;e1&quot;</ETag>"
            "<ChecksumSHA256>s1</ChecksumSHA256></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>&quot;&lt;e2&gt;&quot;</ETag></Part>"
            "</CompleteMultipartUpload>");
  EXPECT_EQ(header(request, "if-match"), "\"old\"");
  EXPECT_EQ(query(request), "uploadId=u;");
}

TEST(Complete, AnEmptyETagIsAllowed) {
  const auto result = parse_complete(
      "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->etag, "");
}

TEST(ListParts, ReadsAPage) {
  const auto page = parse_part_page(
      "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>2</"
      "NextPartNumberMarker>"
      "<Part><PartNumber>1</PartNumber><ETag>\"e1\"</ETag><Size>5242880</Size></Part>"
      "<Part><PartNumber>2</PartNumber><ETag>\"e2\"</ETag><Size>7</Size></Part></ListPartsResult>");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->parts.size(), 2);
  EXPECT_EQ(page->parts[1].part_number, 2);
  EXPECT_EQ(page->parts[1].size, 7u);
  EXPECT_EQ(page->next_marker, 2);
}

TEST(ListParts, RefusesWhatItCannotGoOnFrom) {
  for (const auto* inside :
       {"<IsTruncated>true</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker>",
        "<IsTruncated>false</IsTruncated><Part><PartNumber>0</PartNumber><Size>1</Size></Part>",
        "<IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber></Part>", ""})
    EXPECT_EQ(
        code_of(parse_part_page(fmt::format("<ListPartsResult>{}</ListPartsResult>", inside))),
        Errc::protocol)
        << inside;
}

TEST(ListUploads, ReadsAPage) {
  const auto page = parse_upload_page(
      "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextKeyMarker>b+c</NextKeyMarker><NextUploadIdMarker>u+2</NextUploadIdMarker>"
      "<Upload><Key>a%2F+b</Key><UploadId>u+1</UploadId><Initiator><ID>arn:aws:sts::1:x</ID>"
      "<DisplayName>name</DisplayName></Initiator><StorageClass>STANDARD</StorageClass>"
      "<Initiated>2026-11-22T16:28:00.000Z</Initiated></Upload></ListMultipartUploadsResult>");
  ASSERT_TRUE(page) << page.error().describe();
  ASSERT_EQ(page->uploads.size(), 1);
  EXPECT_EQ(page->uploads[0].key, "a/ b");
  EXPECT_EQ(page->uploads[0].upload_id, "u+1");
  EXPECT_EQ(page->uploads[0].initiator_id, "arn:aws:sts::1:x");
  EXPECT_EQ(page->next_key_marker, "b c");
  EXPECT_EQ(page->next_upload_id_marker, "u+2");
}

TEST(ListUploads, KeysAreDecodedWhereTheyAreEncodedWithoutAWord) {
  const auto key_of = [](std::string_view text) {
    const auto page = parse_upload_page(
        fmt::format("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload>"
                    "<Key>{}</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>",
                    text));
    return page ? page->uploads.at(0).key : page.error().message();
  };
  EXPECT_EQ(key_of("plain/key.txt"), "plain/key.txt");
  EXPECT_EQ(key_of("big%20%2Bone/x"), "big +one/x");  // radosgw
  EXPECT_EQ(key_of("big one"), "big one");            // moto
  EXPECT_EQ(key_of("a+b"), "a+b");
  EXPECT_EQ(key_of("100%"), "100%");
  EXPECT_EQ(key_of("a%20b c"), "a%20b c");
}

TEST(ListUploads, RefusesWhatItCannotGoOnFrom) {
  for (const auto* inside :
       {"<IsTruncated>true</IsTruncated>", "",
        "<IsTruncated>false</IsTruncated><Upload><Key>k</Key></Upload>",
        "<IsTruncated>false</IsTruncated><Upload><UploadId>u</UploadId></Upload>"})
    EXPECT_EQ(code_of(parse_upload_page(fmt::format(
                  "<ListMultipartUploadsResult>{}</ListMultipartUploadsResult>", inside))),
              Errc::protocol)
        << inside;
}

TEST(Tagging, KeepsWhiteSpaceAndEmptyValues) {
  const auto tags = parse_tagging(
      "<Tagging><TagSet><Tag><Key>a</Key><Value> </Value></Tag><Tag><Key>b</Key><Value/></Tag>"
      "</TagSet></Tagging>");
  ASSERT_TRUE(tags);
  EXPECT_THAT(*tags, ElementsAre(Pair("a", " "), Pair("b", "")));
  EXPECT_EQ(code_of(parse_tagging("<Tagging><TagSet><Tag/></TagSet></Tagging>")), Errc::protocol);
}

TEST(Buckets, OnlyOtherRegionsAreSaidAtCreation) {
  EXPECT_EQ(create_bucket_request({.bucket = "b"}).body, "");
  EXPECT_EQ(create_bucket_request({.bucket = "b", .region = "us-east-1"}).body, "");
  EXPECT_THAT(create_bucket_request({.bucket = "b", .region = "eu-west-1"}).body,
              testing::HasSubstr("<LocationConstraint>eu-west-1</LocationConstraint>"));
}

TEST(Buckets, WhatIsAskedForAtCreationIsSaid) {
  const auto request = create_bucket_request({.bucket = "b",
                                              .region = "eu-west-1",
                                              .tags = {{"a&b", "<1>"}},
                                              .ownership = "BucketOwnerEnforced",
                                              .object_lock = true,
                                              .account_regional = true});
  EXPECT_EQ(request.body,
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<LocationConstraint>eu-west-1</LocationConstraint><Tags><Tag><Key>a&amp;b</Key>"
            "<Value>&lt;1&gt;</Value></Tag></Tags></CreateBucketConfiguration>");
  EXPECT_EQ(header(request, "x-amz-object-ownership"), "BucketOwnerEnforced");
  EXPECT_EQ(header(request, "x-amz-bucket-object-lock-enabled"), "true");
  EXPECT_EQ(header(request, "x-amz-bucket-namespace"), "account-regional");
  const auto classic = create_bucket_request({.bucket = "b", .tags = {{"a", "1"}}});
  EXPECT_THAT(classic.body, testing::Not(testing::HasSubstr("LocationConstraint")));
  EXPECT_EQ(header(classic, "x-amz-bucket-namespace"), "(none)");
}

TEST(Buckets, AreDeletedOnceAndUnderTheirOwner) {
  const auto request = delete_bucket_request("b", "111122223333");
  EXPECT_FALSE(request.retry);
  EXPECT_EQ(request.method, Method::del);
  EXPECT_EQ(query(request), "");
  EXPECT_EQ(header(request, "x-amz-expected-bucket-owner"), "111122223333");
}

TEST(Buckets, ADeletionThatMayHaveBeenDoneIsInDoubt) {
  for (const auto code :
       {Errc::reset, Errc::timeout, Errc::protocol, Errc::unavailable, Errc::too_large})
    EXPECT_EQ(settled_or_lost(Error(code)).code(), Errc::unavailable) << name(code);
  for (const auto code : {Errc::bucket_not_empty, Errc::no_such_bucket, Errc::access_denied,
                          Errc::wrong_region, Errc::conflict, Errc::connect, Errc::cancelled})
    EXPECT_EQ(settled_or_lost(Error(code)).code(), code) << name(code);
}

TEST(Buckets, TagsCarryTheirChecksum) {
  const auto request = put_bucket_tagging_request("b", {{"s3migrator:job", "j"}}, "owner");
  EXPECT_EQ(request.body,
            "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag>"
            "<Key>s3migrator:job</Key><Value>j</Value></Tag></TagSet></Tagging>");
  EXPECT_NE(header(request, "content-md5"), "(none)");
  EXPECT_EQ(query(request), "tagging=;");
}

TEST(Buckets, APolicyCarriesItsChecksum) {
  const auto request = put_policy_request("b", "{}", "owner");
  EXPECT_EQ(header(request, "content-md5"), "mZFLkyvTelC5g8XnyQrpOw==");
  EXPECT_EQ(request.body, "{}");
  EXPECT_EQ(query(request), "policy=;");
}

TEST(Buckets, OwnershipAndVersioning) {
  EXPECT_EQ(*parse_ownership("<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced"
                             "</ObjectOwnership></Rule></OwnershipControls>"),
            "BucketOwnerEnforced");
  EXPECT_EQ(*parse_ownership(listing("")), "");
  EXPECT_EQ(parse_versioning_rules("<VersioningConfiguration/>")->status, "");
  EXPECT_EQ(parse_versioning_rules("<GetBucketVersioningResponse/>")->status, "");
  const auto rules = parse_versioning_rules(
      "<VersioningConfiguration><Status>Suspended</Status><MfaDelete>Enabled</MfaDelete>"
      "</VersioningConfiguration>");
  EXPECT_EQ(rules->status, "Suspended");
  EXPECT_TRUE(rules->mfa_delete);
  EXPECT_FALSE(parse_versioning_rules("<VersioningConfiguration><MfaDelete>Disabled</MfaDelete>"
                                      "</VersioningConfiguration>")
                   ->mfa_delete);
  EXPECT_EQ(code_of(parse_versioning_rules(listing(""))), Errc::protocol);
}

}  // namespace
}  // namespace s3m::aws

// The proof before the deletion: G12 (attributes), G14 (digests that survive both hops), G23
// (ranges, the manifest).
#include "transfer/prove.hpp"

#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"
#include "transfer/manifest_writer.hpp"
#include "transfer/test_zstd.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

// What differs in how its content can be proven, and one of each attribute.
sim::Scenario all_kinds(std::string_view versioning = "") {
  auto scenario = two_buckets();
  scenario.bucket("final", sim::source_account);
  for (auto& bucket : scenario.buckets)
    bucket.versioning = versioning;
  scenario.bucket("original", sim::source_account)
      .with({.key = "plain", .body = "plain", .age = minutes(90)})
      .with({.key = "empty", .size = 0})
      .with({.key = "old", .body = "without a checksum", .checksum = "none", .age = minutes(90)})
      .with({.key = "parts", .size = 20 * mib, .part_size = 8 * mib, .age = minutes(90)})
      .with({.key = "old parts",
             .size = 20 * mib,
             .part_size = 8 * mib,
             .checksum = "none",
             .age = minutes(90)})
      .with({.key = "composite",
             .size = 20 * mib,
             .part_size = 8 * mib,
             .checksum = "SHA256",
             .age = minutes(90)})
      .with({.key = "described",
             .body = "x",
             .metadata = {{"color", "blue"}},
             .headers = {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
             .tags = {{"team", "one"}}})
      .with(sim::GeneratorSpec{.prefix = "k", .count = 60, .max_size = 99});
  return scenario;
}

class Prove : public testing::Test {
 protected:
  static void must_prove(Rig& rig, const ProofOptions& options = {},
                         ManifestSink* manifest = nullptr) {
    const auto done = rig.prove(options, manifest);
    ASSERT_TRUE(done.has_value()) << done.error().describe();
    for (const auto& failure : rig.failures)
      ADD_FAILURE() << failure.key << ": " << failure.message;
    EXPECT_TRUE(rig.proven.complete());
    EXPECT_EQ(rig.proven.same_strong + rig.proven.same_weak, rig.proven.objects);
  }

  // Of the second hop, after a copy to the bucket "final".
  static std::string digest_of_second_hop(Rig& rig, const CopyOptions& copy = {},
                                          ProofOptions options = {}) {
    rig.go_on_to("final");
    rig.must_copy(copy);
    options.anchor = Anchor::source;
    must_prove(rig, options);
    return rig.proven.digest;
  }
};

TEST_F(Prove, G14DigestsAreTheSameOnBothHops) {
  Rig rig(all_kinds());
  rig.must_copy();
  must_prove(rig);
  const auto first = rig.proven;
  EXPECT_EQ(first.objects, 67U);
  EXPECT_GT(first.same_weak, 0U) << "the old parts";
  EXPECT_EQ(digest_of_second_hop(rig), first.digest);
}

TEST_F(Prove, G14AlsoWhereNobodyKeepsChecksums) {
  auto scenario = all_kinds();
  scenario.switches.ignore_checksums = true;
  Rig rig(scenario);
  rig.must_copy();
  must_prove(rig);
  const auto first = rig.proven.digest;
  EXPECT_EQ(digest_of_second_hop(rig), first);
}

TEST_F(Prove, G14AlsoForHistories) {
  Rig rig(all_kinds("Enabled"));
  for (const auto* const body : {"second", "third"}) {
    rig.clock.advance(std::chrono::seconds(2));
    rig.put("original", {.key = "plain", .body = body, .tags = {{"n", body}}});
  }
  rig.clock.advance(std::chrono::seconds(2));
  rig.cloud(
      [&](sim::Cloud& cloud) { cloud.add_delete_marker("original", "empty", rig.clock.now()); });
  const CopyOptions copy{.all_versions = true};
  const ProofOptions options{.all_versions = true};
  rig.clock.advance(std::chrono::seconds(2));
  rig.must_copy(copy);
  must_prove(rig, options);
  const auto first = rig.proven;
  EXPECT_EQ(first.objects, 70U);
  EXPECT_EQ(first.delete_markers, 1U);
  rig.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(digest_of_second_hop(rig, copy, options), first.digest);
}

// A digest is of all that was proven: what changes on both sides changes it.
TEST_F(Prove, TheDigestKnowsContentMetadataTagsAndAcls) {
  auto scenario = all_kinds();
  for (auto& bucket : scenario.buckets) {
    bucket.ownership = "ObjectWriter";
    bucket.block_public_access = false;
  }
  Rig rig(scenario);
  rig.must_copy();
  const ProofOptions options{.acl = true};
  must_prove(rig, options);
  std::set<std::string> digests{rig.proven.digest};
  const auto change = [&](const sim::ObjectSpec& object) {
    for (const auto* const bucket : {"original", "copy"})
      rig.put(bucket, object);
    must_prove(rig, options);
    EXPECT_TRUE(digests.insert(rig.proven.digest).second) << "as some digest before";
  };
  change({.key = "plain", .body = "other"});
  change({.key = "plain", .body = "plain", .metadata = {{"a", "b"}}});
  change({.key = "plain", .body = "plain", .tags = {{"a", "b"}}});
  change({.key = "plain", .body = "plain", .tags = {{"a", "c"}}});
  change({.key = "plain", .body = "plain", .acl = "public-read"});
  change({.key = "plain", .body = "plain", .website_redirect = "/elsewhere"});
  for (const auto* const bucket : {"original", "copy"})
    rig.put(bucket, {.key = "plain", .body = "plain", .age = minutes(90)});
  must_prove(rig, options);
  EXPECT_TRUE(digests.contains(rig.proven.digest)) << "as in the beginning";
}

TEST_F(Prove, G12WhatAnEqualEtagHides) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.put("original", {.key = "plain", .body = "plain", .tags = {{"secret", "yes"}}});
  rig.put("original", {.key = "old", .body = "without a checksum", .metadata = {{"a", "b"}}});
  rig.must_verify();
  ASSERT_TRUE(rig.prove().has_value());
  EXPECT_FALSE(rig.proven.complete());
  EXPECT_EQ(rig.proven.other_attributes, 2U);
  EXPECT_EQ(rig.proven.mismatched, 0U);
  ASSERT_EQ(rig.failures.size(), 2U);
  std::string told;
  for (const auto& failure : rig.failures)
    told += failure.key + " " + failure.message + "\n";
  EXPECT_THAT(told, HasSubstr("plain the object has another tag secret"));
  EXPECT_THAT(told, HasSubstr("old the object has another metadata a"));
}

TEST_F(Prove, G12AclsWhereTheyAreOn) {
  auto scenario = all_kinds();
  for (auto& bucket : scenario.buckets) {
    bucket.ownership = "ObjectWriter";
    bucket.block_public_access = false;
  }
  Rig rig(scenario);
  rig.must_copy();
  rig.put("original", {.key = "plain", .body = "plain", .acl = "public-read"});
  must_prove(rig, {.acl = false});
  ASSERT_TRUE(rig.prove({.acl = true}).has_value());
  EXPECT_EQ(rig.proven.other_attributes, 1U);
  EXPECT_THAT(rig.failures.at(0).message, HasSubstr("grant of READ"));
}

TEST_F(Prove, WhatIsRetaggedIsCopiedAgainOnceItsCopyIsDiscarded) {
  for (const std::string versioning : {"", "Enabled"}) {
    Rig rig(all_kinds(versioning));
    const bool versions = !versioning.empty();
    const CopyOptions copy{.all_versions = versions};
    ProofOptions options{.all_versions = versions, .discard_differing = true};
    rig.must_copy(copy);
    // Of a version this is another one; so it is the copy that is changed there.
    rig.put(versions ? "copy" : "original",
            {.key = "plain", .body = "plain", .tags = {{"secret", "yes"}}});
    if (versions) {
      rig.cloud([](sim::Cloud& cloud) { cloud.erase_version("copy", "plain", 0); });
    }
    ASSERT_TRUE(rig.prove(options).has_value());
    EXPECT_EQ(rig.proven.other_attributes, 1U);
    EXPECT_EQ(rig.proven.discarded.deleted, 1U);
    EXPECT_FALSE(rig.object("copy", "plain").has_value());
    rig.must_copy(copy);
    must_prove(rig, options);
  }
}

TEST_F(Prove, TellsWhatIsMissingExtraAndDifferent) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.cloud([](sim::Cloud& cloud) {
    cloud.remove("copy", "k000007");
    cloud.put("copy", {.key = "k000008", .body = "something else"});
    cloud.put("copy", {.key = "zzz", .body = "extra"});
  });
  ASSERT_TRUE(rig.prove().has_value());
  EXPECT_EQ(rig.proven.missing, 1U);
  EXPECT_EQ(rig.proven.mismatched, 1U);
  EXPECT_EQ(rig.proven.extra, 1U);
  EXPECT_EQ(rig.failures.size(), 3U);
  EXPECT_EQ(rig.failures[0].operation, "prove");
}

TEST_F(Prove, G23RangesTileTheBucketAndAreFoundAgain) {
  auto scenario = all_kinds();
  scenario.switches.listing_page = 7;
  Rig rig(scenario);
  rig.must_copy();
  must_prove(rig, {.objects_per_range = 10});
  const auto ranges = rig.proven.ranges;
  ASSERT_GT(ranges.size(), 5U);
  EXPECT_EQ(ranges.front().range.after, "");
  EXPECT_FALSE(ranges.back().range.until.has_value());
  std::uint64_t count = 0, bytes = 0, weak = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (i > 0) EXPECT_EQ(ranges[i].range.after, ranges[i - 1].range.until);
    count += ranges[i].count;
    bytes += ranges[i].bytes;
    weak += ranges[i].weak;
    Proven now;
    const auto checked = rig.run(check_range(*rig.context, {}, ranges[i], now));
    EXPECT_TRUE(checked.has_value()) << checked.error().describe();
    EXPECT_EQ(now.settled(), ranges[i].count) << "what it found is told";
  }
  EXPECT_EQ(count, 67U);
  EXPECT_EQ(bytes, rig.proven.bytes);
  EXPECT_EQ(weak, rig.proven.same_weak);
}

// What is only in the copy was deleted by the emptying; what is left must be the same in all.
TEST_F(Prove, G23WhatAnEmptyingHasLeftIsProvenAgain) {
  Rig rig(all_kinds());
  rig.must_copy();
  const auto rest = [&rig] { return rig.run(check_rest(*rig.context, {}, KeyRange{})); };
  EXPECT_TRUE(rest().has_value());
  rig.cloud([](sim::Cloud& cloud) {
    for (const auto* const key : {"parts", "k000001", "k000059"})
      cloud.remove("original", key);
  });
  EXPECT_TRUE(rest().has_value());
  EXPECT_TRUE(rig.failures.empty());
  const auto changed = [&](const sim::ObjectSpec& object) {
    rig.put("original", object);
    rig.failures.clear();
    const auto checked = rest();
    EXPECT_FALSE(checked.has_value()) << object.key;
    if (!checked) EXPECT_EQ(checked.error().code(), Errc::mismatch);
    EXPECT_EQ(rig.failures.size(), 1U);
    rig.put("original", {.key = "plain", .body = "plain"});
    rig.cloud([](sim::Cloud& cloud) { cloud.remove("original", "late"); });
    EXPECT_TRUE(rest().has_value()) << "as it was";
  };
  changed({.key = "plain", .body = "nialp"});
  changed({.key = "plain", .body = "plain", .tags = {{"a", "b"}}});
  changed({.key = "late", .body = "late"});
}

TEST_F(Prove, G23ARangeThatChangedIsNotWhatWasProven) {
  Rig rig(all_kinds());
  rig.must_copy();
  must_prove(rig);
  const auto whole = rig.proven.ranges.at(0);
  Proven now;
  ASSERT_TRUE(rig.run(check_range(*rig.context, {}, whole, now)).has_value());
  const auto changed = [&](const std::function<void(sim::Cloud&)>& change) {
    rig.cloud([&](sim::Cloud& cloud) { change(cloud); });
    const auto checked = rig.run(check_range(*rig.context, {}, whole, now));
    EXPECT_FALSE(checked.has_value());
    if (!checked) EXPECT_EQ(checked.error().code(), Errc::mismatch);
    for (const auto* const bucket : {"original", "copy"})
      rig.put(bucket, {.key = "plain", .body = "plain"});
    EXPECT_TRUE(rig.run(check_range(*rig.context, {}, whole, now)).has_value()) << "as it was";
  };
  changed([](auto& cloud) { cloud.put("original", {.key = "plain", .body = "nialp"}); });
  changed([](auto& cloud) {
    for (const auto* const bucket : {"original", "copy"})
      cloud.put(bucket, {.key = "plain", .body = "nialp"});
  });
  changed([](auto& cloud) {
    cloud.put("original", {.key = "plain", .body = "plain", .tags = {{"a", "b"}}});
  });
  changed([](auto& cloud) { cloud.remove("original", "plain"); });
  changed([](auto& cloud) {
    for (const auto* const bucket : {"original", "copy"})
      cloud.remove(bucket, "plain");
  });
}

TEST_F(Prove, G23TheManifestListsAllThatWasProven) {
  auto scenario = all_kinds();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "m", .count = 3000, .max_size = 99});
  Rig rig(scenario);
  rig.must_copy();
  must_prove(rig);
  const auto digest = rig.proven.digest;
  const ManifestPlace place{"copy", manifest_folder("job"), {}};
  ManifestWriter manifest(rig.loop, *rig.s3, place, 8 * 1024);
  must_prove(rig, {.objects_per_range = 500}, &manifest);
  EXPECT_EQ(rig.proven.digest, digest) << "what is reserved is no part of it";
  ASSERT_GT(manifest.parts(), 1U);

  std::map<std::string, std::uint64_t> listed;
  for (std::uint64_t part = 1; part <= manifest.parts(); ++part) {
    const auto name = place.folder + "00000" + std::to_string(part) + ".ndjson.zst";
    const auto packed = rig.run(rig.s3->get_object({.bucket = "copy", .key = name}, {}));
    ASSERT_TRUE(packed.has_value()) << name;
    std::istringstream lines(unpacked(*packed));
    for (std::string line; std::getline(lines, line);) {
      const auto entry = boost::json::parse(line).as_object();
      EXPECT_TRUE(listed
                      .emplace(entry.at("key").as_string().c_str(),
                               entry.at("size").to_number<std::uint64_t>())
                      .second);
      EXPECT_TRUE(entry.contains("kind"));
      EXPECT_TRUE(entry.contains("attributes"));
    }
  }
  EXPECT_EQ(listed.size(), 3067U);
  EXPECT_EQ(listed.at("old parts"), 20 * mib);

  const auto summary =
      rig.run(rig.s3->get_object({.bucket = "copy", .key = place.folder + "ranges.json"}, {}));
  ASSERT_TRUE(summary.has_value());
  const auto ranges = boost::json::parse(*summary).as_object();
  EXPECT_EQ(ranges.at("digest").as_string(), digest);
  EXPECT_EQ(ranges.at("objects").to_number<std::uint64_t>(), 3067U);
  EXPECT_EQ(ranges.at("ranges").as_array().size(), rig.proven.ranges.size());
}

TEST_F(Prove, AManifestThatCannotBeWrittenEndsIt) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.fault({.operation = "PutObject", .count = 0, .status = 403, .code = "AccessDenied"});
  ManifestWriter manifest(rig.loop, *rig.s3, {"copy", manifest_folder("job"), {}});
  const auto done = rig.prove({}, &manifest);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::access_denied);
}

// A policy may hide the tags of some objects alone: what one shows says nothing about the next.
TEST_F(Prove, HiddenTagsAreAFindingOfTheirObjectAlone) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.fault({.operation = "GetObjectTagging",
             .key = "k000007",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  const auto done = rig.prove();
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_FALSE(rig.proven.complete());
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures.front().key, "k000007");
  EXPECT_THAT(rig.failures.front().message, HasSubstr("s3:GetObjectTagging"));
  EXPECT_EQ(rig.proven.same_strong + rig.proven.same_weak + 1, rig.proven.objects);
}

// Nor does the object that is looked at first, if it shows none and the next one hides them.
TEST_F(Prove, AnObjectThatHidesItsTagsIsFoundAfterOthersThatHaveNone) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.fault({.operation = "GetObjectTagging",
             .key = "plain",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  ASSERT_TRUE(rig.prove().has_value());
  EXPECT_EQ(rig.proven.mismatched, 0U);
  EXPECT_EQ(rig.proven.unread.count, 1U);
}

TEST_F(Prove, TagsAreNotAskedOfEachObjectThatShowsNone) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = 1000, .max_size = 99});
  Rig rig(scenario);
  rig.must_copy();
  must_prove(rig);
  EXPECT_EQ(rig.requests("GetObjectTagging"), 2U * (100 + 9));
}

TEST_F(Prove, WithoutTheRightToSeeTagsNothingIsProven) {
  auto scenario = all_kinds();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "more", .count = 200, .max_size = 99});
  Rig rig(scenario);
  rig.must_copy();
  rig.fault({.operation = "GetObjectTagging", .count = 0, .status = 403, .code = "AccessDenied"});
  const auto done = rig.prove();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::access_denied);
  EXPECT_THAT(done.error().message(), HasSubstr("the others were not asked"));
  EXPECT_THAT(done.error().message(), HasSubstr("allow s3:GetObjectTagging on"));
  EXPECT_LT(rig.requests("GetObjectTagging"), 2U * 267);
}

// What could not be read is not a difference.
TEST_F(Prove, WhatMayNotBeReadIsToldAsThatWithThePermissionToGive) {
  struct Refused {
    const char *operation, *bucket, *right;
  };
  Rig rig(all_kinds());
  rig.must_copy();
  for (const auto& [operation, bucket, right] :
       {Refused{"HeadObject", "copy", "allow s3:GetObject on arn:aws:s3:::copy/*"},
        Refused{"HeadObject", "original", "allow s3:GetObject on arn:aws:s3:::original/*"},
        Refused{"GetObjectTagging", "copy", "allow s3:GetObjectTagging on arn:aws:s3:::copy/*"}}) {
    rig.fault({.operation = operation,
               .bucket = bucket,
               .key = "k000007",
               .count = 0,
               .status = 403,
               .code = "AccessDenied"});
    ASSERT_TRUE(rig.prove().has_value());
    EXPECT_FALSE(rig.proven.complete());
    EXPECT_TRUE(rig.proven.only_unread());
    EXPECT_EQ(rig.proven.unread.count, 1U);
    EXPECT_EQ(rig.proven.settled(), rig.proven.objects);
    const auto error = unread_error(rig.proven.unread);
    EXPECT_EQ(error.code(), Errc::access_denied);
    EXPECT_EQ(error.key(), "k000007");
    EXPECT_THAT(error.describe(),
                testing::AllOf(HasSubstr(std::string(operation) + " s3://" + bucket + "/k000007"),
                               HasSubstr("1 object could not be compared"), HasSubstr(right),
                               HasSubstr("HTTP 403"), HasSubstr("request id ")));
    Proven now;
    const RangeProof whole{};
    const auto checked = rig.run(check_range(*rig.context, {}, whole, now));
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code(), Errc::access_denied);
    EXPECT_THAT(checked.error().message(), HasSubstr("could not be compared"));
    const auto rest = rig.run(check_rest(*rig.context, {}, {}));
    ASSERT_FALSE(rest.has_value());
    EXPECT_THAT(rest.error().message(), HasSubstr("could not be compared"));
    rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  }
}

TEST_F(Prove, WhereNothingMayBeReadTheFirstObjectAndTheRightAreNamed) {
  Rig rig(all_kinds());
  rig.must_copy();
  rig.fault({.operation = "HeadObject",
             .bucket = "copy",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  const auto done = rig.prove();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::access_denied);
  EXPECT_THAT(done.error().describe(),
              testing::AllOf(HasSubstr("the others were not asked"), HasSubstr("s3:GetObject on"),
                             HasSubstr("request id ")));
}

}  // namespace
}  // namespace s3m::transfer

#include "transfer/compare.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string md5_a(32, 'a'), md5_b(32, 'b');
const WallTime noon{std::chrono::hours(500'000)};
const CompareRules aws_rules;
const CompareRules two_providers{.same_service = false};

aws::ObjectEntry object(std::string etag, WallTime modified = noon, std::uint64_t size = 7) {
  return {.key = "k", .size = size, .etag = std::move(etag), .last_modified = modified};
}

// A copy made long enough after `noon`, and one made just too early to be sure.
aws::ObjectEntry old_enough(std::string etag) {
  return object(std::move(etag), noon + minutes(31));
}
aws::ObjectEntry too_young(std::string etag) {
  return object(std::move(etag), noon + minutes(30));
}

aws::ObjectHead head(std::string etag, WallTime modified = noon) {
  aws::ObjectHead head;
  head.size = 7;
  head.etag = std::move(etag);
  head.last_modified = modified;
  return head;
}

aws::ObjectHead with_checksum(aws::ObjectHead head, std::string algorithm, std::string value,
                              bool full_object = true) {
  head.checksums.push_back({std::move(algorithm), std::move(value), full_object});
  return head;
}

aws::ObjectHead encrypted(aws::ObjectHead head, std::string encryption) {
  head.encryption = std::move(encryption);
  return head;
}

TEST(Compare, EtagsHaveThreeForms) {
  EXPECT_EQ(form_of(md5_a), EtagForm::plain);
  EXPECT_EQ(form_of("0123456789ABCDEF0123456789abcdef"), EtagForm::plain);
  EXPECT_EQ(form_of(md5_a + "-1"), EtagForm::multipart);
  EXPECT_EQ(form_of(md5_a + "-10000"), EtagForm::multipart);
  for (const auto& other : {std::string(), std::string("abc"), md5_a + "-", md5_a + "-x",
                            md5_a + "0", "\"" + md5_a + "\"", std::string(32, 'g')}) {
    EXPECT_EQ(form_of(other), EtagForm::opaque) << other;
  }
}

TEST(Compare, OtherSizesDifferWhateverElseIsEqual) {
  EXPECT_EQ(compare(object(md5_a), object(md5_a, noon, 8), aws_rules), Likeness::differs);
}

TEST(Compare, EqualComparableEtagsAreStrongWhateverTheTimes) {
  EXPECT_EQ(compare(object(md5_a), object(md5_a, noon - minutes(60)), aws_rules),
            Likeness::same_strong);
  EXPECT_EQ(compare(object(md5_a + "-3"), object(md5_a + "-3"), aws_rules), Likeness::same_strong);
  EXPECT_EQ(compare(object(md5_a), object(md5_a), two_providers), Likeness::same_strong);
}

TEST(Compare, EqualEtagsThatSayNothingAboutTheContentProveNothing) {
  EXPECT_EQ(compare(object(""), object(""), aws_rules), Likeness::unproven);
  EXPECT_EQ(compare(object("v1"), object("v1"), aws_rules), Likeness::unproven);
  EXPECT_EQ(compare(object("v1"), old_enough("v1"), aws_rules), Likeness::same_weak);
}

TEST(Compare, EmptyObjectsHaveNothingToDifferIn) {
  EXPECT_EQ(compare(object(md5_a, noon, 0), object(md5_b + "-1", noon, 0), aws_rules),
            Likeness::same_strong);
}

TEST(Compare, G10WeakNeedsACopySafelyYoungerThanItsSource) {
  EXPECT_EQ(compare(object(md5_a + "-3"), old_enough(md5_b), aws_rules), Likeness::same_weak);
  EXPECT_EQ(compare(object(md5_a + "-3"), too_young(md5_b), aws_rules), Likeness::unproven);
  EXPECT_EQ(compare(object(md5_a + "-3"), object(md5_b, noon - minutes(60)), aws_rules),
            Likeness::unproven);
}

TEST(Compare, G10TheGuardCoversTheLongestCopyAndAQuarterOfAnHour) {
  EXPECT_EQ(aws_rules.guard, longest_copy + minutes(15));
}

TEST(Compare, G10TimesOfTwoProvidersAreNeverCompared) {
  EXPECT_EQ(compare(object(md5_a + "-3"), old_enough(md5_b), two_providers), Likeness::unproven);
  EXPECT_EQ(compare(object(md5_a), old_enough(md5_b), two_providers), Likeness::unproven);
}

TEST(Compare, G10OnTheWayBackTheYoungerIsTheCopyWhicheverItIs) {
  const CompareRules way_back{.both_ways = true};
  const auto parts = md5_b + "-2";
  EXPECT_EQ(compare(object(md5_a), old_enough(parts), way_back), Likeness::same_weak);
  EXPECT_EQ(compare(old_enough(md5_a), object(parts), way_back), Likeness::same_weak);
  EXPECT_EQ(compare(old_enough(md5_a), object(parts), aws_rules), Likeness::unproven);
  EXPECT_EQ(compare(too_young(md5_a), object(parts), way_back), Likeness::unproven);
  const CompareRules apart{.same_service = false, .both_ways = true};
  EXPECT_EQ(compare(old_enough(md5_a), object(parts), apart), Likeness::unproven);
}

TEST(Compare, OtherPartLayoutsCannotBeCompared) {
  EXPECT_EQ(compare(object(md5_a + "-3"), old_enough(md5_b + "-5"), aws_rules),
            Likeness::same_weak);
  EXPECT_EQ(compare(object(md5_a + "-3"), old_enough(md5_b + "-3"), aws_rules),
            Likeness::same_weak);
}

TEST(Compare, G11UnequalMd5sAreAQuestionOfEncryption) {
  EXPECT_EQ(compare(object(md5_a), old_enough(md5_b), aws_rules), Likeness::encryption_decides);
  EXPECT_EQ(compare(object(md5_a), too_young(md5_b), aws_rules), Likeness::unproven);
}

TEST(Compare, ACopyOlderThanItsSourceIsOutdated) {
  EXPECT_TRUE(outdated(object(md5_a), object(md5_b, noon - seconds(1)), aws_rules));
  EXPECT_FALSE(outdated(object(md5_a), object(md5_b, noon), aws_rules))
      << "dates are whole seconds";
  EXPECT_FALSE(outdated(object(md5_a), object(md5_b, noon + seconds(1)), aws_rules));
  EXPECT_FALSE(outdated(object(md5_a), object(md5_b, noon - seconds(1)), two_providers));
}

TEST(CompareHeads, EqualFullObjectChecksumsAreStrongWhateverTheEtags) {
  const auto proof = compare_heads(with_checksum(head(md5_a + "-3"), "CRC64NVME", "x="),
                                   with_checksum(head(md5_b), "CRC64NVME", "x="), aws_rules);
  EXPECT_EQ(proof.likeness, Likeness::same_strong);
  EXPECT_EQ(proof.kind, "CRC64NVME");
  EXPECT_EQ(proof.value, "x=");
}

TEST(CompareHeads, UnequalChecksumsDifferEvenWhereTimesWouldSayWeak) {
  const auto proof =
      compare_heads(with_checksum(head(md5_a + "-3"), "CRC64NVME", "x="),
                    with_checksum(head(md5_b, noon + minutes(60)), "CRC64NVME", "y="), aws_rules);
  EXPECT_EQ(proof.likeness, Likeness::differs);
}

TEST(CompareHeads, ChecksumsOfPartChecksumsOrOtherAlgorithmsProveNothing) {
  const auto source = with_checksum(head(md5_a + "-3"), "CRC32", "x=");
  EXPECT_EQ(
      compare_heads(source, with_checksum(head(md5_b), "CRC32", "x=", false), aws_rules).likeness,
      Likeness::unproven);
  EXPECT_EQ(compare_heads(source, with_checksum(head(md5_b), "SHA1", "x="), aws_rules).likeness,
            Likeness::unproven);
}

TEST(CompareHeads, OtherSizesDifferWhateverTheChecksums) {
  auto shorter = with_checksum(head(md5_a), "CRC32", "x=");
  shorter.size = 6;
  EXPECT_EQ(compare_heads(with_checksum(head(md5_a), "CRC32", "x="), shorter, aws_rules).likeness,
            Likeness::differs);
}

TEST(CompareHeads, WithoutChecksumsTheEtagIsTheProof) {
  const auto proof = compare_heads(head(md5_a), head(md5_a), aws_rules);
  EXPECT_EQ(proof.likeness, Likeness::same_strong);
  EXPECT_EQ(proof.kind, etag_proof);
  EXPECT_EQ(proof.value, md5_a);
}

TEST(CompareHeads, G11UnequalMd5sDifferOnlyWhereTheyAreMd5s) {
  const auto source = head(md5_a), copy = head(md5_b, noon + minutes(60));
  const auto likeness = [](const aws::ObjectHead& a, const aws::ObjectHead& b) {
    return compare_heads(a, b, aws_rules).likeness;
  };
  EXPECT_EQ(likeness(source, copy), Likeness::differs);
  EXPECT_EQ(likeness(encrypted(source, "AES256"), encrypted(copy, "AES256")), Likeness::differs);
  EXPECT_EQ(likeness(source, encrypted(copy, "aws:kms")), Likeness::same_weak);
  EXPECT_EQ(likeness(encrypted(source, "aws:kms:dsse"), copy), Likeness::same_weak);
}

TEST(CompareHeads, G10HoldsForEncryptedObjectsToo) {
  EXPECT_EQ(
      compare_heads(head(md5_a), encrypted(head(md5_b, noon + minutes(1)), "aws:kms"), aws_rules)
          .likeness,
      Likeness::unproven);
}

TEST(ProofOfListing, NamesWhatTheDigestHolds) {
  EXPECT_EQ(proof_of_listing(Likeness::same_strong, object(md5_a)).value, md5_a);
  EXPECT_EQ(proof_of_listing(Likeness::same_weak, object(md5_a)).kind, weak_proof);
  EXPECT_EQ(proof_of_listing(Likeness::same_weak, object(md5_a)).value, "");
  EXPECT_EQ(proof_of_listing(Likeness::same_strong, object(md5_a, noon, 0)).kind, "empty");
}

}  // namespace
}  // namespace s3m::transfer

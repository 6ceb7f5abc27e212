#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/sub_resource.hpp"
#include "workflow/configuration/apply.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string wanted(std::string_view query, std::string document, Phase phase) {
  const auto found = wanted_in({std::string(query), "", {std::move(document), {}}}, phase);
  return found ? found->document : "nothing";
}

TEST(Phases, EverythingThatCanBePutHasItsPhaseOrIsTheVeryLast) {
  for (const auto& kind : aws::sub_resource_kinds()) {
    const bool carried = wanted(kind.query, "<A/>", Phase::last) != "nothing";
    EXPECT_EQ(carried, !kind.put.empty() && kind.query != "abac") << kind.query;
  }
}

TEST(Phases, WhatActsOnObjectsComesAfterThem) {
  for (const auto* query : {"policy", "notification", "lifecycle", "replication"}) {
    EXPECT_EQ(wanted(query, "<A/>", Phase::after_data), "nothing") << query;
    EXPECT_EQ(wanted(query, "<A/>", Phase::last), "<A/>") << query;
  }
  EXPECT_EQ(wanted("logging", "<A/>", Phase::before_data), "nothing");
  EXPECT_EQ(wanted("cors", "<A/>", Phase::before_data), "<A/>");
}

TEST(Phases, AHistoryIsWrittenBeforeItIsSuspended) {
  const std::string suspended =
      "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
  EXPECT_THAT(wanted("versioning", suspended, Phase::before_data),
              HasSubstr("<Status>Enabled</Status>"));
  EXPECT_EQ(wanted("versioning", suspended, Phase::after_data), suspended);
}

TEST(Phases, ADefaultRetentionLocksNoCopy) {
  const std::string lock =
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
      "<DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
      "</ObjectLockConfiguration>";
  for (const auto phase : {Phase::before_data, Phase::after_data}) {
    EXPECT_THAT(wanted("object-lock", lock, phase), HasSubstr("Enabled</ObjectLockEnabled>"));
    EXPECT_THAT(wanted("object-lock", lock, phase), Not(HasSubstr("Rule")));
  }
  EXPECT_EQ(wanted("object-lock", lock, Phase::last), lock);
}

}  // namespace
}  // namespace s3m::workflow

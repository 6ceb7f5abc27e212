#include "sim/evaluation.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "sim/scenario.hpp"

namespace s3m::sim {
namespace {

class GivenValues final : public ConditionSource {
 public:
  std::map<std::string, std::vector<std::string>, std::less<>> known;
  std::optional<std::vector<std::string>> values(std::string_view key) const override {
    const auto found = known.find(key);
    if (found == known.end()) return std::nullopt;
    return found->second;
  }
};

class Evaluation : public ::testing::Test {
 protected:
  Evaluation() {
    session.kind = PrincipalKind::session;
    session.account = "111111111111";
    session.arn = "arn:aws:sts::111111111111:assumed-role/mover/job";
    session.role_arn = "arn:aws:iam::111111111111:role/mover";
    session.user_id = "AROAMOVER:job";
    session.unique_id = "AROAMOVER";
    session.identity_policies = {parse_policy(allow({"s3:*"}, {"*"})).value()};
  }

  Verdict judge(std::string_view account, const std::string& resource_policy = {}) {
    std::optional<PolicyDocument> document;
    if (!resource_policy.empty()) document = parse_policy(resource_policy).value();
    return evaluate({.principal = session,
                     .action = "s3:PutObject",
                     .resource = "arn:aws:s3:::bucket/key",
                     .resource_account = account,
                     .resource_policy = document ? &*document : nullptr,
                     .conditions = given,
                     .switches = switches,
                     .directory = directory});
  }
  static std::string statement(std::string effect, const std::string& principal,
                               const std::string& condition = "{}") {
    return R"({"Statement":{"Effect":")" + effect + R"(","Action":"s3:Put*",)" + principal +
           R"(,"Resource":"arn:aws:s3:::bucket/*","Condition":)" + condition + "}}";
  }
  Verdict abroad(const std::string& principal, const std::string& condition = "{}") {
    return judge("222222222222", statement("Allow", principal, condition));
  }
  // A Deny over everything the session may do at home.
  Verdict denied(const std::string& principal, const std::string& condition = "{}") {
    return judge("111111111111", statement("Deny", principal, condition));
  }

  Principal session;
  GivenValues given;
  Switches switches;
  Directory directory{Scenario{}};
};

constexpr auto everyone = R"("Principal":"*")";

TEST_F(Evaluation, AtHomeTheIdentitysOwnPolicyIsEnough) {
  EXPECT_EQ(judge("111111111111"), Verdict::allowed);
  session.identity_policies.clear();
  EXPECT_EQ(judge("111111111111"), Verdict::no_identity_allow);
}

TEST_F(Evaluation, AtHomeABucketPolicyThatNamesTheRoleIsEnoughAndOneThatNamesTheAccountIsNot) {
  session.identity_policies.clear();
  const auto home = [&](const std::string& principal) {
    return judge("111111111111", statement("Allow", principal));
  };
  EXPECT_EQ(home(R"("Principal":{"AWS":"arn:aws:iam::111111111111:role/mover"})"),
            Verdict::allowed);
  EXPECT_EQ(home(R"("Principal":{"AWS":"arn:aws:iam::111111111111:root"})"),
            Verdict::no_identity_allow);
}

TEST_F(Evaluation, AbroadBothSidesMustAllow) {
  EXPECT_EQ(judge("222222222222"), Verdict::no_resource_allow);
  for (const char* principal :
       {R"("Principal":{"AWS":"111111111111"})",
        R"("Principal":{"AWS":"arn:aws:iam::111111111111:root"})",
        R"("Principal":{"AWS":"arn:aws:iam::111111111111:role/mover"})",
        R"("Principal":{"AWS":["x","arn:aws:sts::111111111111:assumed-role/mover/job"]})",
        everyone}) {
    EXPECT_EQ(abroad(principal), Verdict::allowed) << principal;
  }
  for (const char* principal :
       {R"("Principal":{"AWS":"333333333333"})",
        R"("Principal":{"AWS":"arn:aws:iam::111111111111:role/other"})",
        R"("Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/mover/other"})",
        R"("Principal":{"Service":"logging.s3.amazonaws.com"})"}) {
    EXPECT_EQ(abroad(principal), Verdict::no_resource_allow) << principal;
  }
  session.identity_policies.clear();
  EXPECT_EQ(abroad(everyone), Verdict::no_identity_allow);
}

TEST_F(Evaluation, ASessionPolicyOnlyNarrows) {
  session.session_policies = {parse_policy(allow({"s3:GetObject"}, {"*"})).value()};
  EXPECT_EQ(judge("111111111111"), Verdict::no_identity_allow);
  session.session_policies = {parse_policy(allow({"s3:PutObject"}, {"*"})).value()};
  EXPECT_EQ(judge("111111111111"), Verdict::allowed);
  session.identity_policies.clear();
  EXPECT_EQ(judge("111111111111"), Verdict::no_identity_allow);
}

TEST_F(Evaluation, AnExplicitDenyWins) {
  EXPECT_EQ(denied(everyone), Verdict::explicit_deny);
  EXPECT_EQ(denied(R"("Principal":{"AWS":"333333333333"})"), Verdict::allowed);
}

TEST_F(Evaluation, ADenySparesTheSessionThatItsConditionNames) {
  EXPECT_EQ(denied(everyone, R"({"StringNotLike":{"aws:userId":["AROAMOVER:job"]}})"),
            Verdict::allowed);
  EXPECT_EQ(denied(everyone, R"({"StringNotLike":{"aws:userId":["AROAMOVER:other"]}})"),
            Verdict::explicit_deny);
  switches.deny_hits_everyone = true;
  EXPECT_EQ(denied(everyone, R"({"StringNotLike":{"aws:userId":["AROAMOVER:job"]}})"),
            Verdict::explicit_deny);
}

TEST_F(Evaluation, NotPrincipalSparesTheWholeChainAlone) {
  const auto sparing = [](const std::string& names) {
    return R"("NotPrincipal":{"AWS":[)" + names + "]}";
  };
  const std::string role = R"("arn:aws:iam::111111111111:role/mover")";
  const std::string job = R"("arn:aws:sts::111111111111:assumed-role/mover/job")";
  EXPECT_EQ(denied(sparing(R"("111111111111",)" + role + "," + job)), Verdict::allowed);
  EXPECT_EQ(denied(sparing(role + "," + job)), Verdict::explicit_deny);
  switches.not_principal_needs_whole_chain = false;
  EXPECT_EQ(denied(sparing(job)), Verdict::allowed);
}

TEST_F(Evaluation, AStoredPrincipalIsTheRoleOfThenNotOneOfThatName) {
  auto policy = parse_policy(
      statement("Allow", R"("Principal":{"AWS":"arn:aws:iam::111111111111:role/mover"})"));
  policy->statements[0].principals[0].id = "AROAEARLIER";
  const AccessQuestion question{.principal = session,
                                .action = "s3:PutObject",
                                .resource = "arn:aws:s3:::bucket/key",
                                .resource_account = "222222222222",
                                .resource_policy = &*policy,
                                .conditions = given,
                                .switches = switches,
                                .directory = directory};
  EXPECT_EQ(evaluate(question), Verdict::no_resource_allow);
  policy->statements[0].principals[0].id = "AROAMOVER";
  EXPECT_EQ(evaluate(question), Verdict::allowed);
}

TEST_F(Evaluation, ConditionsHold) {
  given.known = {{"s3:prefix", {"photos/2019"}},
                 {"aws:sourceip", {"10.1.2.3"}},
                 {"s3:max-keys", {"100"}},
                 {"aws:securetransport", {"false"}},
                 {"aws:currenttime", {"2026-11-22T12:00:00Z"}},
                 {"s3:requestobjecttagkeys", {"a", "b"}}};
  for (const char* condition :
       {R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/*"}})",
        R"({"StringEquals":{"aws:PrincipalAccount":["1","111111111111"]}})",
        R"({"StringLike":{"s3:prefix":"photos/*"},"NumericLessThanEquals":{"s3:max-keys":100}})",
        R"({"StringNotEquals":{"aws:absent":"x"}})",
        R"({"StringEqualsIfExists":{"aws:absent":"x"}})", R"({"Null":{"aws:absent":"true"}})",
        R"({"Null":{"s3:prefix":"false"}})", R"({"Bool":{"aws:SecureTransport":"false"}})",
        R"({"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}})",
        R"({"DateGreaterThan":{"aws:CurrentTime":"2026-11-22T11:00:00Z"}})",
        R"({"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b","c"]}})",
        R"({"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":["b"]}})",
        R"({"StringEquals":{"s3:prefix":"photos/2019"}})"}) {
    EXPECT_EQ(abroad(everyone, condition), Verdict::allowed) << condition;
  }
}

TEST_F(Evaluation, ConditionsThatDoNotHoldGrantNothing) {
  given.known = {{"s3:prefix", {"photos"}}, {"aws:sourceip", {"10.1.2.3"}}};
  for (const char* condition :
       {R"({"StringEquals":{"aws:absent":"x"}})", R"({"StringNotEquals":{"s3:prefix":"photos"}})",
        R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}})",
        R"({"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}})",
        R"({"ForAnyValue:StringEquals":{"aws:absent":"x"}})",
        R"({"StringEquals":{"s3:prefix":"photos"},"Null":{"s3:prefix":"true"}})"}) {
    EXPECT_EQ(abroad(everyone, condition), Verdict::no_resource_allow) << condition;
  }
}

TEST_F(Evaluation, PolicyVariablesStandForTheRequestsValues) {
  given.known = {{"s3:prefix", {"home/111111111111/x"}}};
  EXPECT_EQ(abroad(everyone, R"({"StringLike":{"s3:prefix":"home/${aws:PrincipalAccount}/*"}})"),
            Verdict::allowed);
  EXPECT_EQ(abroad(everyone, R"({"StringLike":{"s3:prefix":"home/${aws:username}x/*"}})"),
            Verdict::no_resource_allow);
}

TEST_F(Evaluation, AServiceThatDoesNotKnowThePrincipalArn) {
  switches.principal_arn_never_matches = true;
  EXPECT_EQ(abroad(everyone, R"({"ArnLike":{"aws:PrincipalArn":"*"}})"),
            Verdict::no_resource_allow);
}

TEST_F(Evaluation, AnonymousHasNoUserIdAndADenyThatSparesOneHitsIt) {
  constexpr auto sparing = R"({"StringNotEquals":{"aws:userid":["AROAMOVER:job"]}})";
  constexpr auto if_exists = R"({"StringNotEqualsIfExists":{"aws:userid":["AROAMOVER:job"]}})";
  EXPECT_EQ(denied(everyone, sparing), Verdict::allowed);
  EXPECT_EQ(denied(everyone, if_exists), Verdict::allowed);
  session = Principal{};
  EXPECT_EQ(denied(everyone, sparing), Verdict::explicit_deny);
  EXPECT_EQ(denied(everyone, if_exists), Verdict::explicit_deny);
  switches.negated_needs_key = true;
  EXPECT_NE(denied(everyone, sparing), Verdict::explicit_deny);
  EXPECT_EQ(denied(everyone, if_exists), Verdict::explicit_deny);
}

TEST_F(Evaluation, ServicesThatDoNotKnowTheUserId) {
  constexpr auto sparing = R"({"StringNotEquals":{"aws:userid":["AROAMOVER:job"]}})";
  switches.user_id_of_sessions_alone = true;
  EXPECT_EQ(denied(everyone, sparing), Verdict::allowed);
  session.kind = PrincipalKind::user;
  EXPECT_EQ(denied(everyone, sparing), Verdict::explicit_deny);
  session.kind = PrincipalKind::session;
  switches.user_id_never_matches = true;
  EXPECT_EQ(denied(everyone, sparing), Verdict::explicit_deny);
}

TEST_F(Evaluation, AnonymousNeedsAGrantToEveryone) {
  session = Principal{};
  EXPECT_EQ(abroad(everyone), Verdict::allowed);
  EXPECT_EQ(abroad(R"("Principal":{"AWS":"111111111111"})"), Verdict::no_resource_allow);
}

}  // namespace
}  // namespace s3m::sim

#include "workflow/bucket_policy.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

const std::string sid = grant_sid("20261122t162800-3f9a1c");

std::vector<PolicyStatement> grant() {
  return {{.sid = sid,
           .principals = {"arn:aws:iam::111111111111:root"},
           .principal_arns = {"arn:aws:iam::111111111111:role/s3m-source"},
           .actions = {"s3:PutObject", "s3:GetObject"},
           .resources = {"arn:aws:s3:::photos/*"}}};
}

const std::string somebody =
    R"({ "Version":"2012-10-17", "Id":"logs", "Statement":[ {"Sid":"AllowLogs","Effect":"Allow",)"
    R"("Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject",)"
    R"("Resource":"arn:aws:s3:::photos/logs/*"} ] })";

PolicyRemoval removed(const std::string& document, const std::optional<std::string>& original) {
  auto removal = without_statements(document, sid, original);
  EXPECT_TRUE(removal) << removal.error().describe();
  return removal ? *removal : PolicyRemoval{};
}

TEST(GrantSid, HasOnlyLettersAndDigitsAndDiffersByJob) {
  EXPECT_TRUE(sid.starts_with(grant_sid_prefix));
  EXPECT_EQ(sid.size(), grant_sid_prefix.size() + 16);
  EXPECT_EQ(sid.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
            std::string::npos);
  EXPECT_NE(sid, grant_sid("another"));
}

TEST(OwnSid, IsFoundInTheSidsOfItsStatementsAndNotInThoseThatOthersNamedLikeIt) {
  for (const auto prefix : {grant_sid_prefix, freeze_sid_prefix, closed_sid_prefix,
                            protect_sid_prefix, trial_sid_prefix}) {
    const auto own = own_sid(prefix, "job");
    EXPECT_EQ(own_sid_of(own), own);
    EXPECT_EQ(own_sid_of(own + "Objects"), own);
    EXPECT_EQ(own_sid_of(own.substr(0, own.size() - 1)), std::nullopt);
  }
  for (const auto* others : {"", "S3Migrator", "S3MigratorGrantToTheTeamOfPhotos",
                             "S3MigratorFreezeForAudit2026", "s3migratorgrant0123456789abcdef"}) {
    EXPECT_EQ(own_sid_of(others), std::nullopt) << others;
  }
}

TEST(WithStatements, MakesAPolicyWhereThereWasNone) {
  const auto made = with_statements(std::nullopt, grant(), sid);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made,
            R"({"Version":"2012-10-17","Statement":[{"Sid":")" + sid +
                R"(","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:root"]},)"
                R"("Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::photos/*"],)"
                R"("Condition":{"ArnLike":{"aws:PrincipalArn":)"
                R"(["arn:aws:iam::111111111111:role/s3m-source"]}}}]})");
}

TEST(WithStatements, KeepsWhatOthersWrote) {
  const auto made = with_statements(somebody, grant(), sid);
  ASSERT_TRUE(made);
  EXPECT_NE(made->find(R"("Id":"logs")"), std::string::npos);
  EXPECT_NE(made->find(R"("Sid":"AllowLogs")"), std::string::npos);
  EXPECT_TRUE(holds_statements(*made, grant()));
}

TEST(WithStatements, TurnsASingleStatementIntoAList) {
  const std::string single =
      R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}})";
  const auto made = with_statements(single, grant(), sid);
  ASSERT_TRUE(made);
  EXPECT_TRUE(holds_statements(*made, grant()));
  const auto removal = removed(*made, single);
  EXPECT_EQ(removal.action, PolicyRemoval::Action::put);
  EXPECT_EQ(removal.document, single);
}

TEST(WithStatements, ReplacesOursAndLeavesAnEqualDocumentAsItIs) {
  const auto first = with_statements(somebody, grant(), sid);
  ASSERT_TRUE(first);
  EXPECT_EQ(with_statements(*first, grant(), sid).value(), *first);

  auto other = grant();
  other[0].principals = {"arn:aws:iam:::role/s3m-source"};
  const auto second = with_statements(*first, other, sid);
  ASSERT_TRUE(second);
  EXPECT_EQ(find_sids(*second, grant_sid_prefix).value(), std::vector<std::string>{sid});
}

TEST(WithStatements, RefusesWhatIsNoPolicy) {
  for (const auto* text :
       {"", "[]", "{", "{}", R"({"Statement":"x"})", "not json", R"({"Statement":[]} trailing)"}) {
    const auto made = with_statements(text, grant(), sid);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code(), Errc::refused);
  }
}

TEST(WithStatements, RefusesANameThatStandsTwice) {
  const auto made = with_statements(
      R"({"Statement":[{"Effect":"Deny","Condition":{"Bool":{"a":"1"},"Bool":{"b":"1"}}}]})",
      grant(), sid);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::refused);
  EXPECT_NE(made.error().message().find("\"Bool\" twice"), std::string::npos);
}

TEST(WithStatements, SaysTheFiguresWhenItDoesNotFit) {
  const std::string large = R"({"Statement":[{"Sid":")" + std::string(20'300, 'x') + R"("}]})";
  const auto made = with_statements(large, grant(), sid);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::too_large);
  EXPECT_NE(made.error().message().find("(20,326 without)"), std::string::npos)
      << made.error().message();
  EXPECT_NE(made.error().message().find("20,480"), std::string::npos);
}

TEST(WithoutStatements, RestoresTheOriginalBytes) {
  const auto made = with_statements(somebody, grant(), sid);
  ASSERT_TRUE(made);
  const auto removal = removed(*made, somebody);
  EXPECT_EQ(removal.action, PolicyRemoval::Action::put);
  EXPECT_EQ(removal.document, somebody);
}

TEST(WithoutStatements, RemovesThePolicyOnlyWhereThereWasNone) {
  const auto made = with_statements(std::nullopt, grant(), sid);
  ASSERT_TRUE(made);
  EXPECT_EQ(removed(*made, std::nullopt).action, PolicyRemoval::Action::remove_policy);

  const auto emptied = removed(*made, somebody);  // others took theirs away meanwhile
  EXPECT_EQ(emptied.action, PolicyRemoval::Action::put);
  EXPECT_TRUE(emptied.emptied);
}

TEST(WithoutStatements, KeepsWhatOthersChangedMeanwhile) {
  auto made = with_statements(somebody, grant(), sid);
  ASSERT_TRUE(made);
  const std::string added = R"("Statement":[{"Sid":"New","Effect":"Deny"},)";
  auto edited = *made;
  edited.replace(edited.find(R"("Statement":[)"), 13, added);

  const auto removal = removed(edited, somebody);
  EXPECT_EQ(removal.action, PolicyRemoval::Action::put);
  EXPECT_NE(removal.document.find(R"("Sid":"New")"), std::string::npos);
  EXPECT_NE(removal.document.find(R"("Sid":"AllowLogs")"), std::string::npos);
  EXPECT_EQ(removal.document.find(sid), std::string::npos);
}

TEST(WithoutStatements, DoesNothingWhereOursIsNotThere) {
  EXPECT_EQ(removed(somebody, somebody).action, PolicyRemoval::Action::nothing);
}

TEST(WithoutStatements, LeavesAnotherJobsGrant) {
  const auto both = with_statements(with_statements(std::nullopt, grant(), sid).value(),
                                    {{.sid = grant_sid("other"),
                                      .principals = {"*"},
                                      .actions = {"s3:GetObject"},
                                      .resources = {"arn:aws:s3:::photos/*"}}},
                                    grant_sid("other"));
  ASSERT_TRUE(both);
  const auto removal = removed(*both, std::nullopt);
  EXPECT_EQ(removal.action, PolicyRemoval::Action::put);
  EXPECT_EQ(find_sids(removal.document, grant_sid_prefix).value(),
            std::vector<std::string>{grant_sid("other")});
}

TEST(WithoutOurs, TakesOutTheStatementsOfAllJobsAndLeavesTheBytesWhereThereAreNone) {
  EXPECT_EQ(without_ours(std::nullopt).value(), std::nullopt);
  EXPECT_EQ(without_ours(somebody).value(), somebody);
  auto made = with_statements(somebody, grant(), sid).value();
  made = with_statements(made,
                         {{.sid = own_sid(freeze_sid_prefix, "other") + "Objects",
                           .principals = {"*"},
                           .actions = {"s3:PutObject*"},
                           .resources = {"*"},
                           .effect = PolicyStatement::Effect::deny}},
                         "S3MigratorFreeze")
             .value();
  const auto bare = without_ours(made).value();
  ASSERT_TRUE(bare);
  EXPECT_NE(*bare, somebody);
  EXPECT_TRUE(says_the_same(*bare, somebody));
  EXPECT_EQ(without_ours(with_statements(std::nullopt, grant(), sid).value()).value(),
            std::nullopt);
  EXPECT_FALSE(without_ours(std::string("not json")));
}

TEST(SaysTheSame, ComparesMeaningNotBytes) {
  EXPECT_TRUE(says_the_same(R"({"Version":"2012-10-17","Statement":{"Sid":"A"}})",
                            R"({"Statement":[{"Sid":"A"}], "Version":"2012-10-17"})"));
  EXPECT_FALSE(says_the_same(R"({"Statement":[{"Sid":"A"}]})", R"({"Statement":[{"Sid":"B"}]})"));
  EXPECT_FALSE(says_the_same("not json", "not json"));
}

std::vector<PolicyStatement> deny() {
  return {{.sid = sid,
           .principals = {"*"},
           .actions = {"s3:PutObject*"},
           .resources = {"arn:aws:s3:::photos/*"},
           .effect = PolicyStatement::Effect::deny,
           .spared_user_ids = {"AROA1:job", "AROA2:job"}}};
}

TEST(HoldsStatements, OfADenyAlsoWhomItSparesAndHow) {
  EXPECT_TRUE(holds_statements(with_statements(somebody, deny(), sid).value(), deny()));
  const auto differs = [](auto change) {
    auto changed = deny();
    change(changed[0]);
    return !holds_statements(with_statements(somebody, changed, sid).value(), deny());
  };
  EXPECT_TRUE(differs([](auto& one) { one.effect = PolicyStatement::Effect::allow; }));
  EXPECT_TRUE(differs([](auto& one) { one.spared_user_ids = {"AROA1:job"}; }));
  EXPECT_TRUE(differs([](auto& one) { one.spared_user_ids = {}; }));
  EXPECT_TRUE(differs([](auto& one) { one.not_principals = {"arn:aws:iam::1:root"}; }));
  // The condition in another order and form is the same one.
  const std::string rewritten =
      R"({"Statement":[{"Sid":")" + sid +
      R"(","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:putobject*",)"
      R"("Resource":["arn:aws:s3:::photos/*"],"Condition":{"StringNotEqualsIfExists":)"
      R"({"aws:userid":["AROA2:job","AROA1:job"]}}}]})";
  EXPECT_TRUE(holds_statements(rewritten, deny()));
}

TEST(HoldsStatements, LooksAtActionsAndResourcesInAnyOrderAndForm) {
  const std::string rewritten =
      R"({"Statement":[{"Resource":"arn:aws:s3:::photos/*","Effect":"Allow","Sid":")" + sid +
      R"(","Action":["s3:GetObject","s3:PutObject"],"Principal":{"AWS":"111111111111"}}]})";
  EXPECT_TRUE(holds_statements(rewritten, grant()));
  auto narrower = grant();
  narrower[0].actions.emplace_back("s3:DeleteObject");
  EXPECT_FALSE(holds_statements(rewritten, narrower));
  EXPECT_FALSE(holds_statements(std::nullopt, grant()));
}

TEST(CheckPrincipals, RefusesADeadIdAndNamesTheStatement) {
  const auto checked = check_principals(
      R"({"Statement":[{"Effect":"Allow","Principal":"*"},{"Sid":"Old","Effect":"Allow",)"
      R"("Principal":{"AWS":["arn:aws:iam::1:root","AROAEXAMPLEID12345678"]}}]})");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), Errc::refused);
  EXPECT_NE(checked.error().message().find("statement 2 (Sid \"Old\")"), std::string::npos);
  EXPECT_NE(checked.error().message().find("AROAEXAMPLEID12345678"), std::string::npos);
}

TEST(CheckPrincipals, AcceptsTheLivingAndIdsInConditions) {
  EXPECT_TRUE(check_principals(
      R"({"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::1:role/AROA"},)"
      R"("Condition":{"StringLike":{"aws:userId":"AROAEXAMPLEID12345678:*"}}}]})"));
}

std::vector<std::string> bites(const std::string& statement, bool tls = true) {
  const PolicyUse use{.principals = {"111111111111", "arn:aws:iam::111111111111:role/s3m-source"},
                      .actions = {"s3:PutObject", "s3:PutObjectTagging"},
                      .resources = {"arn:aws:s3:::photos/2026/*"},
                      .tls = tls};
  auto found = denies_that_bite(R"({"Statement":[)" + statement + "]}", use);
  EXPECT_TRUE(found);
  return found ? *found : std::vector<std::string>{};
}

TEST(DeniesThatBite, FindsThemByPrincipalActionAndResource) {
  const auto found =
      bites(R"({"Sid":"Vpc","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":)"
            R"(["arn:aws:s3:::photos","arn:aws:s3:::photos/*"],)"
            R"("Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].find("statement 1 (Sid \"Vpc\")"), std::string::npos);
  EXPECT_NE(found[0].find("aws:SourceVpce"), std::string::npos);

  EXPECT_EQ(bites(R"({"Effect":"Deny","Principal":{"AWS":"111111111111"},"Action":"S3:putobject*",)"
                  R"("Resource":"arn:aws:s3:::photos/2026/private/*"})")
                .size(),
            1u);
  EXPECT_EQ(bites(R"({"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::9:root"},)"
                  R"("NotAction":"s3:GetObject","NotResource":"arn:aws:s3:::photos/logs/*"})")
                .size(),
            1u);
}

TEST(DeniesThatBite, PassesOverWhatDoesNotConcernTheJob) {
  EXPECT_TRUE(bites(R"({"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"})").empty());
  EXPECT_TRUE(bites(R"({"Effect":"Deny","Principal":{"AWS":"999999999999"},"Action":"s3:*",)"
                    R"("Resource":"*"})")
                  .empty());
  EXPECT_TRUE(
      bites(R"({"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"*"})")
          .empty());
  EXPECT_TRUE(bites(R"({"Effect":"Deny","Principal":"*","Action":"s3:*",)"
                    R"("Resource":"arn:aws:s3:::photos/2025/*"})")
                  .empty());
  EXPECT_TRUE(bites(R"({"Effect":"Deny","NotPrincipal":{"AWS":"111111111111"},"Action":"*",)"
                    R"("Resource":"*"})")
                  .empty());
}

TEST(DeniesThatBite, NotWhereTheCallersUserIdIsSpared) {
  const auto bites_job = [](const std::string& condition) {
    const PolicyUse use{.principals = {"111111111111"},
                        .actions = {"s3:PutObject"},
                        .resources = {"arn:aws:s3:::photos/*"},
                        .user_id = "AROA1:job"};
    return !denies_that_bite(R"({"Statement":[{"Effect":"Deny","Principal":"*","Action":)"
                             R"("s3:Put*","Resource":"*","Condition":)" +
                                 condition + "}]}",
                             use)
                .value()
                .empty();
  };
  EXPECT_FALSE(bites_job(R"({"StringNotEqualsIfExists":{"aws:userid":["x","AROA1:job"]}})"));
  EXPECT_FALSE(bites_job(R"({"StringNotLike":{"aws:userId":"AROA1:*"}})"));
  EXPECT_TRUE(bites_job(R"({"StringNotEquals":{"aws:userId":"AROA1:*"}})"));
  EXPECT_TRUE(bites_job(R"({"StringNotLike":{"aws:userId":"AROA2:*"}})"));
  EXPECT_TRUE(bites_job(R"({"StringLike":{"aws:userId":"AROA1:*"}})"));
}

TEST(ServiceDeliveries, AreFoundByTheServiceAndThatItWrites) {
  const auto found = service_deliveries(
      R"({"Statement":[{"Sid":"Logs","Effect":"Allow","Principal":{"Service":)"
      R"(["logging.s3.amazonaws.com"]},"Action":"s3:PutObject","Resource":"*"},)"
      R"({"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},)"
      R"("Action":"s3:GetObject","Resource":"*"},)"
      R"({"Effect":"Deny","Principal":{"Service":"x.amazonaws.com"},"Action":"*","Resource":"*"},)"
      R"({"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]})");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_NE(found->front().find("statement 1 (Sid \"Logs\")"), std::string::npos);
  EXPECT_NE(found->front().find("logging.s3.amazonaws.com"), std::string::npos);
}

TEST(DeniesThatBite, PlainHttpAloneConcernsOnlyPlainHttp) {
  const std::string statement =
      R"({"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",)"
      R"("Condition":{"Bool":{"aws:SecureTransport":"false"}}})";
  EXPECT_TRUE(bites(statement, true).empty());
  EXPECT_EQ(bites(statement, false).size(), 1u);
}

}  // namespace
}  // namespace s3m::workflow

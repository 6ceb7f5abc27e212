#include "app/serve_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using console::Allowed;
using console::JobRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string role = "arn:aws:iam::111122223333:role/one";

JobRequest copy() {
  JobRequest request{.kind = "copy"};
  request.source.uri = "s3://from/a b";
  request.destination.uri = "s3://copies";
  return request;
}

std::string field(const JobRequest& request, const Allowed& allowed = {}) {
  const auto made = arguments_of(request, allowed);
  if (made) return "taken";
  EXPECT_EQ(made.error().status, 422) << made.error().detail;
  return made.error().fields.empty() ? "" : made.error().fields.front().field;
}

std::string option(std::string name, std::vector<std::string> values) {
  auto request = copy();
  request.options.push_back({std::move(name), std::move(values)});
  return field(request);
}

TEST(ServeWords, AreWhatTheCommandLineTakes) {
  auto request = copy();
  request.source.role_arn = role;
  request.destination.region = "eu-central-1";
  request.options = {{"delete", {}}, {"exclude", {"*.tmp", "--include=x"}}};
  const auto words = words_of(request);
  ASSERT_TRUE(words);
  EXPECT_THAT(*words, ElementsAre("s3migrator", "copy", "s3://from/a b", "s3://copies",
                                  "--source-role-arn=" + role, "--destination-region=eu-central-1",
                                  "--delete", "--exclude=*.tmp", "--exclude=--include=x"));
  const auto made = arguments_of(request, {.roles = {role}});
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->verb, Verb::copy);
  EXPECT_EQ(made->source.prefix, "a b");
  EXPECT_EQ(made->filters.size(), 2u) << "no value is another option";
  EXPECT_EQ(made->words, *words);
}

TEST(ServeWords, ComeBackAsTheRequest) {
  auto request = copy();
  request.migrator_role_arn = role;
  request.source.profile = "prod";
  request.options = {{"delete", {}}, {"exclude", {"a", "b"}}};
  const auto back = request_of(*words_of(request));
  ASSERT_TRUE(back);
  EXPECT_EQ(console::to_json(*back), console::to_json(request));
}

TEST(ServeWords, OfACommandLineAreUnderstoodToo) {
  const auto request =
      request_of({"s3migrator", "copy", "--source-profile", "prod", "s3://a", "--delete",
                  "--report", "r.json", "s3://b", "--exclude", "x", "--exclude=y", "--json"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->source.uri, "s3://a");
  EXPECT_EQ(request->source.profile, "prod");
  EXPECT_EQ(request->destination.uri, "s3://b");
  ASSERT_EQ(request->options.size(), 2u) << "files and output are not the console's";
  EXPECT_EQ(request->options[1].values, (std::vector<std::string>{"x", "y"}));
  const auto migration = request_of({"s3migrator", "migrate", "s3://a", "--confirm-delete", "a"});
  ASSERT_TRUE(migration);
  EXPECT_TRUE(migration->options.empty()) << "another one is confirmed anew";
  const auto mirror =
      request_of({"s3migrator", "copy", "s3://a", "s3://b", "--delete", "--confirm-delete=b"});
  ASSERT_TRUE(mirror);
  EXPECT_EQ(mirror->options.size(), 1u);
  EXPECT_FALSE(request_of({"s3migrator", "jobs", "list"}));
}

TEST(ServeWords, OptionsOnTheWayReplaceThoseOfTheCommand) {
  const auto more = more_words({{"rename", {"b2"}}, {"accept-weak-proof", {}}});
  ASSERT_TRUE(more);
  EXPECT_THAT(
      with_more({"s3migrator", "migrate", "s3://bbb", "--rename", "b1", "--keep-temp=3"}, *more),
      ElementsAre("s3migrator", "migrate", "s3://bbb", "--keep-temp=3", "--rename=b2",
                  "--accept-weak-proof"));
  EXPECT_THAT(with_more({"s3migrator", "migrate", "--accept-weak-proof", "s3://bbb"},
                        {"--accept-weak-proof"}),
              ElementsAre("s3migrator", "migrate", "s3://bbb", "--accept-weak-proof"));
  for (const auto* const name : {"confirm-delete", "report", "source-profile", "store"}) {
    const auto refused = more_words({{name, {"x"}}});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().fields.front().field, std::string("options.") + name);
  }
  EXPECT_FALSE(more_words({{"rename", {"a", "b"}}}));
  EXPECT_FALSE(undo_words({{"rename", {"a"}}}));
  EXPECT_THAT(*undo_words({{"accept-weak-proof", {}}}), ElementsAre("--accept-weak-proof"));
}

TEST(ServeWords, WhatIsTheServersOwnIsNotTaken) {
  for (const auto* const name : {"report", "store", "json", "log-level", "dry-run", "help"})
    EXPECT_EQ(option(name, {"x"}), std::string("options.") + name);
  EXPECT_EQ(option("kms-key-map", {"/etc/passwd"}), "options.kms-key-map");
  EXPECT_EQ(option("source-profile", {"prod"}), "options.source-profile");
  EXPECT_EQ(option("version", {}), "options.version");
  EXPECT_EQ(option("listen", {"0.0.0.0:1"}), "options.listen");
  auto migration = copy();
  migration.kind = "migrate";
  migration.options = {{"confirm-delete", {"from"}}};
  EXPECT_EQ(field(migration), "options.confirm-delete");
}

TEST(ServeWords, WhatIsWrongNamesItsField) {
  EXPECT_EQ(option("part-size", {"huge"}), "options.part-size");
  EXPECT_EQ(option("nonsense", {"1"}), "options.nonsense");
  EXPECT_EQ(option("max-delete", {"5"}), "options.max-delete") << "without --delete";
  EXPECT_EQ(option("delete", {"1", "2"}), "options.delete");
  auto request = copy();
  request.source.uri = "--help";
  EXPECT_EQ(field(request), "source.uri");
  request = copy();
  request.destination.uri = "s3://";
  EXPECT_EQ(field(request), "destination.uri");
  request = copy();
  request.destination.role_arn = "--help";
  EXPECT_EQ(field(request), "destination.role_arn");
  request = copy();
  request.migrator_role_arn = "x";
  EXPECT_EQ(field(request), "migrator_role_arn");
}

TEST(ServeWords, OnlyWhatIsAllowedMayBeNamed) {
  const auto status = [](auto change, const Allowed& allowed) {
    auto request = copy();
    change(request);
    const auto made = arguments_of(request, allowed);
    return made ? 200 : made.error().status;
  };
  const auto by_role = [](JobRequest& request) { request.destination.role_arn = role; };
  EXPECT_EQ(status(by_role, {}), 403);
  EXPECT_EQ(status(by_role, {.roles = {role + "-other"}}), 403);
  EXPECT_EQ(status(by_role, {.roles = {role}}), 200);
  EXPECT_EQ(status(by_role, {.roles = {"*"}}), 200);
  const auto by_migrator = [](JobRequest& request) { request.migrator_role_arn = role; };
  EXPECT_EQ(status(by_migrator, {}), 403);
  const auto by_profile = [](JobRequest& request) { request.source.profile = "prod"; };
  EXPECT_EQ(status(by_profile, {.profiles = {"*"}}), 403) << "a profile is named, each of them";
  EXPECT_EQ(status(by_profile, {.profiles = {"prod"}}), 200);
  const auto by_endpoint = [](JobRequest& request) {
    request.source.endpoint = request.destination.endpoint = "http://127.0.0.1:1";
  };
  EXPECT_EQ(status(by_endpoint, {}), 403);
  EXPECT_EQ(status(by_endpoint, {.endpoints = {"http://127.0.0.1:1"}}), 200);
}

TEST(ServeWords, ARefusalSaysWhatToDo) {
  auto request = copy();
  request.source.profile = "prod\x1b[31m";
  const auto made = arguments_of(request, {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().detail, HasSubstr("--allow-profile"));
  EXPECT_EQ(made.error().detail.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace s3m::app

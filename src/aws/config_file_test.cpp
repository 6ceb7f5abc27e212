#include "aws/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using Values = std::map<std::string, std::string>;
using Profiles = std::map<std::string, Values>;

Profiles texts(const ConfigFile::Sections& sections) {
  Profiles result;
  for (const auto& [name, section] : sections) {
    auto& values = result[name];
    for (const auto& [key, value] : section.values)
      values[key] = value.text;
  }
  return result;
}

Profiles profiles_of(std::string_view text, ConfigFileKind kind = ConfigFileKind::config) {
  auto parsed = parse_config_file(text, "/c", kind);
  EXPECT_TRUE(parsed) << parsed.error().message();
  return parsed ? texts(parsed->profiles) : Profiles();
}

struct Reading {
  std::string name, text;
  Profiles expected;
};

class ConfigDialect : public testing::TestWithParam<Reading> {};

TEST_P(ConfigDialect, Reads) {
  EXPECT_EQ(profiles_of(GetParam().text), GetParam().expected);
}

const Reading readings[] = {
    {"Nothing", "", {}},
    {"OnlyBlankLinesAndComments", "\n \t\n# one\n; two\n  # three\n", {}},
    {"EmptyProfile", "[profile foo]", {{"foo", {}}}},
    {"LettersOfNames",
     "[profile some-thing:long/the_one%only.foo@bar+]\n[profile foo!bar]",
     {{"some-thing:long/the_one%only.foo@bar+", {}}}},
    {"BlanksAroundNames", "[ \tprofile \tfoo \t]", {{"foo", {}}}},
    {"QuotedName", "[profile \"my profile\"]\nk = v", {{"my profile", {{"k", "v"}}}}},
    {"SpaceInANameWithoutQuotes", "[profile in valid]\nk = v", {}},
    {"NamesKeepTheirCase", "[profile Foo]\n[profile foo]", {{"Foo", {}}, {"foo", {}}}},
    {"KeysDoNot", "[default]\nAWS_Access_Key_ID = v", {{"default", {{"aws_access_key_id", "v"}}}}},
    {"CarriageReturns",
     "[profile foo]\r\nk = v\r\n\r\nl = w\r\n",
     {{"foo", {{"k", "v"}, {"l", "w"}}}}},
    {"ByteOrderMark", "\xEF\xBB\xBF[default]\nk = v", {{"default", {{"k", "v"}}}}},
    {"EqualsSignsInAValue", "[default]\nk = a=b==", {{"default", {{"k", "a=b=="}}}}},
    {"ColonForEquals",
     "[default]\nk: v\nrole_arn = arn:aws:iam::1:role/x",
     {{"default", {{"k", "v"}, {"role_arn", "arn:aws:iam::1:role/x"}}}}},
    {"Unicode", "[profile bücket]\nk = wört ✓", {{"bücket", {{"k", "wört ✓"}}}}},
    {"EmptyValue", "[default]\nk =\nl = v", {{"default", {{"k", ""}, {"l", "v"}}}}},
    {"CommentsAfterBlanks",
     "[default] # c\nk = value # with # signs\nl = value\t; c\nm = v;w\nn = v#w\no = # all",
     {{"default", {{"k", "value"}, {"l", "value"}, {"m", "v;w"}, {"n", "v#w"}, {"o", ""}}}}},
    {"CommentTouchesTheBracket", "[profile foo];c\n[profile bar]#c", {{"foo", {}}, {"bar", {}}}},
    {"QuotedCommentSignsOfACommand",
     "[default]\ncredential_process = sh -c \"a ; b # c\" 'd ; e' ; comment\nk = \"a ; b\"",
     {{"default", {{"credential_process", "sh -c \"a ; b # c\" 'd ; e'"}, {"k", "\"a"}}}}},
    {"Continuations",
     "[default]\nk = v\n -more\n\t and more # kept \nl = w",
     {{"default", {{"k", "v\n-more\nand more # kept"}, {"l", "w"}}}}},
    {"ContinuationAfterABlankLine",
     "[default]\nk = v\n\n -more",
     {{"default", {{"k", "v\n-more"}}}}},
    {"IndentedSettings",
     "[default]\n  k = v\n  l = w\n[profile foo]\n\tm = x",
     {{"default", {{"k", "v"}, {"l", "w"}}}, {"foo", {{"m", "x"}}}}},
    {"IndentedEverything",
     "  [default]\n  k = v\n  [profile foo]\n  k = w",
     {{"default", {{"k", "v"}}}, {"foo", {{"k", "w"}}}}},
    {"NestedSettings",
     "[default]\ns3 =\n  addressing_style = path\n\n  # why\n  Max_Concurrent = 20 # many\nk = v",
     {{"default",
       {{"s3", ""}, {"s3.addressing_style", "path"}, {"s3.max_concurrent", "20"}, {"k", "v"}}}}},
    {"NestedEmptyValue",
     "[default]\ns3 =\n  a =\n  b = c",
     {{"default", {{"s3", ""}, {"s3.a", ""}, {"s3.b", "c"}}}}},
    {"SectionsAddUp",
     "[profile foo]\nk = v\n[profile bar]\n[profile foo]\nl = w",
     {{"foo", {{"k", "v"}, {"l", "w"}}}, {"bar", {}}}},
    {"LaterValuesHold", "[default]\nk = v\nK = w\n[default]\nk = x", {{"default", {{"k", "x"}}}}},
    {"PrefixedDefaultSetsPlainAside",
     "[default]\na = 1\n[profile default]\nb = 2\n[default]\nc = 3",
     {{"default", {{"b", "2"}}}}},
    {"NamesOfSettingsThatAreNone", "[default]\nin valid = v\nk = w", {{"default", {{"k", "w"}}}}},
    {"ForeignSections", "[plugins]\nk = v\n[foo]\nk = v\n[profile]\nk = v\n[]\nk = v", {}},
    {"NoNewlineAtTheEnd", "[default]\nk = v", {{"default", {{"k", "v"}}}}},
    {"NulBytes", std::string("[default]\nk = a\0b", 17), {{"default", {{"k", {'a', '\0', 'b'}}}}}},
};

INSTANTIATE_TEST_SUITE_P(, ConfigDialect, testing::ValuesIn(readings),
                         [](const auto& test) { return test.param.name; });

struct Misreading {
  std::string name, text, message;
};

class ConfigErrors : public testing::TestWithParam<Misreading> {};

TEST_P(ConfigErrors, NamesFileAndLine) {
  const auto parsed =
      parse_config_file(GetParam().text, "/home/me/.aws/config", ConfigFileKind::config);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Errc::config);
  EXPECT_THAT(parsed.error().message(), HasSubstr("/home/me/.aws/config:" + GetParam().message));
}

const Misreading misreadings[] = {
    {"HeaderWithoutEnd", "\n[profile foo\n", "2: a section header must end with ']'"},
    {"TextAfterAHeader", "[default] x", "1: only a comment may follow"},
    {"SettingBeforeAnySection", "k = v", "1: a setting before the first section"},
    {"ContinuationBeforeAnySection", "  -more", "1: a setting before the first section"},
    {"NoSeparator", "[default]\nk = v\n\nnonsense", "4: expected NAME = VALUE"},
    {"NoName", "[default]\n = v", "2: a setting without a name"},
    {"ContinuationAfterAHeader", "[default]\nk = v\n[default]\n -more", "4: expected NAME = VALUE"},
    {"NestedWithoutSeparator", "[default]\ns3 =\n  nonsense",
     "3: expected NAME = VALUE, a nested setting of 's3'"},
    {"NestedWithoutName", "[default]\ns3 =\n  = v", "3: a nested setting without a name"},
    {"HeaderThatWouldContinueAValue", "[default]\nk = v\n  [profile foo]\nl = w",
     "3: a section header must not be indented"},
};

INSTANTIATE_TEST_SUITE_P(, ConfigErrors, testing::ValuesIn(misreadings),
                         [](const auto& test) { return test.param.name; });

TEST(ConfigFile, AnErrorNeverShowsTheLine) {
  const auto parsed = parse_config_file("[default]\naws_secret_access_key wJalrSENTINEL", "/c",
                                        ConfigFileKind::config);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().describe(), testing::Not(HasSubstr("SENTINEL")));
}

TEST(ConfigFile, SessionsAndServicesHaveSpacesOfTheirOwn) {
  const auto parsed = parse_config_file(
      "[sso-session corp]\nsso_region = eu-west-1\n"
      "[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\nsts =\n  endpoint_url = x\n"
      "[profile corp]\nk = v\n",
      "/c", ConfigFileKind::config);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(texts(parsed->sso_sessions), (Profiles{{"corp", {{"sso_region", "eu-west-1"}}}}));
  EXPECT_EQ(texts(parsed->services), (Profiles{{"local",
                                                {{"s3", ""},
                                                 {"s3.endpoint_url", "http://127.0.0.1:9000"},
                                                 {"sts", ""},
                                                 {"sts.endpoint_url", "x"}}}}));
  EXPECT_EQ(texts(parsed->profiles), (Profiles{{"corp", {{"k", "v"}}}}));
}

TEST(ConfigFile, CredentialsFileHasPlainNames) {
  const auto parsed = parse_config_file("[default]\nk = v\n[prod]\nk = w\n[profile dev]\nk = x\n",
                                        "/c", ConfigFileKind::credentials);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(texts(parsed->profiles), (Profiles{{"default", {{"k", "v"}}}, {"prod", {{"k", "w"}}}}));
  EXPECT_THAT(parsed->unread, ElementsAre(Pair("profile dev", 5)));
}

TEST(ConfigFile, LinesAreRemembered) {
  const auto parsed =
      parse_config_file("# c\n[default]\n\nk = v\ns3 =\n  a = b\n", "/c", ConfigFileKind::config);
  ASSERT_TRUE(parsed);
  const auto& section = parsed->profiles.at("default");
  EXPECT_EQ(section.line, 2);
  EXPECT_EQ(section.values.at("k").line, 4);
  EXPECT_EQ(section.values.at("s3.a").line, 6);
}

TEST(ConfigFile, RemarksOnWhatIsReadOtherwiseThanMeant) {
  const auto parsed = parse_config_file("[default]\nregion = a\nREGION = SENTINEL\nbad name = b\n",
                                        "/c", ConfigFileKind::config);
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->remarks, ElementsAre("/c:3: 'region' is set again here, after line 2; this "
                                           "one holds",
                                           "/c:4: setting 'bad name' is not read: its name is not "
                                           "one"));
}

TEST(ConfigFile, ForeignSectionsAreNoReasonToRemark) {
  const auto parsed = parse_config_file("[plugins]\na = 1\na = 2\n[preview]\nx = y\n", "/c",
                                        ConfigFileKind::config);
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->remarks, IsEmpty());
  EXPECT_THAT(parsed->unread, Contains(Pair("preview", 4)));
}

TEST(ConfigFile, OneThatIsNotThereIsEmpty) {
  const auto parsed = read_config_file("/nonexistent/dir/config", ConfigFileKind::config);
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->profiles, IsEmpty());
  EXPECT_EQ(parsed->path, "/nonexistent/dir/config");
  EXPECT_TRUE(read_config_file("/dev/null", ConfigFileKind::credentials));
}

TEST(ConfigFile, OneThatCannotBeReadIsAnError) {
  const auto parsed = read_config_file("/", ConfigFileKind::config);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Errc::config);
  EXPECT_THAT(parsed.error().message(), HasSubstr("cannot read /: Is a directory"));
}

}  // namespace
}  // namespace s3m::aws

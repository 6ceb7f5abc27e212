#include "aws/config_file.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "aws/local_file.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view blank = " \t";

bool valid_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-/.%@:+").find(c) != std::string_view::npos;
  });
}

bool opens_comment(char c) noexcept {
  return c == '#' || c == ';';
}

// A name as a header has it: in quotes ([profile "my profile"], as the AWS CLI writes it) it may
// have spaces. Empty when it is no name.
std::string_view section_name(std::string_view text) noexcept {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  if (quoted) text = text.substr(1, text.size() - 2);
  const bool valid = std::ranges::all_of(text, [quoted](char c) {
    return valid_name({&c, 1}) || (quoted && c == ' ') || static_cast<unsigned char>(c) >= 0x80;
  });
  return valid ? text : std::string_view();
}

// `value` up to a comment that white space precedes.
std::string_view without_comment(std::string_view value, bool heed_quotes) noexcept {
  char quote = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (heed_quotes && (c == '"' || c == '\'')) {
      quote = c;
    } else if (opens_comment(c) && (i == 0 || blank.contains(value[i - 1]))) {
      return value.substr(0, i);
    }
  }
  return value;
}

class Parser {
 public:
  Parser(std::string path, ConfigFileKind kind) : kind_(kind) { file_.path = std::move(path); }

  Result<void> line(std::string_view text);
  ConfigFile finish();

 private:
  Result<void> header(std::string_view text);
  Result<void> property(std::string_view text);
  Result<void> continuation(std::string_view text);
  void open_section(std::string_view name);
  void open(ConfigFile::Sections& sections, std::string_view name, std::string_view header);
  void leave_unread(std::string_view header);
  void set(std::string key, std::string_view value);

  std::unexpected<Error> error(std::string_view what) const {
    return fail(Errc::config, fmt::format("{}:{}: {}", printable(file_.path), number_, what));
  }
  void remark(std::string_view what) {
    file_.remarks.push_back(fmt::format("{}:{}: {}", printable(file_.path), number_, what));
  }

  ConfigFileKind kind_;
  ConfigFile file_;
  ConfigFile::Sections prefixed_default_;  // [profile default], which sets [default] aside
  ConfigSection ignored_;                  // takes what stands in a section that is not read
  ConfigSection* section_ = nullptr;       // null before the first header
  ConfigValue* value_ = nullptr;           // of the property that a continuation would continue
  std::string key_;                        // of that property
  std::size_t indent_ = 0;                 // of that property
  bool nested_ = false;                    // that property had no value of its own
  int number_ = 0;
};

Result<void> Parser::line(std::string_view text) {
  ++number_;
  const auto content = trim(text);
  if (content.empty() || opens_comment(content.front())) return ok;
  const auto start = text.find_first_not_of(blank);
  const bool continues = value_ != nullptr && start > indent_;
  if (content.front() == '[') {
    // Read as a continuation, as it strictly is, it would give the next profile's keys to this one.
    if (continues) return error("a section header must not be indented deeper than a setting");
    return header(content);
  }
  if (continues) return continuation(content);
  indent_ = start;
  return property(content);
}

Result<void> Parser::header(std::string_view text) {
  value_ = nullptr;
  indent_ = 0;
  const auto end = text.find(']');
  if (end == std::string_view::npos) return error("a section header must end with ']'");
  const auto rest = trim(text.substr(end + 1));
  if (!rest.empty() && !opens_comment(rest.front())) {
    return error("only a comment may follow the ']' of a section header");
  }
  open_section(trim(text.substr(1, end - 1)));
  return ok;
}

void Parser::open_section(std::string_view name) {
  const auto space = name.find_first_of(blank);
  const bool one_word = space == std::string_view::npos;
  const auto kind = name.substr(0, space);
  const auto rest = one_word ? std::string_view() : section_name(trim(name.substr(space)));
  if (kind_ == ConfigFileKind::credentials) {
    const bool foreign = kind == "profile" && !one_word;
    return foreign ? leave_unread(name) : open(file_.profiles, section_name(name), name);
  }
  if (name == "default") return open(file_.profiles, name, name);
  if (kind == "profile" && rest == "default") return open(prefixed_default_, rest, name);
  if (kind == "profile") return open(file_.profiles, rest, name);
  if (kind == "sso-session") return open(file_.sso_sessions, rest, name);
  if (kind == "services") return open(file_.services, rest, name);
  leave_unread(name);
}

void Parser::open(ConfigFile::Sections& sections, std::string_view name, std::string_view header) {
  if (name.empty()) return leave_unread(header);
  auto& section = sections[std::string(name)];
  if (section.line == 0) section.line = number_;
  section_ = &section;
}

void Parser::leave_unread(std::string_view header) {
  file_.unread.try_emplace(std::string(header), number_);
  section_ = &ignored_;
}

Result<void> Parser::property(std::string_view text) {
  if (section_ == nullptr) {
    return error("a setting before the first section header, such as [default]");
  }
  const auto separator = text.find_first_of("=:");
  if (separator == std::string_view::npos) return error("expected NAME = VALUE");
  key_ = lower(trim(text.substr(0, separator)));
  if (key_.empty()) return error("a setting without a name");
  const auto value =
      trim(without_comment(trim(text.substr(separator + 1)), key_ == "credential_process"));
  nested_ = value.empty();
  set(key_, value);
  return ok;
}

Result<void> Parser::continuation(std::string_view text) {
  if (!nested_) {
    value_->text += '\n';
    value_->text += text;
    return ok;
  }
  const auto separator = text.find('=');
  if (separator == std::string_view::npos) {
    return error(fmt::format("expected NAME = VALUE, a nested setting of '{}'", printable(key_)));
  }
  const auto name = trim(text.substr(0, separator));
  if (name.empty()) return error("a nested setting without a name");
  auto* const outer = value_;
  set(key_ + "." + lower(name), trim(without_comment(trim(text.substr(separator + 1)), false)));
  value_ = outer;
  return ok;
}

void Parser::set(std::string key, std::string_view value) {
  if (!valid_name(key)) {
    remark(fmt::format("setting '{}' is not read: its name is not one", printable(key)));
    value_ = &ignored_.values["ignored"];
    return;
  }
  const auto [entry, fresh] = section_->values.try_emplace(std::move(key));
  if (!fresh && section_ != &ignored_) {
    remark(fmt::format("'{}' is set again here, after line {}; this one holds", entry->first,
                       entry->second.line));
  }
  entry->second = {.text = std::string(value), .line = number_};
  value_ = &entry->second;
}

ConfigFile Parser::finish() {
  for (auto& [name, section] : prefixed_default_)
    file_.profiles[name] = std::move(section);
  return std::move(file_);
}

}  // namespace

Result<ConfigFile> parse_config_file(std::string_view text, std::string path, ConfigFileKind kind) {
  Parser parser(std::move(path), kind);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // some editors put it there
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto parsed = parser.line(text.substr(0, end));
    if (!parsed) return forward(parsed);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

Result<ConfigFile> read_config_file(std::string path, ConfigFileKind kind) {
  auto content = read_small_file(path);
  if (!content) return forward(content);
  return parse_config_file(content->value_or(std::string()), std::move(path), kind);
}

}  // namespace s3m::aws

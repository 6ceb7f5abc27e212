#include "net/command_line.hpp"

#include <optional>

namespace s3m::net {

namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view text) : rest_(text) {}

  Result<std::vector<std::string>> split() {
    while (!rest_.empty()) {
      if (!take(next())) return fail(Errc::config, "an open quote or a backslash at the end");
    }
    end_word();
    if (words_.empty()) return fail(Errc::config, "an empty command");
    return std::move(words_);
  }

 private:
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool take(char c) {
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        end_word();
        return true;
      case '\'':
        return take_literal();
      case '"':
        return take_quoted();
      case '\\':
        if (rest_.empty()) return false;
        word().push_back(next());
        return true;
      default:
        word().push_back(c);
        return true;
    }
  }

  bool take_literal() {
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) return false;
    word().append(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_quoted() {
    std::string& into = word();
    while (!rest_.empty()) {
      const char c = next();
      if (c == '"') return true;
      const bool escapes = c == '\\' && !rest_.empty() && (rest_[0] == '"' || rest_[0] == '\\');
      into.push_back(escapes ? next() : c);
    }
    return false;
  }

  // The word that is being read; quotes alone make an empty one.
  std::string& word() {
    if (!word_) word_.emplace();
    return *word_;
  }
  void end_word() {
    if (word_) words_.push_back(std::move(*word_));
    word_.reset();
  }

  std::string_view rest_;
  std::vector<std::string> words_;
  std::optional<std::string> word_;
};

}  // namespace

Result<std::vector<std::string>> split_command_line(std::string_view text) {
  return Splitter(text).split();
}

}  // namespace s3m::net

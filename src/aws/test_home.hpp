// test_home.hpp: for tests: a home directory and an environment of one's own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "aws/config.hpp"

namespace s3m::aws {

class TestHome {
 public:
  TestHome() {
    std::string pattern = std::filesystem::temp_directory_path() / "s3m-home-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    variables_["HOME"] = path_;
  }
  ~TestHome() { std::filesystem::remove_all(path_); }
  TestHome(const TestHome&) = delete;
  TestHome& operator=(const TestHome&) = delete;

  const std::string& path() const noexcept { return path_; }

  // `name` below the home directory; the directories on the way are made. Gives its full path.
  std::string write(const std::string& name, const std::string& content) const {
    const auto file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  void config(const std::string& content) const { write(".aws/config", content); }
  void credentials(const std::string& content) const { write(".aws/credentials", content); }

  void set(const std::string& name, std::string value) { variables_[name] = std::move(value); }

  // What is set later is seen too. Must not outlive this.
  Environment environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }

  SharedConfig load() const {
    auto loaded = SharedConfig::load(environment());
    EXPECT_TRUE(loaded) << loaded.error().message();
    return loaded ? *std::move(loaded) : SharedConfig();
  }

 private:
  std::string path_;
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace s3m::aws

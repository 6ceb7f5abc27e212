// store_test_support.hpp: what the tests of the store share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"

namespace s3m::store {

// A directory of its own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "s3m-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The value of a call that must succeed; its failure ends the test with the reason.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The code of a call that must fail.
template <class T>
Errc failure_of(const Result<T>& result) {
  if (result) throw std::runtime_error("it succeeded");
  return result.error().code();
}

// Starts another process that runs `work` and exits with what it gives, 99 if it throws.
inline pid_t start_child(const std::function<int()>& work) {
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  int code = 99;
  try {
    code = work();
  } catch (const std::exception& exception) {
    static_cast<void>(std::fprintf(stderr, "child: %s\n", exception.what()));
  }
  ::_exit(code);
}

// Waits for the end of `child`: its exit code, or 128 + the signal that killed it.
inline int wait_for(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

inline int run_child(const std::function<int()>& work) {
  return wait_for(start_child(work));
}

}  // namespace s3m::store

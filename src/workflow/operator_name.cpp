#include "workflow/operator_name.hpp"

#include <array>
#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

std::string user_name() {
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  const auto user = ::geteuid();
  const int failed = ::getpwuid_r(user, &entry, space.data(), space.size(), &found);
  if (failed == 0 && found != nullptr) return found->pw_name;
  return fmt::format("user {}", user);
}

std::string machine_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "this machine";
  return name.data();
}

}  // namespace

std::string operator_name() {
  return printable(fmt::format("{} at {}", user_name(), machine_name()));
}

}  // namespace s3m::workflow

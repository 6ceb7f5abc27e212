#include "store/process_identity.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::store {
namespace {

std::string contents_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct ProcStat {
  char state;
  std::string start;  // in ticks since the boot
};

// /proc/PID/stat, proc(5): the name in field 2 stands in parentheses and may hold anything, so
// fields are counted from the last one. State is field 3, the start is field 22.
std::optional<ProcStat> stat_of(std::string_view pid) {
  const auto text = contents_of(fmt::format("/proc/{}/stat", pid));
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos || text.size() < name_end + 3) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(name_end + 2);
  const char state = rest[0];
  for (int field = 3; field < 22; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(space + 1);
  }
  return ProcStat{state, std::string(rest.substr(0, rest.find(' ')))};
}

// The machine's boot and the space that process numbers are from; empty when they are hidden.
std::string surroundings() {
  std::error_code error;
  const auto space = std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  const auto boot = contents_of("/proc/sys/kernel/random/boot_id");
  if (space.empty() || boot.empty()) return {};
  return fmt::format("{} {}", space, trim(boot));
}

struct Named {
  std::string_view pid, start, surroundings;
};

std::optional<Named> parsed(std::string_view process) {
  const auto after_pid = process.find(' ');
  if (after_pid == std::string_view::npos) return std::nullopt;
  const auto after_start = process.find(' ', after_pid + 1);
  if (after_start == std::string_view::npos) return std::nullopt;
  return Named{process.substr(0, after_pid),
               process.substr(after_pid + 1, after_start - after_pid - 1),
               process.substr(after_start + 1)};
}

enum class Life : std::uint8_t { gone, lives, unknown };

bool is_here(const Named& named) {
  const auto own = this_process();
  const auto here = parsed(own);
  return here && !here->surroundings.empty() && named.surroundings == here->surroundings;
}

Life life_of(const Named& named) {
  const auto number = parse_u64(named.pid);
  if (!number || *number == 0 || *number > std::numeric_limits<pid_t>::max()) return Life::unknown;
  if (::kill(static_cast<pid_t>(*number), 0) != 0 && errno == ESRCH) return Life::gone;
  // /proc may be hidden from us; then a living number is all we know.
  const auto stat = stat_of(named.pid);
  if (!stat || !parse_u64(named.start)) return Life::unknown;
  const bool over = stat->start != named.start || stat->state == 'Z' || stat->state == 'X';
  return over ? Life::gone : Life::lives;
}

Life life_of(std::string_view process) {
  const auto named = parsed(process);
  return named && is_here(*named) ? life_of(*named) : Life::unknown;
}

}  // namespace

std::string this_process() {
  static std::mutex mutex;
  static pid_t known = 0;
  static std::string words;
  const std::scoped_lock lock(mutex);
  // Looked for once: later there may be no descriptor left to look with, and a process that took
  // itself for another would lose its own claim.
  if (known == ::getpid()) return words;
  const auto pid = std::to_string(::getpid());
  const auto stat = stat_of(pid);
  const auto around = surroundings();
  words = fmt::format("{} {} {}", pid, stat ? stat->start : "?", around);
  known = stat && !around.empty() ? ::getpid() : 0;
  return words;
}

bool surely_gone(std::string_view process) {
  return life_of(process) == Life::gone;
}

bool surely_lives(std::string_view process) {
  return life_of(process) == Life::lives;
}

std::string process_words(std::string_view process) {
  const auto named = parsed(process);
  if (!named) return "an unknown process";
  return fmt::format("process {} {}", printable(named->pid),
                     is_here(*named) ? "on this machine" : "of another machine or container");
}

}  // namespace s3m::store

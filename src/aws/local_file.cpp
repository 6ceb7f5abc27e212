#include "aws/local_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/ids.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::size_t max_bytes = 1u << 20;

std::string reason(int error) {
  return std::generic_category().message(error);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::optional<std::string>> read_small_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  const auto failed = [&path](std::string_view why) {
    return fail(Errc::config, "cannot read " + printable(path) + ": " + std::string(why));
  };
  if (file.get() < 0) return failed(reason(errno));
  std::string content;
  char buffer[16384];
  while (true) {
    const auto got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(reason(errno));
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) return failed("it is larger than 1 MiB");
  }
}

Result<void> replace_private_file(const std::string& path, std::string_view content) {
  // In the same directory, because a rename replaces in one step only within a file system.
  const std::string temporary = path + "." + random_hex(6) + ".tmp";
  const auto failed = [&](int error) {
    ::unlink(temporary.c_str());
    return fail(Errc::io, "cannot write " + printable(path) + ": " + reason(error));
  };
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) return failed(errno);
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) return failed(errno);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return failed(errno);
  return ok;
}

}  // namespace s3m::aws

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "app/cli.hpp"
#include "app/run.hpp"

int main(int argc, char** argv) {
  using namespace s3m;
  // A reader that goes away (`s3migrator ... | head`) must not end a job without its revoke.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto parsed = app::parse_command_line(std::vector<std::string>(argv, argv + argc));
    if (const auto* notice = std::get_if<app::Notice>(&parsed)) {
      std::fputs(notice->text.c_str(), notice->exit_code == 0 ? stdout : stderr);
      return notice->exit_code;
    }
    return app::run(std::get<app::Arguments>(parsed), aws::process_environment());
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "s3migrator: a bug: %s\n", bug.what());
    return 1;
  }
}

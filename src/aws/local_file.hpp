// local_file.hpp: the small files that credentials come from: configuration, tokens, caches.
//
// Layer      aws; file system only.
// Threading  any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace s3m::aws {

// The whole file; nullopt when there is none. Reads pipes and /dev/null as well as files.
//
// Errors  config when it cannot be read (the path and the system's reason are named) or is larger
//         than 1 MiB, which no file of this kind is.
Result<std::optional<std::string>> read_small_file(const std::string& path);

// Replaces the file in one step: whoever reads it sees the old or the new content, and no one but
// its owner can read the new one (mode 0600). The directory must exist.
//
// Errors  io, naming the path and the system's reason; the old file is then as it was.
Result<void> replace_private_file(const std::string& path, std::string_view content);

}  // namespace s3m::aws

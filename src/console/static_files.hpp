// static_files.hpp: the built page, read once at the start.
//
// Layer      console.
// Threading  immutable once loaded.
// Memory     all files of the directory, which is refused above `most_bytes`.
//
// Only what was found then is ever served, so no path of a request reaches the file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "net/http_server.hpp"

namespace s3m::console {

class StaticFiles {
 public:
  // A page that tells how to get the page.
  StaticFiles();

  // Reads index.html and whatever lies beside and below it; FILE.br and FILE.gz are other forms of
  // FILE. Links are not followed.
  // Errors: config, where there is no index.html; io; too_large.
  static Result<StaticFiles> load(const std::filesystem::path& directory);

  bool has_page() const noexcept { return has_page_; }

  // The answer to a GET of `segments` with these header fields; 404 where there is no such file.
  net::ServerReply reply(const std::vector<std::string>& segments,
                         const net::Headers& headers) const;

  static constexpr std::uintmax_t most_bytes = 64u << 20;

 private:
  struct File {
    std::string type, etag;
    bool immutable = false;           // its name changes with its content
    std::string plain, brotli, gzip;  // empty: not there in this form
  };
  const File* find(const std::vector<std::string>& segments) const;

  std::map<std::string, File, std::less<>> files_;  // "assets/app-1a2b3c.js"
  bool has_page_ = false;
};

}  // namespace s3m::console

#include "console/static_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "console/reply.hpp"

namespace s3m::console {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view page_without_page =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>S3 migrator</title>\n"
    "<h1>S3 migrator</h1>\n<p>The server runs, and answers below <code>/api/v1</code>, but it has "
    "no "
    "page to show: it was built without one.</p>\n<p>Build it with <code>npm ci &amp;&amp; npm run "
    "build</code> in <code>web/</code> of the source tree, and start the server with "
    "<code>--web-root web/dist</code>. A release has the page in it.</p>\n</html>\n";

std::string_view type_of(std::string_view name) {
  constexpr auto types = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".json", "application/json"},
       {".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".ico", "image/x-icon"},
       {".woff2", "font/woff2"},
       {".woff", "font/woff"},
       {".webmanifest", "application/manifest+json"},
       {".txt", "text/plain; charset=utf-8"},
       {".md", "text/plain; charset=utf-8"}});
  const auto found =
      std::ranges::find_if(types, [&](const auto& type) { return name.ends_with(type.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

Result<std::string> content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof())
    return fail(Errc::io, fmt::format("{} cannot be read", printable(path.string())));
  return text;
}

std::string etag_of(std::string_view content) {
  return fmt::format("\"{}\"", hex(bytes_of(sha256(content))).substr(0, 32));
}

// ";q=0", "; q=0.0": the coding is not wanted.
bool refused_by_quality(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return false;
  return parameters.find_first_not_of("0. ", at + 2) == std::string_view::npos;
}

// Whether an Accept-Encoding takes the coding.
bool accepts(std::string_view field, std::string_view coding) {
  while (!field.empty()) {
    const auto end = std::min(field.find(','), field.size());
    const auto item = trim(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const auto parameters = std::min(item.find(';'), item.size());
    if (!iequals(trim(item.substr(0, parameters)), coding)) continue;
    return !refused_by_quality(item.substr(parameters));
  }
  return false;
}

}  // namespace

StaticFiles::StaticFiles() {
  files_["index.html"] = {.type = std::string(type_of(".html")),
                          .etag = etag_of(page_without_page),
                          .plain = std::string(page_without_page),
                          .brotli = {},
                          .gzip = {}};
}

Result<StaticFiles> StaticFiles::load(const fs::path& directory) {
  StaticFiles out;
  out.files_.clear();
  std::error_code failure;
  std::uintmax_t bytes = 0;
  fs::recursive_directory_iterator entries(directory, failure);
  for (; !failure && entries != fs::end(entries); entries.increment(failure)) {
    if (!entries->is_regular_file(failure) || entries->is_symlink(failure)) continue;
    const auto name = entries->path().lexically_relative(directory).generic_string();
    bytes += entries->file_size(failure);
    if (bytes > most_bytes)
      return fail(Errc::too_large,
                  fmt::format("{} is no built page: it holds more than {}",
                              printable(directory.string()), human_bytes(most_bytes)));
    auto content = content_of(entries->path());
    if (!content) return forward(content);
    const bool brotli = name.ends_with(".br"), gzip = name.ends_with(".gz");
    const auto plain_name = brotli || gzip ? name.substr(0, name.size() - 3) : name;
    auto& file = out.files_[plain_name];
    (brotli ? file.brotli : gzip ? file.gzip : file.plain) = *std::move(content);
  }
  if (failure)
    return fail(Errc::io, fmt::format("{} cannot be read: {}", printable(directory.string()),
                                      failure.message()));
  std::erase_if(out.files_, [](const auto& entry) { return entry.second.plain.empty(); });
  if (!out.files_.contains("index.html"))
    return fail(Errc::config, fmt::format("{} has no index.html: name the directory that the build "
                                          "of web/ made",
                                          printable(directory.string())));
  for (auto& [name, file] : out.files_) {
    file.type = type_of(name);
    file.etag = etag_of(file.plain);
    file.immutable = name.starts_with("assets/");
  }
  out.has_page_ = true;
  return out;
}

const StaticFiles::File* StaticFiles::find(const std::vector<std::string>& segments) const {
  const auto name =
      segments.empty() ? std::string("index.html") : fmt::format("{}", fmt::join(segments, "/"));
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

net::ServerReply StaticFiles::reply(const std::vector<std::string>& segments,
                                    const net::Headers& headers) const {
  const auto* const file = find(segments);
  if (file == nullptr)
    return text_reply(404, "text/plain; charset=utf-8", "There is no such page.\n");
  const bool known = headers.get("If-None-Match") == file->etag;
  const auto accepted = headers.get("Accept-Encoding");
  const bool brotli = !file->brotli.empty() && accepts(accepted, "br");
  const bool gzip = !brotli && !file->gzip.empty() && accepts(accepted, "gzip");
  auto reply = text_reply(known ? 304 : 200, file->type,
                          brotli ? file->brotli
                          : gzip ? file->gzip
                                 : file->plain);
  if (brotli || gzip) add_header(reply, "Content-Encoding", brotli ? "br" : "gzip");
  add_header(reply, "Vary", "Accept-Encoding");
  add_header(reply, "ETag", file->etag);
  add_header(reply, "Cache-Control",
             file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
  return reply;
}

}  // namespace s3m::console

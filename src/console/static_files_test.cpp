#include "console/static_files.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "console/test_headers.hpp"

namespace s3m::console {
namespace {

namespace fs = std::filesystem;
using testing::headers;

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() : directory_(fs::temp_directory_path() / ("s3m-web-" + random_hex(6))) {
    fs::create_directories(directory_ / "assets");
    write("index.html", "<html>");
    write("assets/app-1.js", "plain");
    write("assets/app-1.js.br", "brotli");
    write("assets/app-1.js.gz", "gzip");
  }
  ~StaticFilesTest() override { fs::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
  }
  net::ServerReply get(const std::vector<std::string>& segments,
                       const std::vector<std::pair<std::string, std::string>>& fields = {}) {
    auto files = StaticFiles::load(directory_);
    EXPECT_TRUE(files) << files.error().describe();
    return files->reply(segments, headers(fields));
  }

  fs::path directory_;
};

TEST_F(StaticFilesTest, ServesThePage) {
  const auto reply = get({});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "<html>");
  EXPECT_TRUE(reply.headers.contains("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_TRUE(reply.headers.contains("Cache-Control: no-cache\r\n"));
}

TEST_F(StaticFilesTest, PicksTheFormThatIsAccepted) {
  const std::vector<std::string> app{"assets", "app-1.js"};
  EXPECT_EQ(get(app).body, "plain");
  EXPECT_EQ(get(app, {{"Accept-Encoding", "gzip, deflate, br"}}).body, "brotli");
  EXPECT_EQ(get(app, {{"Accept-Encoding", "gzip;q=0.8"}}).body, "gzip");
  EXPECT_EQ(get(app, {{"Accept-Encoding", "br;q=0, gzip; q=0.0"}}).body, "plain");
  const auto reply = get(app, {{"Accept-Encoding", "br"}});
  EXPECT_TRUE(reply.headers.contains("Content-Encoding: br\r\n"));
  EXPECT_TRUE(reply.headers.contains("Content-Type: text/javascript; charset=utf-8\r\n"));
  EXPECT_TRUE(reply.headers.contains("Cache-Control: public, max-age=31536000, immutable\r\n"));
}

TEST_F(StaticFilesTest, AKnownFileIsNotSentAgain) {
  const auto first = get({});
  const auto at = first.headers.find("ETag: ") + 6;
  const auto etag = first.headers.substr(at, first.headers.find('\r', at) - at);
  EXPECT_EQ(get({}, {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(get({}, {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(StaticFilesTest, NothingElseIsServed) {
  fs::create_symlink("/etc/passwd", directory_ / "assets/link.txt");
  EXPECT_EQ(get({"..", "..", "etc", "passwd"}).status, 404);
  EXPECT_EQ(get({"assets", "link.txt"}).status, 404);
  EXPECT_EQ(get({"assets"}).status, 404);
  EXPECT_EQ(get({"assets", "app-1.js.br"}).status, 404);
  EXPECT_EQ(get({"no.js"}).status, 404);
}

TEST_F(StaticFilesTest, ADirectoryWithoutAPageIsNone) {
  fs::remove(directory_ / "index.html");
  auto files = StaticFiles::load(directory_);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code(), Errc::config);
  EXPECT_FALSE(StaticFiles::load(directory_ / "nowhere"));
}

TEST(StaticFiles, WithoutABuildTellsHowToMakeOne) {
  const StaticFiles files;
  EXPECT_FALSE(files.has_page());
  EXPECT_TRUE(files.reply({}, headers({})).body.contains("npm run build"));
}

}  // namespace
}  // namespace s3m::console

#include "net/http_parser.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace s3m::net {
namespace {

HttpFault response_fault(std::string_view text, ParserLimits limits = {}) {
  ResponseParser parser(limits);
  parser.start(true);
  parser.feed(text);
  return parser.fault();
}

HttpFault request_fault(std::string_view text, ParserLimits limits = {}) {
  RequestParser parser(limits);
  parser.start();
  parser.feed(text);
  return parser.fault();
}

ResponseParser parsed(std::string_view text, bool has_body = true) {
  ResponseParser parser;
  parser.start(has_body);
  parser.feed(text);
  return parser;
}

TEST(ResponseParser, ReadsStatusFieldsAndSizedBody) {
  auto parser =
      parsed("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 3\r\nX-Empty:\r\n\r\nabc");
  ASSERT_TRUE(parser.done());
  EXPECT_TRUE(parser.keep_alive());
  const HttpResponse response = parser.take();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.headers.size(), 3u);
  EXPECT_EQ(response.headers.get("etag"), "\"x\"");
  EXPECT_EQ(response.headers.get("X-EMPTY"), "");
  EXPECT_TRUE(response.headers.has("x-empty"));
  EXPECT_FALSE(response.headers.has("x-other"));
}

TEST(ResponseParser, HeadersSurviveMovesOfTheMessage) {
  HttpResponse first = parsed("HTTP/1.1 200 OK\r\na: 1\r\nContent-Length: 0\r\n\r\n").take();
  const HttpResponse second = std::move(first);
  EXPECT_EQ(second.headers.get("a"), "1");
}

TEST(ResponseParser, LeavesWhatFollowsTheMessage) {
  ResponseParser parser;
  parser.start(true);
  const std::string_view message = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
  EXPECT_EQ(parser.feed(std::string(message) + "HTTP/1.1"), message.size());
  EXPECT_TRUE(parser.done());
}

TEST(ResponseParser, ReadsChunksWithExtensionsAndTrailers) {
  auto parser = parsed(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\n \r\n4;name=\"v\"\r\nwxyz\r\n0A \r\n0123456789\r\n0\r\nx-sum: 1\r\ny: 2\r\n\r\n");
  ASSERT_TRUE(parser.done());
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_EQ(parser.take().body, " wxyz0123456789");
}

TEST(ResponseParser, SkipsInterimResponses) {
  auto parser = parsed(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 204 No Content\r\nb: 2\r\n\r\n");
  ASSERT_TRUE(parser.done());
  const HttpResponse response = parser.take();
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers.size(), 1u);
}

TEST(ResponseParser, RefusesInterimResponsesWithoutEnd) {
  std::string many;
  for (int i = 0; i < 40; ++i)
    many += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(response_fault(many), HttpFault::bad_start_line);
  EXPECT_EQ(response_fault("HTTP/1.1 101 Switching\r\n\r\n"), HttpFault::bad_start_line);
}

TEST(ResponseParser, AnswersWithoutBodyIgnoreTheirLength) {
  EXPECT_TRUE(parsed("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", false).done());
  EXPECT_TRUE(parsed("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n").done());
  EXPECT_TRUE(parsed("HTTP/1.1 204 No Content\r\n\r\n").keep_alive());
}

TEST(ResponseParser, ABodyWithoutLengthEndsWithTheConnection) {
  auto parser = parsed("HTTP/1.1 200 OK\r\n\r\nabc");
  EXPECT_TRUE(parser.head_done());
  EXPECT_FALSE(parser.done());
  EXPECT_FALSE(parser.keep_alive());
  parser.end_of_input(true);
  ASSERT_TRUE(parser.done());
  EXPECT_EQ(parser.take().body, "abc");
}

TEST(ResponseParser, ABodyWithoutLengthIsNotCompleteAfterADisorderlyEnd) {
  auto parser = parsed("HTTP/1.1 200 OK\r\n\r\nabc");
  parser.end_of_input(false);
  EXPECT_EQ(parser.fault(), HttpFault::truncated);
}

TEST(ResponseParser, NoticesTruncation) {
  for (const std::string_view text :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"}) {
    auto parser = parsed(text);
    parser.end_of_input(true);
    EXPECT_EQ(parser.fault(), HttpFault::truncated) << text;
  }
}

TEST(ResponseParser, KeepsAConnectionOnlyWhenBothSidesMay) {
  EXPECT_FALSE(
      parsed("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").keep_alive());
  EXPECT_FALSE(
      parsed("HTTP/1.1 200 OK\r\nConnection: x, Close \r\nContent-Length: 0\r\n\r\n").keep_alive());
  EXPECT_TRUE(
      parsed("HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 0\r\n\r\n").keep_alive());
  EXPECT_FALSE(parsed("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive());
}

TEST(ResponseParser, PrefersChunksToALengthAndThenCloses) {
  auto parser = parsed(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n0\r\n\r\n");
  ASSERT_TRUE(parser.done());
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_EQ(parser.take().body, "ab");
}

TEST(ResponseParser, EqualLengthsAreOneLength) {
  EXPECT_TRUE(parsed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na").done());
}

TEST(ResponseParser, RefusesWhatBreaksTheGrammar) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::pair<std::string, HttpFault>> cases = {
      {"HTTP/1.1 20 OK\r\n\r\n", HttpFault::bad_start_line},
      {"HTTP/1.1 200OK\r\n\r\n", HttpFault::bad_start_line},
      {"HTTP/1.1  200 OK\r\n\r\n", HttpFault::bad_start_line},
      {"HTTP/1.1 099 OK\r\n\r\n", HttpFault::bad_start_line},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", HttpFault::bad_start_line},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", HttpFault::bad_start_line},
      {"ICY 200 OK\r\n\r\n", HttpFault::bad_start_line},
      {"HTTP/1.1 200 OK\n\n", HttpFault::bad_start_line},
      {"HTTP/2.0 200 OK\r\n\r\n", HttpFault::bad_version},
      {ok + "a: 1\n\r\n", HttpFault::bad_field},
      {ok + "a: 1\r\n folded\r\n\r\n", HttpFault::bad_field},
      {ok + "a : 1\r\n\r\n", HttpFault::bad_field},
      {ok + ": 1\r\n\r\n", HttpFault::bad_field},
      {ok + "nothing\r\n\r\n", HttpFault::bad_field},
      {ok + "a: 1\r2\r\n\r\n", HttpFault::bad_field},
      {ok + "a: 1" + std::string(1, 0) + "\r\n\r\n", HttpFault::bad_field},
      {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", HttpFault::bad_length},
      {ok + "Content-Length: +1\r\n\r\n", HttpFault::bad_length},
      {ok + "Content-Length: 1, 1\r\n\r\n", HttpFault::bad_length},
      {ok + "Content-Length: 99999999999999999999\r\n\r\n", HttpFault::bad_length},
      {ok + "Content-Length:\r\n\r\n", HttpFault::bad_length},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", HttpFault::bad_coding},
      {ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       HttpFault::bad_coding},
  };
  for (const auto& [text, fault] : cases)
    EXPECT_EQ(response_fault(text), fault) << text;
}

TEST(ResponseParser, RefusesMalformedChunks) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view body :
       {"\r\n", "g\r\n", "-1\r\n", "1\nx", "1\r\nxy", "1\r\nx\n", "11111111111111111\r\n", "1x\r\n",
        "1;a\nb\r\n", "0\r\na\nb", "0\r\n\rx", "0\r\na\rb"}) {
    EXPECT_EQ(response_fault(head + std::string(body)), HttpFault::bad_chunk) << body;
  }
}

TEST(ResponseParser, HoldsItsLimits) {
  const ParserLimits limits{.head_bytes = 64, .body_bytes = 8};
  const std::string_view head = "HTTP/1.1 200 OK\r\n";
  const std::string fits = std::string(head) + "a: " + std::string(64 - 17 - 7, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), 64u);
  EXPECT_EQ(response_fault(fits, limits), HttpFault::none);
  EXPECT_EQ(response_fault(std::string(head) + "a: x" + fits.substr(20), limits),
            HttpFault::head_too_large);
  EXPECT_EQ(response_fault(std::string(65, 'x'), limits), HttpFault::head_too_large);

  const std::string sized = std::string(head) + "Content-Length: ";
  EXPECT_EQ(response_fault(sized + "8\r\n\r\n", limits), HttpFault::none);
  EXPECT_EQ(response_fault(sized + "9\r\n\r\n", limits), HttpFault::body_too_large);
  const std::string open = std::string(head) + "\r\n";
  EXPECT_EQ(response_fault(open + "12345678", limits), HttpFault::none);
  EXPECT_EQ(response_fault(open + "123456789", limits), HttpFault::body_too_large);
  const std::string chunked = std::string(head) + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(response_fault(chunked + "4\r\nabcd\r\n4\r\n", limits), HttpFault::none);
  EXPECT_EQ(response_fault(chunked + "4\r\nabcd\r\n5\r\n", limits), HttpFault::body_too_large);
  EXPECT_EQ(response_fault(chunked + "0\r\n" + std::string(65, 'x'), limits), HttpFault::bad_chunk);
  EXPECT_EQ(response_fault(chunked + "1;" + std::string(65, 'x'), limits), HttpFault::bad_chunk);
}

TEST(RequestParser, ReadsARequest) {
  RequestParser parser;
  parser.start();
  parser.feed("\r\nPUT /b/k%20?x=%2F&y HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
  ASSERT_TRUE(parser.done());
  EXPECT_TRUE(parser.keep_alive());
  const HttpRequest request = parser.take();
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/b/k%20?x=%2F&y");
  EXPECT_EQ(request.headers.get("host"), "h");
  EXPECT_EQ(request.body, "ab");
}

TEST(RequestParser, TakesOneOfSeveralAtATime) {
  const std::string one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  RequestParser parser;
  parser.start();
  EXPECT_EQ(parser.feed(one + one), one.size());
  EXPECT_EQ(parser.take().target, "/1");
}

TEST(RequestParser, KnowsWhoWaitsForA100) {
  RequestParser parser;
  parser.start();
  parser.feed("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_TRUE(parser.head_done());
  EXPECT_TRUE(parser.expects_continue());
  parser.feed("x");
  EXPECT_TRUE(parser.done());
  EXPECT_FALSE(parser.expects_continue());
}

TEST(RequestParser, RefusesWhatBreaksTheGrammar) {
  const std::vector<std::pair<std::string, HttpFault>> cases = {
      {"GET /\r\n\r\n", HttpFault::bad_start_line},
      {"GET  HTTP/1.1\r\n\r\n", HttpFault::bad_start_line},
      {"GET / x HTTP/1.1\r\n\r\n", HttpFault::bad_start_line},
      {"G(T / HTTP/1.1\r\n\r\n", HttpFault::bad_start_line},
      {"GET /\t HTTP/1.1\r\n\r\n", HttpFault::bad_start_line},
      {"\r\n\r\n\r\n\r\n\r\n", HttpFault::bad_start_line},
      {"GET / HTTP/2.0\r\n\r\n", HttpFault::bad_version},
      {"GET / HTTP/1.1\r\n\r\n", HttpFault::bad_field},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HttpFault::bad_field},
      {"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       HttpFault::bad_length},
      {"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", HttpFault::bad_coding},
      {"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HttpFault::bad_coding},
  };
  for (const auto& [text, fault] : cases)
    EXPECT_EQ(request_fault(text), fault) << text;
  EXPECT_EQ(request_fault("GET / HTTP/1.0\r\n\r\n"), HttpFault::none);
}

// --- feeding in pieces is feeding whole

struct Outcome {
  std::size_t taken = 0;
  HttpFault fault = HttpFault::none;
  bool done = false, keep_alive = false;
  int status = 0;
  std::string fields, body;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <class NextSize>
Outcome fed_in_pieces(const std::string& text, NextSize next_size) {
  ResponseParser parser({.head_bytes = 200, .body_bytes = 100});
  parser.start(true);
  Outcome outcome;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min<std::size_t>(next_size(), text.size() - at);
    // A copy of its own, so that the address sanitizer sees reads beyond the piece.
    const std::string piece = text.substr(at, size);
    outcome.taken += parser.feed(piece);
    at += size;
  }
  parser.end_of_input(true);
  outcome.fault = parser.fault();
  outcome.done = parser.done();
  outcome.keep_alive = parser.keep_alive();
  if (!parser.done()) outcome.taken = 0;  // what a refused message took is of no meaning
  if (!parser.done()) return outcome;
  const HttpResponse response = parser.take();
  outcome.status = response.status;
  response.headers.for_each([&](std::string_view name, std::string_view value) {
    outcome.fields.append(name).append("=").append(value).append(";");
  });
  outcome.body = response.body;
  return outcome;
}

std::string random_message(std::mt19937& random) {
  const std::vector<std::string> pieces = {"HTTP/1.1 200 OK\r\n",
                                           "HTTP/1.1 100 Continue\r\n\r\n",
                                           "HTTP/1.0 404 \r\n",
                                           "Content-Length: 5\r\n",
                                           "Content-Length: 0\r\n",
                                           "Transfer-Encoding: chunked\r\n",
                                           "Connection: close\r\n",
                                           "ETag: \"abc\"\r\n",
                                           "\r\n",
                                           "\r\n",
                                           "hello",
                                           "5\r\nhello\r\n",
                                           "0\r\n",
                                           "x: y\r\n",
                                           "\n",
                                           "\r",
                                           "3;a=b\r\nabc\r\n",
                                           " ",
                                           std::string(50, 'z')};
  std::string text = pieces[random() % 3];
  const std::size_t count = random() % 12;
  for (std::size_t i = 0; i < count; ++i)
    text += pieces[random() % pieces.size()];
  return text;
}

TEST(ResponseParserProperty, PiecesGiveTheSameAsTheWhole) {
  std::mt19937 random(20261122);
  int complete = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_message(random);
    const Outcome whole = fed_in_pieces(text, [&] { return text.size(); });
    const Outcome bytes = fed_in_pieces(text, [] { return std::size_t{1}; });
    const Outcome pieces = fed_in_pieces(text, [&] { return std::size_t{1 + random() % 9}; });
    ASSERT_EQ(whole, bytes) << text;
    ASSERT_EQ(whole, pieces) << text;
    complete += whole.done ? 1 : 0;
  }
  EXPECT_GT(complete, 1'000);  // the generator does make whole messages
}

}  // namespace
}  // namespace s3m::net

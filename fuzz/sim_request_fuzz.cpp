// sim_request_fuzz.cpp: any request gets an answer from the simulator: nothing throws, crashes or
// leaves the world in a state that the next request trips over.
//
// Input  requests one after the other, each: method, target and header lines up to an empty line,
//        then the body up to a line "\x1e". A leading '+' has the request signed, so that the fuzz
//        reaches behind the signature check.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "sim/cloud.hpp"
#include "sim/test_support.hpp"

namespace {

using namespace s3m::sim;

std::string_view take(std::string_view& text, std::string_view until) {
  const std::size_t end = text.find(until);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + until.size());
  return taken;
}

Scenario small_world() {
  Scenario scenario = article_scenario();
  BucketSpec& bucket = scenario.bucket("b", source_account);
  bucket.versioning = "Enabled";
  bucket.block_public_access = false;
  bucket.policy = public_policy("b");
  bucket.with(ObjectSpec{.key = "k", .body = "hello", .tags = {{"t", "1"}}})
      .with(ObjectSpec{.key = "big", .size = 6ull << 30, .part_size = 1ull << 30})
      .with(ObjectSpec{.key = "d/x", .body = ""});
  scenario.bucket("c", destination_account);
  return scenario;
}

void play(testing::Rig& rig, const testing::Signer& admin, std::string_view text) {
  const bool is_signed = text.starts_with('+');
  if (is_signed) text.remove_prefix(1);
  std::string_view head = take(text, "\n\n");
  const std::string method(take(head, " "));
  const std::string target(take(head, "\n"));
  Pairs headers;
  while (!head.empty()) {
    std::string_view line = take(head, "\n");
    const std::string name(take(line, ":"));
    headers.emplace_back(name, std::string(s3m::trim(line)));
  }
  const std::string body(text);
  const auto reply =
      is_signed
          ? rig.send(admin, method, target, headers, body)
          : rig.cloud.handle(testing::make_request(method, target, headers, body), rig.now).reply;
  if (reply.status < 100 || reply.status > 599) std::abort();
  if (!reply.headers.empty() && !reply.headers.ends_with("\r\n")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  testing::Rig rig(small_world());
  const testing::Signer admin = rig.user(source_account);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (int requests = 0; !text.empty() && requests < 16; ++requests) {
    play(rig, admin, take(text, "\n\x1e\n"));
  }
  return 0;
}

// test_support.hpp: what the tests of sim share: requests as a parser would give them, signed by a
// few lines of their own.
//
// Layer  tests only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/http_message.hpp"
#include "sim/cloud.hpp"
#include "sim/scenario.hpp"
#include "sim/uri.hpp"

namespace s3m::sim::testing {

inline constexpr WallTime test_start{std::chrono::seconds(1'795'000'000)};

inline net::HttpRequest make_request(std::string method, std::string target, const Pairs& headers,
                                     std::string body = {}) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  std::string block;
  for (const auto& [name, value] : headers)
    block += name + value;
  request.headers.reset(std::move(block));
  std::string_view rest = request.headers.block();
  for (const auto& [name, value] : headers) {
    request.headers.add(rest.substr(0, name.size()), rest.substr(name.size(), value.size()));
    rest.remove_prefix(name.size() + value.size());
  }
  return request;
}

// The value of a header line of an answer; empty when there is none.
inline std::string header_of(const net::ServerReply& reply, std::string_view name) {
  const std::string line = "\r\n" + std::string(name) + ": ";
  const std::string all = "\r\n" + reply.headers;
  const std::size_t at = all.find(line);
  if (at == std::string::npos) return {};
  return all.substr(at + line.size(), all.find("\r\n", at + 2) - at - line.size());
}

// The text of the first element of that name; empty when there is none.
inline std::string element(std::string_view xml, const std::string& name) {
  const std::size_t open = xml.find("<" + name + ">");
  if (open == std::string_view::npos) return {};
  const std::size_t begin = open + name.size() + 2;
  return std::string(xml.substr(begin, xml.find("</" + name + ">", begin) - begin));
}

inline std::vector<std::string> elements(std::string_view xml, const std::string& name) {
  std::vector<std::string> found;
  for (std::size_t at = xml.find("<" + name + ">"); at != std::string_view::npos;
       at = xml.find("<" + name + ">")) {
    found.push_back(element(xml.substr(at), name));
    xml.remove_prefix(at + 1);
  }
  return found;
}

// Signs for one key. Query names in targets must be in order and encoded already.
struct Signer {
  AccessKey key;
  std::string token;
  std::string region = "us-east-1";
  std::string service = "s3";
  std::string host = "127.0.0.1:9000";

  net::HttpRequest sign(std::string method, std::string target, Pairs headers, std::string body,
                        WallTime now) const {
    const std::string date = amz_date(now);
    std::map<std::string, std::string> all{{"host", host}, {"x-amz-date", date}};
    const std::string payload = hex(bytes_of(sha256(body)));
    if (service == "s3") all["x-amz-content-sha256"] = payload;
    if (!token.empty()) all["x-amz-security-token"] = token;
    for (auto& [name, value] : headers)
      all[lower(name)] = value;
    const std::size_t question = target.find('?');
    std::string query = question == std::string::npos ? "" : target.substr(question + 1);
    std::string canonical = method + "\n" + target.substr(0, question) + "\n" + query + "\n";
    std::string names;
    for (const auto& [name, value] : all) {
      canonical += name + ":" + value + "\n";
      names += (names.empty() ? "" : ";") + name;
    }
    canonical += "\n" + names + "\n" + (service == "s3" ? all["x-amz-content-sha256"] : payload);
    const std::string scope = date.substr(0, 8) + "/" + region + "/" + service + "/aws4_request";
    const std::string text =
        "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex(bytes_of(sha256(canonical)));
    Sha256 signing = hmac_sha256("AWS4" + key.secret, date.substr(0, 8));
    for (const std::string_view part :
         {std::string_view(region), std::string_view(service), std::string_view("aws4_request")}) {
      signing = hmac_sha256(bytes_of(signing), part);
    }
    const std::string signature = hex(bytes_of(hmac_sha256(bytes_of(signing), text)));
    Pairs sent(all.begin(), all.end());
    sent.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + key.id + "/" + scope +
                                           ", SignedHeaders=" + names + ", Signature=" + signature);
    return make_request(std::move(method), std::move(target), sent, std::move(body));
  }
};

// A Cloud with a clock of its own, and who talks to it.
struct Rig {
  explicit Rig(const Scenario& scenario = article_scenario())
      : cloud(scenario, test_start), spec(scenario) {}

  Cloud cloud;
  Scenario spec;
  WallTime now = test_start;

  Signer user(std::string_view account, std::string_view name = "admin") const {
    for (const auto& one : spec.accounts) {
      for (const auto& user : one.users) {
        if (one.id == account && user.name == name) return {.key = key_of(one, user), .token = {}};
      }
    }
    return {};
  }

  net::ServerReply send(const Signer& signer, std::string method, std::string target,
                        Pairs headers = {}, std::string body = {}) {
    return cloud
        .handle(signer.sign(std::move(method), std::move(target), std::move(headers),
                            std::move(body), now),
                now)
        .reply;
  }

  // A session of the role, by what STS answers; an empty key when it refuses.
  Signer assume(const Signer& caller, std::string_view role, std::string_view external_id,
                std::string_view session = "test", std::string_view more = {}) {
    Signer sts = caller;
    sts.service = "sts";
    std::string form =
        "Action=AssumeRole&Version=2011-06-15&RoleArn=" + percent_encode(role, false) +
        "&RoleSessionName=" + std::string(session) + std::string(more);
    if (!external_id.empty()) form += "&ExternalId=" + percent_encode(external_id, false);
    const std::string xml = send(sts, "POST", "/", {}, form).body;
    return {.key = {element(xml, "AccessKeyId"), element(xml, "SecretAccessKey")},
            .token = element(xml, "SessionToken")};
  }

  // Along the article's chain.
  Signer source() {
    return assume(assume(user(migrator_account, "migrator"), migrator_role, ""), source_role,
                  source_external_id);
  }
  Signer destination() {
    return assume(assume(user(migrator_account, "migrator"), migrator_role, ""), destination_role,
                  destination_external_id);
  }
};

}  // namespace s3m::sim::testing

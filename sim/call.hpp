// call.hpp: one request on its way through the simulator, and what answers it.
//
// Layer      sim.
// Lifetime   a Call lives as long as handle() works on its request and refers to that request.
#pragma once

#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"
#include "sim/api_error.hpp"
#include "sim/evaluation.hpp"
#include "sim/faults.hpp"
#include "sim/uri.hpp"
#include "sim/world.hpp"

namespace s3m::sim {

using Outcome = std::expected<net::ServerReply, ApiError>;
// For what gives nothing but can be refused.
using Permit = std::expected<void, ApiError>;

struct Operation;
struct SubResource;

class Call final : public ConditionSource {
 public:
  explicit Call(const net::HttpRequest& request) : http(request) {}

  const net::HttpRequest& http;
  std::string_view raw_path;  // still encoded, without the query
  Query query;
  bool sts = false;         // the request is for STS or IAM, not for S3
  Query form;               // STS: the parameters, from the body or the query
  std::string bucket, key;  // decoded; empty where the request names none
  const Operation* operation = nullptr;
  const SubResource* sub_resource = nullptr;
  PrincipalPtr principal;
  std::string access_key;
  std::string region;     // of the signature's scope; empty when unsigned
  std::string_view body;  // without aws-chunked framing
  std::string body_storage;
  Pairs trailer;
  WallTime now;       // by the server's clock, which may be wrong
  WallTime true_now;  // for what takes its time: names, policies, throttles
  std::string request_id;

  std::string_view header(std::string_view name) const { return http.headers.get(name); }
  std::string_view parameter(std::string_view name) const { return query.get(name); }

  // Condition keys that come from the request: s3:prefix, s3:x-amz-*, aws:SourceIp...
  std::optional<std::vector<std::string>> values(std::string_view key) const override;

  // What a scripted fault makes of the content of the answer: a listing's page, DeleteObjects.
  std::optional<FaultEffect> page_fault;

  // Tags of the object that is being judged, for s3:ExistingObjectTag/.
  const Pairs* existing_tags = nullptr;
};

std::unexpected<ApiError> refuse(ApiError error);
std::unexpected<ApiError> refuse(std::string_view code, std::string message = {});

// The first refusal, or the permission when there is none. All are asked, in order.
Permit all_permitted(std::initializer_list<Permit> permits);

// A reply with a body of XML.
net::ServerReply xml_reply(std::string xml);

}  // namespace s3m::sim

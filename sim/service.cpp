#include "sim/service.hpp"

#include <utility>

#include <fmt/format.h>

#include "sim/access.hpp"
#include "sim/aws_chunked.hpp"
#include "sim/bucket_names.hpp"
#include "sim/copy.hpp"
#include "sim/operation.hpp"
#include "sim/routing.hpp"
#include "sim/sts.hpp"

namespace s3m::sim {
namespace {

constexpr std::string_view unknown_operation = "Unknown";

std::string_view name_of(const Call& call) {
  return call.operation == nullptr ? unknown_operation : call.operation->name;
}

ApiError error_of(const FaultRule& fault) {
  ApiError error = api_error(fault.code, fault.message);
  error.status = fault.status;
  if (fault.retry_after) {
    error.headers = fmt::format("x-amz-retry-after: {}\r\n", fault.retry_after->count());
  }
  return error;
}

net::ServerReply::Cut cut_of(FaultEffect effect) {
  switch (effect) {
    case FaultEffect::reset_before_head:
      return net::ServerReply::Cut::before_head;
    case FaultEffect::reset_mid_head:
      return net::ServerReply::Cut::mid_head;
    case FaultEffect::reset_mid_body:
    case FaultEffect::truncated_body:
      return net::ServerReply::Cut::mid_body;
    default:
      return net::ServerReply::Cut::none;
  }
}

RequestRecord record_of(const Call& call) {
  RequestRecord record;
  record.operation = name_of(call);
  record.bucket = call.bucket;
  record.key = call.key;
  record.signer = call.principal ? call.principal->arn : "";
  record.at = call.now;
  const std::string_view source = call.header("x-amz-copy-source");
  if (const auto parsed = parse_copy_source(source); !source.empty() && parsed) {
    record.source = parsed->bucket + "/" + parsed->key;
    if (parsed->versioned) record.source += "?versionId=" + parsed->version_id;
  }
  return record;
}

// White space before the answer. An XML declaration could not follow it, so it goes.
void keep_waiting(net::ServerReply& reply, const FaultRule& fault) {
  reply.chunked = true;
  reply.trickle = std::string(fault.blanks, ' ');
  reply.trickle_gap = fault.blank_gap;
  if (reply.body.starts_with("<?xml")) reply.body.erase(0, reply.body.find("?>") + 2);
}

void strip_body(net::ServerReply& reply) {
  reply.body.clear();
  reply.trickle.clear();
  reply.chunked = false;
}

}  // namespace

Service::Service(const Scenario& scenario)
    : world(scenario), throttle(scenario.throttles), latencies(scenario.latencies) {
  for (const auto& fault : scenario.faults)
    faults.add(fault);
  metrics.record(scenario.record);
}

Permit Service::authenticate(Call& call) {
  auto signer = signatures_.check({.request = call.http,
                                   .path = call.raw_path,
                                   .query = call.query,
                                   .service = call.sts ? form_service(call) : "s3"},
                                  world.directory, world.switches, call.now);
  if (!signer) return refuse(signer.error());
  call.principal = signer->principal;
  call.access_key = signer->authorization.access_key;
  call.region = signer->authorization.region;
  call.body = call.http.body;
  if (is_aws_chunked(call.http.headers)) {
    auto decoded = decode_aws_chunked(call.http, *signer);
    if (!decoded) return refuse(decoded.error());
    call.body_storage = std::move(decoded->bytes);
    call.body = call.body_storage;
    call.trailer = std::move(decoded->trailer);
  }
  return {};
}

Permit Service::prepare(Call& call) {
  if (const auto addressed = address(call); !addressed) return addressed;
  call.sts = is_sts(call);
  const auto routed = call.sts ? route_sts(call) : route(call);
  if (const auto authenticated = authenticate(call); !authenticated) {
    return call.sts ? refuse(as_sts(authenticated.error())) : authenticated;
  }
  return routed;
}

const FaultRule* Service::find_fault(const Call& call) {
  if (faults.empty()) return nullptr;
  return faults.match({.operation = name_of(call),
                       .bucket = call.bucket,
                       .key = call.key,
                       .signer = call.principal->arn});
}

// The world changes behind the client's back. Of a copy it is the source that does.
void Service::meddle(const Call& call, FaultEffect effect) {
  std::string bucket_name = call.bucket;
  std::string key = call.key;
  const std::string_view header = call.header("x-amz-copy-source");
  if (const auto source = parse_copy_source(header); !header.empty() && source) {
    bucket_name = source->bucket;
    key = source->key;
  }
  Bucket* bucket = world.bucket(bucket_name);
  const Version* old = bucket == nullptr ? nullptr : bucket->current(key);
  if (old == nullptr) return;
  if (effect == FaultEffect::delete_object) {
    bucket->erase(key, std::string(old->id));
    return;
  }
  Version version = *old;
  version.content = Content::bytes("overwritten " + world.new_token());
  version.etag = {version.content.md5(), 0};
  version.parts = nullptr;
  version.checksum_type = ChecksumType::full_object;
  version.modified = whole_seconds(call.now);
  if (bucket->versioning == Versioning::enabled) version.id = world.new_token();
  bucket->add(key, std::move(version));
}

Outcome Service::execute(Call& call) {
  if (!throttle.admit(call.bucket, call.key, call.operation->write, call.true_now)) {
    return refuse("SlowDown");
  }
  return call.operation->handler(world, call);
}

// An answer of which the client gets only a piece. Reads have no effect to spare: theirs is the
// real answer.
Outcome Service::cut_off(Call& call, const FaultRule& fault) {
  const bool real = fault.applied || !call.operation->write;
  Outcome outcome = real ? execute(call) : xml_reply(std::string(200, ' '));
  if (!outcome) outcome = xml_reply(s3_error_xml(outcome.error(), {}, call.request_id));
  outcome->chunked = fault.effect == FaultEffect::truncated_body;
  outcome->cut = cut_of(fault.effect);
  return outcome;
}

Outcome Service::execute(Call& call, const FaultRule& fault) {
  switch (fault.effect) {
    case FaultEffect::error:
      if (fault.applied) std::ignore = execute(call);
      return refuse(error_of(fault));
    case FaultEffect::error_in_200: {
      if (fault.applied) std::ignore = execute(call);
      net::ServerReply reply = xml_reply(s3_error_xml(error_of(fault), {}, call.request_id));
      keep_waiting(reply, fault);
      return reply;
    }
    case FaultEffect::trickle: {
      Outcome outcome = execute(call);
      if (outcome) keep_waiting(*outcome, fault);
      return outcome;
    }
    case FaultEffect::reset_before_head:
    case FaultEffect::reset_mid_head:
    case FaultEffect::reset_mid_body:
    case FaultEffect::truncated_body:
      return cut_off(call, fault);
    case FaultEffect::expire_session: {
      world.directory.expire_session(call.access_key, call.now);
      const bool unknown = world.switches.expired_token_is_unknown_key;
      ApiError error = api_error(unknown ? "InvalidAccessKeyId" : "ExpiredToken");
      return refuse(call.sts ? as_sts(std::move(error)) : std::move(error));
    }
    case FaultEffect::overwrite_object:
    case FaultEffect::delete_object:
      meddle(call, fault.effect);
      return execute(call);
    case FaultEffect::page_out_of_order:
    case FaultEffect::page_without_token:
    case FaultEffect::page_empty:
    case FaultEffect::page_repeats_token:
    case FaultEffect::page_goes_back:
    case FaultEffect::names_another_key:
    case FaultEffect::first_key_fails:
      call.page_fault = fault.effect;
      return execute(call);
    case FaultEffect::close:
    case FaultEffect::delay:
      return execute(call);
  }
  return execute(call);
}

net::ServerReply Service::reply_of(const Call& call, Outcome outcome) const {
  const bool sts = call.sts;
  net::ServerReply reply;
  if (outcome) {
    reply = std::move(*outcome);
  } else {
    const ApiError& error = outcome.error();
    reply.status = error.status;
    reply.headers = error.headers;
    add_header(reply, "Content-Type", sts ? "text/xml" : "application/xml");
    reply.body = sts ? sts_error_xml(error, call.request_id, !world.switches.sts_errors_unwrapped)
                     : s3_error_xml(error, call.raw_path, call.request_id);
  }
  if (world.switches.clock_skew.count() != 0) {
    reply.headers.insert(0, "Date: " + http_date(call.now) + "\r\n");
  }
  add_header(reply, sts ? "x-amzn-RequestId" : "x-amz-request-id", call.request_id);
  if (!sts) add_header(reply, "x-amz-id-2", host_id);
  add_header(reply, "Server", "AmazonS3");
  const bool bodiless = call.http.method == "HEAD" || reply.status == 204 || reply.status == 304;
  if (bodiless) strip_body(reply);
  return reply;
}

std::chrono::microseconds Service::latency_of(const Call& call, const FaultRule* fault,
                                              bool worked_on) {
  auto latency = latencies.of(name_of(call), worked_on, call.true_now, faults);
  if (fault != nullptr) latency += fault->delay + faults.jitter(fault->jitter);
  return latency;
}

void Service::note(const Call& call, int status, std::string_view error, bool faulted) {
  metrics.count(name_of(call), status, error);
  if (!metrics.recording()) return;
  RequestRecord record = record_of(call);
  record.status = status;
  record.code = error;
  record.faulted = faulted;
  metrics.add(std::move(record));
}

Answer Service::answer(const net::HttpRequest& request, WallTime now) {
  Call call(request);
  call.true_now = now;
  call.now = now + world.switches.clock_skew;
  call.request_id = world.new_request_id();
  if (!world.thefts.empty()) let_thieves_act(world, now);
  const auto prepared = prepare(call);
  const FaultRule* found = prepared ? find_fault(call) : nullptr;
  // A hook may change the rules.
  const std::optional<FaultRule> fault = found ? std::optional(*found) : std::nullopt;
  if (prepared && hook) hook(record_of(call));
  Outcome outcome = !prepared ? refuse(prepared.error())
                    : fault   ? execute(call, *fault)
                              : execute(call);
  std::string error = outcome ? std::string() : outcome.error().code;
  if (fault && fault->effect == FaultEffect::error_in_200) error = fault->code;

  Answer answer;
  answer.delay = latency_of(call, fault ? &*fault : nullptr, error != "SlowDown");
  answer.reply = reply_of(call, std::move(outcome));
  answer.reply.close |= fault && fault->effect == FaultEffect::close;
  note(call, answer.reply.status, error, fault.has_value());
  return answer;
}

}  // namespace s3m::sim

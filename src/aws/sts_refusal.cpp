#include "aws/sts_refusal.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::chrono::hours chained_limit{1};

// An Error's message cannot be changed, only made anew.
Error rephrased(const Error& original, std::string message) {
  Error error(original.code(), std::move(message), original.retry());
  error.http_status(original.http_status())
      .service_code(original.service_code())
      .request_id(original.request_id())
      .operation(original.operation())
      .region(original.region());
  if (original.retry_after()) error.retry_after(*original.retry_after());
  if (original.server_time()) error.server_time(*original.server_time());
  return error;
}

std::string about_denial(const AssumeRoleRequest& request) {
  return fmt::format(
      "STS gives one answer for several causes: (1) the trust policy of the role does not allow "
      "this caller; (2) {}; (3) the caller's own policies do not allow sts:AssumeRole on the role, "
      "or a policy of its organization forbids it; (4) the role does not exist",
      request.external_id.empty()
          ? "the trust policy asks for an external id, and none was sent"
          : "the external id that was sent is not the one that the trust policy asks for");
}

// What to look at, by what kind of failure it is; empty where STS says it well enough itself.
std::string advice(const Error& error, const AssumeRoleRequest& request, std::string_view caller) {
  switch (error.code()) {
    case Errc::access_denied:
      if (error.service_code() == "RegionDisabledException") {
        return "STS is not activated in this region for the account of the role; use another "
               "region, or activate it there";
      }
      return about_denial(request);
    case Errc::expired_credentials:
      return fmt::format("the session of the caller, {}, is over: renew it there", caller);
    case Errc::invalid_credentials:
      return fmt::format(
          "the keys of the caller, {}, are unknown to this STS or their secret is "
          "another; check that they belong to this endpoint",
          caller);
    case Errc::too_large:
      return "the session policy is too large once STS has packed it";
    case Errc::invalid_request:
      if (request.duration > chained_limit) {
        return "a session of more than one hour needs a role whose maximum allows it, and cannot "
               "be had through another role";
      }
      return {};
    default:
      return {};
  }
}

std::string sentence(std::string_view what, const Error& error, std::string_view advice) {
  std::string text(what);
  if (!error.message().empty()) text += ": " + single_line(error.message());
  if (!advice.empty()) {
    text += text.ends_with('.') ? " " : ". ";
    text += advice;
  }
  return text;
}

}  // namespace

Error explain_refusal(Error error, const AssumeRoleRequest& request, std::string_view caller) {
  const auto what = fmt::format("cannot assume {} as session {} with {}", request.role_arn,
                                request.session_name, caller);
  return rephrased(error, sentence(what, error, advice(error, request, caller)));
}

Error explain_web_identity_refusal(Error error, std::string_view role_arn) {
  const auto what = fmt::format("cannot assume {} by web identity", role_arn);
  std::string advice;
  if (error.code() == Errc::access_denied) {
    advice =
        "the trust policy of the role must name the identity provider that issued the token "
        "and allow its subject and audience; or the role does not exist";
  } else if (error.code() == Errc::expired_credentials) {
    advice = "the token in the file has expired: whoever writes that file has stopped renewing it";
  } else if (error.service_code() == "InvalidIdentityToken") {
    advice =
        "the account of the role has no identity provider for the issuer of this token, or "
        "the token is malformed";
  }
  return rephrased(error, sentence(what, error, advice));
}

}  // namespace s3m::aws

#include "workflow/access.hpp"

#include <algorithm>
#include <array>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::workflow {
namespace {

bool is_host_of_aws(std::string_view host) {
  constexpr std::array suffixes = std::to_array<std::string_view>(
      {".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"});
  return std::ranges::any_of(suffixes, [host](auto suffix) { return host.ends_with(suffix); });
}

std::string partition_name(const aws::EndpointSettings& endpoint) {
  return std::string(aws::partition_of(endpoint.region.empty() ? "us-east-1" : endpoint.region));
}

// Of a malformed URL the text itself: it is refused where it is used.
std::string origin_of(const aws::EndpointSettings& endpoint, std::string& host) {
  const auto url = boost::urls::parse_uri(endpoint.url);
  if (!url) return log::redact_url(endpoint.url);
  host = lower(url->encoded_host());
  const bool tls = iequals(std::string_view(url->scheme()), "https");
  const std::string port = url->has_port() ? std::string(url->port()) : (tls ? "443" : "80");
  return fmt::format("{}://{}:{}", tls ? "https" : "http", host, port);
}

Principal principal_of_role(const Access& access) {
  Principal principal{.arn = access.role_arn};
  if (const auto role = aws::parse_role_arn(access.role_arn)) {
    principal.account = role->account;
    principal.partition = role->partition;
  }
  if (access.session) {
    principal.session_arn = access.session->arn;
    principal.user_id = access.session->role_id;
  }
  return principal;
}

Principal principal_of_caller(const aws::CallerIdentity& caller) {
  Principal principal{.account = caller.account, .user_id = caller.user_id};
  if (const auto arn = aws::parse_arn(caller.arn)) principal.partition = arn->partition;
  if (aws::parse_role_session_arn(caller.arn)) {
    principal.session_arn = caller.arn;
  } else {
    principal.arn = caller.arn;
  }
  return principal;
}

// Nothing where the service does not say, or does not let this identity ask.
net::Task<std::string> owner_id_of(const Access& access) {
  if (is_aws(access.endpoint) || access.own_s3 == nullptr) co_return std::string();
  auto id = co_await access.own_s3->get_own_id();
  if (id) co_return *std::move(id);
  log::info("the {} service does not say whose buckets these credentials list: {}", access.side,
            id.error().describe());
  co_return std::string();
}

Error explain_credentials(const Access& access, Error error) {
  if (access.role_arn.empty()) {
    error.context(fmt::format("no credentials for the {} ({})", access.side,
                              printable(access.identity->describe())));
    return error;
  }
  error.context(fmt::format("the {0} ({1}role-arn, {1}external-id)", access.side, access.options));
  return error;
}

}  // namespace

bool is_aws(const aws::EndpointSettings& endpoint) {
  if (endpoint.is_aws()) return true;
  std::string host;
  origin_of(endpoint, host);
  return is_host_of_aws(host);
}

bool uses_tls(const aws::EndpointSettings& endpoint) {
  return endpoint.is_aws() || lower(endpoint.url).starts_with("https:");
}

std::string service_name(const aws::EndpointSettings& endpoint) {
  if (is_aws(endpoint)) return partition_name(endpoint);
  std::string host;
  return origin_of(endpoint, host);
}

net::Task<Result<Principal>> identify(const Access& access) {
  auto credentials = co_await access.identity->get();
  if (!credentials) co_return fail(explain_credentials(access, std::move(credentials.error())));
  if (!access.role_arn.empty()) {
    auto principal = principal_of_role(access);
    if (principal.account.empty()) principal.owner_id = co_await owner_id_of(access);
    co_return principal;
  }
  auto caller = co_await access.sts->get_caller_identity();
  if (caller) co_return principal_of_caller(*caller);
  if (is_aws(access.endpoint)) {
    co_return fail(explain_credentials(access, std::move(caller.error())));
  }
  log::info("the {} service does not say whose credentials these are: {}", access.side,
            caller.error().describe());
  Principal user{.owner_id = co_await owner_id_of(access)};
  user.account = user.owner_id;
  co_return user;
}

aws::S3 s3_for(const Access& access, std::string region, aws::Runtime& runtime,
               aws::Admission& admission) {
  auto settings = access.endpoint;
  if (!region.empty()) settings.region = std::move(region);
  return aws::S3(aws::Client(runtime, access.identity, std::move(settings), admission));
}

bool same_identity(const Access& source, const Access& destination,
                   const Principal& source_principal, const Principal& destination_principal) {
  if (source.identity == destination.identity) return true;
  const auto name = [](const Principal& principal) {
    return principal.arn.empty() ? principal.session_arn : principal.arn;
  };
  return !name(source_principal).empty() && name(source_principal) == name(destination_principal);
}

}  // namespace s3m::workflow

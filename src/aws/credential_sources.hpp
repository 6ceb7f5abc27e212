// credential_sources.hpp: the places credentials come from, one function each; every one is
// implemented in a file of its own name.
//
// Layer      aws; net below.
// Threading  one loop.
// Secrets    no message, description or log line holds one: not a key, a token, a password, the
//            path of a container's credentials, nor the body of an answer that may contain them.
//
// All are made without a request; what a source reads (a file, an endpoint, a program) it reads
// again at each fetch(), so that renewed keys are seen by a program that runs for days.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "aws/client.hpp"
#include "aws/config_file.hpp"
#include "aws/credentials.hpp"
#include "aws/settings.hpp"
#include "aws/sts.hpp"

namespace s3m::aws {

using SourcePtr = std::unique_ptr<CredentialsSource>;
// A null source: this place is not configured, go on with the next. An Error: it is, but wrongly.
using MaybeSource = Result<SourcePtr>;

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (AWS_SECURITY_TOKEN),
// AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID. Errors: config when the secret is missing, or the
// expiration is no time.
MaybeSource environment_source(const Settings& settings);

// aws_access_key_id and what belongs to it, from that one file: a key of one file with a secret of
// another is never meant. Errors: config when the key id or the secret is empty or missing.
MaybeSource file_keys_source(const ConfigFile& file, ConfigFileKind kind,
                             const std::string& profile);

// Runs credential_process (JSON, version 1) at each fetch, for at most a minute. fetch() fails
// with config, and the end of the program's standard error when it failed; its standard output is
// never shown.
MaybeSource process_source(const Settings& settings);

// The cached token of `aws sso login` for the profile's sso_session, or its own sso_start_url; see
// sso_token.hpp. Errors: config when settings are missing or contradict each other.
MaybeSource sso_source(Runtime& runtime, const Settings& settings);

// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else AWS_CONTAINER_CREDENTIALS_FULL_URI: ECS, EKS Pod
// Identity, Greengrass. Errors: config when the full URI is neither https nor at an address that
// these services use.
MaybeSource container_source(Runtime& runtime, const Settings& settings);

// IMDS version 2 (version 1 hands credentials to whoever can make this program send a GET).
// Null when AWS_EC2_METADATA_DISABLED is true. Errors: config when its settings are malformed.
MaybeSource imds_source(Runtime& runtime, const Settings& settings);

// AssumeRoleWithWebIdentity with the token in a file, which is read again at each fetch.
// `sts` is called without a signature.
struct WebIdentity {
  std::string token_file, role_arn, session_name;
};
SourcePtr web_identity_source(std::shared_ptr<Sts> sts, WebIdentity identity);

// `inner`, its failures and its description preceded by `context` ("profile prod (FILE:12)").
SourcePtr in_context(SourcePtr inner, std::string context);

}  // namespace s3m::aws

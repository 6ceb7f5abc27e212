// sts_refusal.hpp: a refusal of STS in words that lead to its cause.
//
// Layer  aws; pure.
#pragma once

#include <string>
#include <string_view>

#include "aws/sts.hpp"
#include "base/error.hpp"

namespace s3m::aws {

// `error` with its message put into context: which role, asked for by whom (`caller`, a
// description of the identity that signed), what STS said, what can have caused it. Code, status,
// service code and request id stay. The external id and the session policy are not shown.
Error explain_refusal(Error error, const AssumeRoleRequest& request, std::string_view caller);
Error explain_web_identity_refusal(Error error, std::string_view role_arn);

}  // namespace s3m::aws

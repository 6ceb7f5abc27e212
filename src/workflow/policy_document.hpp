// policy_document.hpp: a policy's JSON, read strictly. Shared by the sources of bucket_policy.
//
// Layer  workflow; pure. The header shows Boost.JSON: for sources only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.hpp"

namespace s3m::workflow {

// Errors  refused: not JSON, not an object, a name twice in one object (a parser would keep one of
//         the two and so widen what a Deny or a condition narrows), no Statement.
Result<boost::json::object> parse_policy(std::string_view document);

// The statements, also of a policy whose Statement is a single object.
boost::json::array statements_of(const boost::json::object& policy);

// The Sid; empty when there is none.
std::string_view sid_of(const boost::json::value& statement);

// "statement 2 (Sid "AllowLogs")"; `index` counts from 0.
std::string statement_name(const boost::json::value& statement, std::size_t index);

// A member that is a string or an array of strings; empty when absent.
std::vector<std::string> strings_of(const boost::json::value& statement, std::string_view member);

// The services that `member` names, as "logging.s3.amazonaws.com".
std::vector<std::string> service_principals(const boost::json::value& statement,
                                            std::string_view member);

// The AWS principals of `member` ("Principal", "NotPrincipal"); {"*"} for "*".
std::vector<std::string> aws_principals(const boost::json::value& statement,
                                        std::string_view member);

}  // namespace s3m::workflow

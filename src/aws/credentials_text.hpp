// credentials_text.hpp: credentials as files, programs and metadata endpoints write them.
//
// Layer  aws; pure.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.hpp"

namespace s3m::aws {

// Errors  config when a key or the token has a space or a control character in it: it was cut or
//         wrapped on its way here, and a line break would end up in a request's header.
Result<void> check_sendable(const Credentials& credentials);

// Reads {"AccessKeyId", "SecretAccessKey", TOKEN_FIELD, "Expiration", "AccountId"}; the first two
// must be there, the others may be null or absent.
//
// Errors  protocol, naming the field that is missing or malformed; those of check_sendable. No
//         value and nothing of the document is in the message.
Result<Credentials> credentials_from_json(std::string_view document, std::string_view token_field);

}  // namespace s3m::aws

// wire.hpp: the bytes of a request, encoded and signed, as they go to the server.
//
// Layer   aws; no I/O.
// Source  RFC 9112; the signature covers these bytes, so they are written once and never changed.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "aws/endpoint.hpp"
#include "aws/request.hpp"
#include "aws/sigv4.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace s3m::aws {

struct Signature {
  Signer& signer;
  Identity::Handle credentials;  // may be null when the request is not to be signed
  WallTime time;                 // the server's, as far as it is known
};

// Writes request line and header fields to `head` (cleared first, its memory reused). The body goes
// behind it unchanged.
//
// Errors  invalid_argument when a header's value holds CR, LF or NUL, which would forge another
//         header; config when the request is to be signed and there are no credentials.
Result<void> assemble(std::string& head, const Request& request, const Endpoint& endpoint,
                      const Signature& signature, std::string_view user_agent);

// True if `value` may stand in a header field.
bool valid_header_value(std::string_view value) noexcept;

}  // namespace s3m::aws

// es256.hpp: signatures of JSON Web Tokens by ES256: ECDSA on P-256 with SHA-256.
//
// Layer   console; pure.
// Source  RFC 7518, 3.4.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace s3m::console {

// `signature`: r and s, 32 bytes each. `pem`: a public key.
//
// Errors  access_denied: the signature is not that key's.
//         protocol: `pem` is no public key on P-256.
Result<void> check_es256(std::string_view pem, std::string_view message,
                         std::string_view signature);

}  // namespace s3m::console

// uri.hpp: percent-encoding as S3 signs it, and the decoding of listings.
//
// Layer   aws; pure and thread-safe.
// Source  AWS Signature Version 4, "UriEncode": unreserved characters (A-Z a-z 0-9 - . _ ~) stay,
//         everything else becomes %XX with upper-case digits, a space is %20.
//
// Keys are bytes: nothing here normalises dot segments, repeated slashes or Unicode.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace s3m::aws {

enum class Slash : bool { keep, encode };

// Appends `raw` percent-encoded.
void append_uri_encoded(std::string& out, std::string_view raw, Slash slash);
std::string uri_encode(std::string_view raw, Slash slash = Slash::encode);

// Appends the value of x-amz-copy-source: "bucket/key", encoded but for the slashes, and
// "?versionId=..." as it is when `version` is given (S3 takes the version id unencoded). A '+' must
// be %2B and a '?' %3F: the service decodes '+' to a space and looks for '?' to find the version.
void append_copy_source(std::string& out, std::string_view bucket, std::string_view key,
                        std::string_view version);

// Decodes a value of a listing with encoding-type=url, where '+' is a space. nullopt when a '%' is
// not followed by two hexadecimal digits: the key cannot be known then.
std::optional<std::string> decode_listed(std::string_view encoded);

}  // namespace s3m::aws

#include "sim/aws_chunked.hpp"

#include <charconv>
#include <optional>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::sim {
namespace {

std::unexpected<ApiError> broken() {
  return std::unexpected(api_error("IncompleteBody"));
}

// Verifies the chain of signatures in which each covers the one before it.
class ChunkSignatures {
 public:
  ChunkSignatures(const Authenticated& signer, bool on)
      : signer_(signer), on_(on), previous_(signer.authorization.signature) {}

  bool chunk(std::string_view data, std::string_view signature) {
    return !on_ ||
           verify("AWS4-HMAC-SHA256-PAYLOAD",
                  hex(bytes_of(sha256(""))) + "\n" + hex(bytes_of(sha256(data))), signature);
  }
  bool trailer(const std::string& lines, std::string_view signature) {
    return !on_ || verify("AWS4-HMAC-SHA256-TRAILER", hex(bytes_of(sha256(lines))), signature);
  }

 private:
  bool verify(std::string_view algorithm, const std::string& covered, std::string_view signature) {
    if (signer_.signing_key == nullptr) return false;
    std::string text(algorithm);
    text += "\n" + signer_.timestamp + "\n" + signer_.authorization.scope() + "\n" + previous_ +
            "\n" + covered;
    previous_ = hex(bytes_of(signer_.signing_key->sign(text)));
    return previous_ == signature;
  }

  const Authenticated& signer_;
  bool on_;
  std::string previous_;
};

// The text up to CRLF, taken off the front; nullopt when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

std::optional<std::uint64_t> chunk_size(std::string_view line) {
  line = line.substr(0, line.find(';'));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (error != std::errc() || end != line.data() + line.size()) return std::nullopt;
  return size;
}

std::string_view chunk_signature(std::string_view line) {
  constexpr std::string_view name = ";chunk-signature=";
  const std::size_t at = line.find(name);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + name.size());
}

// Trailer lines end at an empty one or the body's end. False when the signature is wrong.
bool read_trailer(std::string_view text, Pairs& trailer, ChunkSignatures& signatures,
                  bool is_signed) {
  std::string covered;
  std::string signature;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name = lower(trim(line.substr(0, colon)));
    std::string value(trim(line.substr(colon + 1)));
    if (name == "x-amz-trailer-signature") {
      signature = std::move(value);
    } else {
      covered += name + ":" + value + "\n";
      trailer.emplace_back(std::move(name), std::move(value));
    }
  }
  return !is_signed || signatures.trailer(covered, signature);
}

}  // namespace

bool is_aws_chunked(const net::Headers& headers) {
  return headers.get("x-amz-content-sha256").starts_with("STREAMING-");
}

std::expected<DecodedBody, ApiError> decode_aws_chunked(const net::HttpRequest& request,
                                                        const Authenticated& signer) {
  const std::string_view kind = request.headers.get("x-amz-content-sha256");
  const bool is_signed = kind.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  if (!is_signed && kind != "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    return std::unexpected(api_error("NotImplemented"));
  }
  ChunkSignatures signatures(signer, is_signed);
  DecodedBody body;
  std::string_view rest = request.body;
  while (true) {
    const auto line = take_line(rest);
    if (!line) return broken();
    const auto size = chunk_size(*line);
    if (!size || *size > rest.size()) return broken();
    const std::string_view data = rest.substr(0, *size);
    if (!signatures.chunk(data, chunk_signature(*line))) {
      return std::unexpected(api_error("SignatureDoesNotMatch"));
    }
    rest.remove_prefix(*size);
    if (*size == 0) break;
    body.bytes.append(data);
    if (!rest.starts_with("\r\n")) return broken();
    rest.remove_prefix(2);
  }
  if (!read_trailer(rest, body.trailer, signatures, kind.ends_with("-TRAILER"))) {
    return std::unexpected(api_error("SignatureDoesNotMatch"));
  }
  const auto declared = parse_u64(request.headers.get("x-amz-decoded-content-length"));
  if (!declared || *declared != body.bytes.size()) return broken();
  return body;
}

}  // namespace s3m::sim

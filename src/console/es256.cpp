#include "console/es256.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace s3m::console {
namespace {

constexpr std::size_t half = 32;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const noexcept {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Key key_in(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key || EVP_PKEY_is_a(key.get(), "EC") != 1) return nullptr;
  char group[32] = {};
  std::size_t length = 0;
  const bool named = EVP_PKEY_get_group_name(key.get(), group, sizeof group, &length) == 1;
  return named && std::string_view(group, length) == "prime256v1" ? std::move(key) : nullptr;
}

// As OpenSSL takes it; empty for what is none.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * half) return {};
  const Signature pair(ECDSA_SIG_new());
  auto* const r = BN_bin2bn(bytes(signature), half, nullptr);
  auto* const s = BN_bin2bn(bytes(signature) + half, half, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string out;
  if (size > 0) out.assign(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

Result<void> check_es256(std::string_view pem, std::string_view message,
                         std::string_view signature) {
  const auto key = key_in(pem);
  if (!key) return fail(Errc::protocol, "the key is no public key on P-256");
  const auto der = der_of(signature);
  const Digest digest(EVP_MD_CTX_new());
  const bool good =
      !der.empty() && digest &&
      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(digest.get(), bytes(der), der.size(), bytes(message), message.size()) == 1;
  if (good) return ok;
  return fail(Errc::access_denied, "the signature is not the key's");
}

}  // namespace s3m::console

#include "base/hash.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace s3m {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MdContext = std::unique_ptr<EVP_MD_CTX, Free>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free>;

// What fails here is memory or an OpenSSL without its algorithms: nothing a caller could handle.
template <class T>
T* require(T* pointer) {
  if (pointer == nullptr) throw std::runtime_error("OpenSSL lacks SHA-256, HMAC or MD5");
  return pointer;
}
void require(int success) {
  if (success != 1) throw std::runtime_error("an OpenSSL hash failed");
}

// Fetched once and never freed: threads may hash until the process ends.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const fetched = require(EVP_MD_fetch(nullptr, "SHA2-256", nullptr));
  return fetched;
}
// S3 demands MD5 as a checksum, not as security: so "-fips", which a FIPS configuration allows.
const EVP_MD* md5_algorithm() {
  static const EVP_MD* const fetched = require(EVP_MD_fetch(nullptr, "MD5", "-fips"));
  return fetched;
}
EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const fetched = require(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  return fetched;
}

const unsigned char* octets(std::string_view data) {
  // OpenSSL takes a null pointer for "no key given", so even nothing has an address.
  static constexpr unsigned char nothing = 0;
  return data.empty() ? &nothing : reinterpret_cast<const unsigned char*>(data.data());
}

template <std::size_t N>
unsigned char* octets(std::array<std::byte, N>& digest) {
  return reinterpret_cast<unsigned char*>(digest.data());
}

template <std::size_t N>
std::array<std::byte, N> digest_of(const EVP_MD* algorithm, std::string_view data) {
  thread_local const MdContext context(require(EVP_MD_CTX_new()));
  std::array<std::byte, N> digest;
  require(EVP_DigestInit_ex2(context.get(), algorithm, nullptr));
  require(EVP_DigestUpdate(context.get(), data.data(), data.size()));
  require(EVP_DigestFinal_ex(context.get(), octets(digest), nullptr));
  return digest;
}

MacContext new_hmac_context() {
  MacContext context(require(EVP_MAC_CTX_new(hmac_algorithm())));
  char digest_name[] = "SHA2-256";
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  require(EVP_MAC_CTX_set_params(context.get(), parameters.data()));
  return context;
}

Sha256 finish_hmac(EVP_MAC_CTX* context, std::string_view data) {
  Sha256 digest;
  std::size_t written = 0;
  require(EVP_MAC_update(context, octets(data), data.size()));
  require(EVP_MAC_final(context, octets(digest), &written, digest.size()));
  return digest;
}

}  // namespace

Sha256 sha256(std::string_view data) {
  return digest_of<32>(sha256_algorithm(), data);
}

Md5 md5(std::string_view data) {
  return digest_of<16>(md5_algorithm(), data);
}

Sha256 hmac_sha256(std::string_view key, std::string_view data) {
  thread_local const MacContext context = new_hmac_context();
  require(EVP_MAC_init(context.get(), octets(key), key.size(), nullptr));
  return finish_hmac(context.get(), data);
}

HmacKey::HmacKey(std::string_view key) {
  auto context = new_hmac_context();
  require(EVP_MAC_init(context.get(), octets(key), key.size(), nullptr));
  context_ = context.release();
}

HmacKey::HmacKey(HmacKey&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}

HmacKey& HmacKey::operator=(HmacKey&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

HmacKey::~HmacKey() {
  EVP_MAC_CTX_free(static_cast<EVP_MAC_CTX*>(context_));
}

Sha256 HmacKey::sign(std::string_view data) {
  auto* const context = static_cast<EVP_MAC_CTX*>(context_);
  // Without a key the context begins anew with the key it has, already hashed into its pads.
  require(EVP_MAC_init(context, nullptr, 0, nullptr));
  return finish_hmac(context, data);
}

Md5Stream::Md5Stream() {
  MdContext context(require(EVP_MD_CTX_new()));
  require(EVP_DigestInit_ex2(context.get(), md5_algorithm(), nullptr));
  context_ = context.release();
}

Md5Stream::Md5Stream(Md5Stream&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}

Md5Stream& Md5Stream::operator=(Md5Stream&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

Md5Stream::~Md5Stream() {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_));
}

void Md5Stream::update(std::string_view data) {
  require(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), data.data(), data.size()));
}

Md5 Md5Stream::finish() {
  Md5 digest;
  require(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), octets(digest), nullptr));
  return digest;
}

}  // namespace s3m

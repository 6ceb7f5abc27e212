// test_tokens.hpp: tokens as a load balancer makes them, by a key of the test's own.
//
// Layer  tests only.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/text.hpp"
#include "console/oidc_token.hpp"

namespace s3m::console {

inline const std::string test_signer =
    "arn:aws:elasticloadbalancing:eu-central-1:111111111111:loadbalancer/app/console/50dc6c";

inline OidcRules test_rules() {
  return {.signer = test_signer,
          .issuer = "https://login.example.org",
          .client = "console",
          .operators = {{"groups", "s3-operators"}, {"email", "boss@example.org"}}};
}

// As a load balancer writes it: base64url with its padding.
inline std::string base64url(std::string_view text) {
  auto out = base64(text);
  for (auto& c : out) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return out;
}

class TestKey {
 public:
  explicit TestKey(std::string curve = "P-256")
      : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data()), EVP_PKEY_free) {
    if (!key_) throw std::runtime_error("no key could be made");
  }

  std::string pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  // r and s.
  std::string sign(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    const auto* const data = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context.get(), nullptr, &size, data, message.size());
    std::string der(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, data,
                   message.size());
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
    const BIGNUM *r = nullptr, *s = nullptr;
    ECDSA_SIG_get0(pair.get(), &r, &s);
    std::string out(64, '\0');
    BN_bn2binpad(r, reinterpret_cast<unsigned char*>(out.data()), 32);
    BN_bn2binpad(s, reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
    return out;
  }

  static boost::json::object header() {
    return {{"alg", "ES256"},        {"kid", "key-1"},
            {"signer", test_signer}, {"iss", "https://login.example.org"},
            {"client", "console"},   {"exp", 4'000'000'000}};
  }
  static boost::json::object claims() {
    return {{"sub", "u-17"}, {"email", "ann@example.org"}, {"exp", 4'000'000'000}};
  }
  std::string token(const boost::json::object& of_header = header(),
                    const boost::json::object& of_claims = claims()) const {
    const auto text = base64url(boost::json::serialize(of_header)) + "." +
                      base64url(boost::json::serialize(of_claims));
    return text + "." + base64url(sign(text));
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace s3m::console

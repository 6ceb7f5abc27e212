// test_certificates_test.cpp: the implementation of test_certificates.hpp. It has the name of a
// test so that it is built into the test program alone.
#include "net/test_certificates.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace s3m::net::testing {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

void require(bool good) {
  if (!good) throw std::runtime_error("a test certificate cannot be made");
}

EVP_PKEY* new_key() {
  std::string curve = "P-256";
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data());
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate blank(const std::string& name, EVP_PKEY* key, int serial, int days) {
  Certificate made(X509_new());
  constexpr long day = 24L * 60 * 60;
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), days * day);
  X509_set_pubkey(made.get(), key);
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, text, -1, -1,
                             0);
  return made;
}

template <class Write>
void write_file(const std::string& path, Write write) {
  BIO* file = BIO_new_file(path.c_str(), "w");
  require(file != nullptr && write(file) == 1);
  BIO_free(file);
}

}  // namespace

struct TestAuthority::Identity {
  Key key;
  Certificate certificate;
};

TestAuthority::TestAuthority(const std::string& name) : own_(std::make_unique<Identity>()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "s3m-test-XXXXXX").string();
  require(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  own_->key.reset(new_key());
  own_->certificate = blank(name, own_->key.get(), 1, 30);
  X509* const certificate = own_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(certificate, own_->key.get(), EVP_sha256()) != 0);
  file_ = path("ca.pem");
  write_file(file_, [&](BIO* file) { return PEM_write_bio_X509(file, certificate); });
}

TestAuthority::~TestAuthority() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

TestAuthority::Files TestAuthority::issue(const std::string& alternatives, int days) {
  const std::string number = std::to_string(++issued_);
  const Key key(new_key());
  const Certificate certificate = blank("server " + number, key.get(), issued_ + 1, days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(own_->certificate.get()));
  extend(certificate.get(), own_->certificate.get(), NID_subject_alt_name, alternatives);
  require(X509_sign(certificate.get(), own_->key.get(), EVP_sha256()) != 0);
  Files files{.certificate = path("cert" + number + ".pem"), .key = path("key" + number + ".pem")};
  write_file(files.certificate,
             [&](BIO* file) { return PEM_write_bio_X509(file, certificate.get()); });
  write_file(files.key, [&](BIO* file) {
    return PEM_write_bio_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

}  // namespace s3m::net::testing

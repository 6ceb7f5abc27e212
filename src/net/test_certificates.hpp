// test_certificates.hpp: a certificate authority for tests, made when they run.
//
// Layer  tests only, over OpenSSL.
#pragma once

#include <memory>
#include <string>

struct x509_st;
struct evp_pkey_st;

namespace s3m::net::testing {

// Files in a directory of its own, which goes with it.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  struct Files {
    std::string certificate, key;
  };
  // A certificate for `alternatives`, as X.509 writes them ("DNS:a.example,IP:127.0.0.1").
  // `days` below 0 makes one that has run out.
  Files issue(const std::string& alternatives, int days = 1);
  const std::string& certificate_file() const noexcept { return file_; }

 private:
  struct Identity;
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string directory_;
  std::string file_;
  std::unique_ptr<Identity> own_;
  int issued_ = 0;
};

}  // namespace s3m::net::testing

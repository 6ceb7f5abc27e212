// tls.hpp: the TLS settings shared by all connections of a program.
//
// Layer      net, over OpenSSL. Thread-safe once made (SSL_CTX is).
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"

struct ssl_ctx_st;

namespace s3m::net {

struct TlsOptions {
  std::string ca_bundle;  // PEM file; empty: the system's roots. (AWS_CA_BUNDLE)
  bool verify = true;     // false only by an explicit choice of the user
};

class TlsContext {
 public:
  // Errors: config when the bundle cannot be read.
  static Result<std::shared_ptr<TlsContext>> client(const TlsOptions& options);
  // Errors: config when certificate or key cannot be read or do not fit.
  static Result<std::shared_ptr<TlsContext>> server(const std::string& certificate_pem_file,
                                                    const std::string& key_pem_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ssl_ctx_st* native() const noexcept { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace s3m::net

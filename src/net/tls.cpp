#include "net/tls.hpp"

#include <array>
#include <mutex>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls_channel.hpp"
#include "net/tls_internal.hpp"

namespace s3m::net {

namespace {

// ALPN wants each name with its length before it.
constexpr std::array<unsigned char, 9> http11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* slot = static_cast<TlsSessionSlot*>(SSL_get_ex_data(ssl, session_slot_index()));
  if (slot == nullptr) return 0;
  slot->keep(session);
  return 1;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, http11.data(), http11.size(), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Set (to anything) while a context has yet to read the system's roots.
int awaited_roots_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void set_common(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A write may be repeated from another address, and may end after one record.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

}  // namespace

int session_slot_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void read_awaited_roots(SSL_CTX* context) {
  static std::mutex reading;
  const std::lock_guard lock(reading);
  if (SSL_CTX_get_ex_data(context, awaited_roots_index()) == nullptr) return;
  // Without roots every certificate is refused, which says so by itself.
  SSL_CTX_set_default_verify_paths(context);
  SSL_CTX_set_ex_data(context, awaited_roots_index(), nullptr);
  ERR_clear_error();
}

std::string openssl_problem() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsOptions& options) {
  std::shared_ptr<TlsContext> made(new TlsContext(SSL_CTX_new(TLS_client_method())));
  SSL_CTX* const context = made->native();
  if (context == nullptr) return fail(Errc::config, "TLS cannot be set up: " + openssl_problem());
  set_common(context);
  ERR_clear_error();
  if (options.ca_bundle.empty()) {
    SSL_CTX_set_ex_data(context, awaited_roots_index(), made.get());
  } else if (SSL_CTX_load_verify_file(context, options.ca_bundle.c_str()) != 1) {
    return fail(Errc::config,
                "cannot read the CA bundle " + options.ca_bundle + ": " + openssl_problem());
  }
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_alpn_protos(context, http11.data(), http11.size());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  return made;
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const std::string& certificate_pem_file,
                                                       const std::string& key_pem_file) {
  std::shared_ptr<TlsContext> made(new TlsContext(SSL_CTX_new(TLS_server_method())));
  SSL_CTX* const context = made->native();
  if (context == nullptr) return fail(Errc::config, "TLS cannot be set up: " + openssl_problem());
  set_common(context);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_pem_file.c_str()) != 1) {
    return fail(Errc::config,
                "cannot use the certificate " + certificate_pem_file + ": " + openssl_problem());
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_pem_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return fail(Errc::config, "cannot use the key " + key_pem_file + ": " + openssl_problem());
  }
  constexpr std::array<unsigned char, 3> session_context = {'s', '3', 'm'};
  SSL_CTX_set_session_id_context(context, session_context.data(), session_context.size());
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return made;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

}  // namespace s3m::net

// tls_internal.hpp: what the two TLS sources share.
//
// Layer  net.
#pragma once

#include <string>

struct ssl_ctx_st;

namespace s3m::net {

// Where an SSL object keeps its TlsSessionSlot*.
int session_slot_index();

// Reads the system's roots into a client's context that is to have them, once, when the first
// connection needs them: a hundred certificates are 20 ms of work, for nothing where only plain
// HTTP is spoken. Thread-safe.
void read_awaited_roots(ssl_ctx_st* context);

// The first reason in OpenSSL's error queue, which is emptied.
std::string openssl_problem();

}  // namespace s3m::net

// tls_internal.hpp: what the two TLS sources share.
//
// Layer  net.
#pragma once

#include <string>

namespace s3m::net {

// Where an SSL object keeps its TlsSessionSlot*.
int session_slot_index();

// The first reason in OpenSSL's error queue, which is emptied.
std::string openssl_problem();

}  // namespace s3m::net

#include "console/peer_list.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::console {
namespace {

namespace ip = boost::asio::ip;
constexpr unsigned byte_bits = 8;

std::optional<std::vector<unsigned char>> bytes_of(const std::string& text) {
  boost::system::error_code unknown;
  auto address = ip::make_address(text, unknown);
  if (unknown) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return std::vector<unsigned char>(bytes.begin(), bytes.end());
  }
  const auto bytes = address.to_v6().to_bytes();
  return std::vector<unsigned char>(bytes.begin(), bytes.end());
}

bool same_bits(const std::vector<unsigned char>& a, const std::vector<unsigned char>& b,
               unsigned bits) {
  for (std::size_t i = 0; bits > 0; ++i) {
    const auto here = std::min(bits, byte_bits);
    const auto mask = static_cast<unsigned char>(0xFFu << (byte_bits - here));
    if (((a.at(i) ^ b.at(i)) & mask) != 0) return false;
    bits -= here;
  }
  return true;
}

}  // namespace

Result<PeerList> PeerList::make(const std::vector<std::string>& names) {
  PeerList list;
  for (const auto& name : names) {
    const auto slash = name.find('/');
    auto bytes = bytes_of(name.substr(0, slash));
    const auto most = bytes ? bytes->size() * byte_bits : 0;
    const auto bits = slash == std::string::npos ? std::optional<std::uint64_t>(most)
                                                 : parse_u64(name.substr(slash + 1));
    if (!bytes || !bits || *bits == 0 || *bits > most) {
      return fail(Errc::config,
                  fmt::format("\"{}\" is no address and no network; one looks like 10.0.1.17 or "
                              "10.0.1.0/24",
                              printable(name)));
    }
    list.networks_.push_back({*std::move(bytes), static_cast<unsigned>(*bits)});
  }
  return list;
}

bool PeerList::has(const std::string& address) const {
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return network.bytes.size() == bytes->size() && same_bits(network.bytes, *bytes, network.bits);
  });
}

}  // namespace s3m::console

#include "console/peer_list.hpp"

#include <gtest/gtest.h>

namespace s3m::console {
namespace {

TEST(PeerList, KnowsAddressesAndNetworks) {
  const auto list = PeerList::make({"10.0.1.17", "192.168.4.0/22", "fd00:1::/32"});
  ASSERT_TRUE(list) << list.error().describe();
  for (const auto* const in : {"10.0.1.17", "::ffff:10.0.1.17", "192.168.7.255", "fd00:1:2::3"})
    EXPECT_TRUE(list->has(in)) << in;
  for (const auto* const out : {"10.0.1.18", "192.168.8.0", "fd00:2::1", "127.0.0.1", "", "x"})
    EXPECT_FALSE(list->has(out)) << out;
  EXPECT_FALSE(PeerList().has("127.0.0.1"));
}

TEST(PeerList, EverybodyIsNoNetwork) {
  for (const auto* const name :
       {"", "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.0/", "10.0/8", "example.org", "10.0.0.1/x"})
    EXPECT_FALSE(PeerList::make({name})) << name;
}

}  // namespace
}  // namespace s3m::console

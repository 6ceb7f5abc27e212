#include "base/hash.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace s3m {
namespace {

std::string sha256_hex(std::string_view data) {
  return hex(bytes_of(sha256(data)));
}

std::string bytes(std::string_view text) {
  return unhex(text).value();
}

// FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, the_vectors_of_nist) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(std::string_view()), sha256_hex(""));
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

struct HmacVector {
  std::string key, data;
  std::string_view expected;
};

// RFC 4231, section 4, those that are not truncated.
std::vector<HmacVector> rfc4231() {
  const std::string long_key(131, '\xAA');
  return {
      {std::string(20, '\x0B'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xAA'), std::string(50, '\xDD'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xCD'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
}

TEST(Hmac, the_vectors_of_rfc_4231) {
  for (const auto& vector : rfc4231()) {
    EXPECT_EQ(hex(bytes_of(hmac_sha256(vector.key, vector.data))), vector.expected);
  }
}

TEST(Hmac, an_empty_key_is_a_key) {
  EXPECT_EQ(hex(bytes_of(hmac_sha256("", ""))),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(HmacKey({}).sign({}), hmac_sha256("", ""));
}

TEST(Hmac, a_key_signs_many_messages) {
  for (const auto& vector : rfc4231()) {
    HmacKey key(vector.key);
    EXPECT_EQ(hex(bytes_of(key.sign(vector.data))), vector.expected);
    EXPECT_EQ(key.sign("another"), hmac_sha256(vector.key, "another"));
    EXPECT_EQ(hex(bytes_of(key.sign(vector.data))), vector.expected);
  }
}

TEST(Hmac, a_key_moves) {
  HmacKey first("one");
  HmacKey second("two");
  HmacKey moved(std::move(first));
  second = std::move(moved);
  EXPECT_EQ(second.sign("data"), hmac_sha256("one", "data"));
}

TEST(Hash, contexts_of_threads_do_not_meet) {
  const auto expected = sha256("data");
  const auto expected_hmac = hmac_sha256("key", "data");
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (auto& count : wrong) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          count += sha256("data") != expected;
          count += hmac_sha256("key", "data") != expected_hmac;
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

// RFC 1321, appendix A.5.
TEST(Md5, the_vectors_of_rfc_1321) {
  EXPECT_EQ(hex(bytes_of(md5(""))), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(bytes_of(md5("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(bytes_of(md5("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Md5, pieces_make_the_whole) {
  Md5Stream stream;
  stream.update("message");
  Md5Stream moved(std::move(stream));
  moved.update("");
  moved.update(" digest");
  EXPECT_EQ(moved.finish(), md5("message digest"));
  EXPECT_EQ(Md5Stream().finish(), md5(""));
}

constexpr std::string_view check = "123456789";

TEST(Crc, the_check_values) {
  EXPECT_EQ(crc64_nvme(check), 0xAE8B14860A799888ULL);
  EXPECT_EQ(crc32(check), 0xCBF43926U);
  EXPECT_EQ(crc32c(check), 0xE3069283U);
  EXPECT_EQ(crc64_nvme(""), 0U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32c(""), 0U);
}

// RFC 3720, B.4: long enough for the tables of eight bytes.
TEST(Crc, crc32c_of_32_bytes) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
}

// The self-tests of the NVM Command Set specification, 5.2.1.3.4 (4 KiB of 0x00 and of 0xFF).
TEST(Crc, crc64_nvme_of_a_block) {
  EXPECT_EQ(crc64_nvme(std::string(4096, '\0')), 0x6482D367EB22B64EULL);
  EXPECT_EQ(crc64_nvme(std::string(4096, '\xFF')), 0xC0DDBA7302ECA3ACULL);
}

TEST(Crc, goes_on_from_any_cut) {
  std::string data;
  for (int i = 0; i < 64; ++i)
    data += static_cast<char>(i * 37);
  const std::string_view view = data;
  for (std::size_t cut = 0; cut <= data.size(); ++cut) {
    const auto head = view.substr(0, cut);
    const auto tail = view.substr(cut);
    ASSERT_EQ(crc64_nvme(tail, crc64_nvme(head)), crc64_nvme(data)) << cut;
    ASSERT_EQ(crc32(tail, crc32(head)), crc32(data)) << cut;
    ASSERT_EQ(crc32c(tail, crc32c(head)), crc32c(data)) << cut;
  }
}

}  // namespace
}  // namespace s3m

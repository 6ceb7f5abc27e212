// odd_keys.cpp: keys that break clients.
#include <string>
#include <vector>

#include "base/key.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

}  // namespace

std::vector<std::string> odd_keys() {
  return {
      // Spaces, and what a query or a form would decode.
      "odd/ leading space",
      "odd/trailing space ",
      "odd/two  spaces   three",
      "odd/a+b",
      "odd/a b+c d",
      "odd/100%",
      "odd/%41%zz%2F%25",
      "odd/question?mark=1&versionId=null",
      "odd/hash#fragment",
      "odd/semi;colon,comma:colon",
      "odd/equals=and&ampersand",
      "odd/at@tilde~star*bang!",
      "odd/(round)[square]{curly}",
      "odd/back\\slash|pipe^caret`tick",
      "odd/dollar$money",
      // Segments that paths would normalise.
      "/leading slash",
      "//two leading slashes",
      "odd//empty segment",
      "odd///three",
      "odd/trailing slash/",
      "odd/./dot segment",
      "odd/../dot dot segment",
      "odd/..",
      "odd/.",
      ".",
      "..",
      "./relative",
      "../parent",
      // What XML must escape or cannot carry.
      "odd/<tag>&amp;&lt;",
      "odd/'single' \"double\"",
      "odd/]]>",
      "odd/tab\there",
      "odd/line\nfeed",
      "odd/carriage\rreturn",
      "odd/carriage\r\nline",
      "odd/\x01\x02\x1f control",
      "odd/delete\x7f",
      "odd/escape\x1b[31mred",
      "odd/noncharacters \xEF\xBF\xBE \xEF\xBF\xBF",
      // Unicode: two, three and four bytes, composed and not, right to left, joined.
      "odd/caf\xC3\xA9",
      "odd/cafe\xCC\x81",
      "odd/\xC3\x9F\xC3\xA6\xC3\xB8",
      "odd/\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
      "odd/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
      "odd/\xEF\xBD\x86\xEF\xBC\x8F\xEF\xBC\x85",
      "odd/\xF0\x9F\x98\x80 emoji",
      "odd/\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
      "odd/\xF0\x90\x8D\x88 gothic",
      "odd/\xF4\x8F\xBF\xBD last plane",
      "odd/\xE2\x80\xAE right to left",
      "odd/\xC2\xA0no-break space",
      // UTF-8 orders these otherwise than UTF-16: U+FF5E before U+10000.
      "odd/order \xEF\xBD\x9E",
      "odd/order \xF0\x90\x80\x80",
      // As long as a key may be.
      "long/" + std::string(max_key_bytes - 5, 'x'),
      "long/" + repeated("\xE6\x97\xA5", (max_key_bytes - 5) / 3),
      "long/" + repeated("a/", (max_key_bytes - 5) / 2),
      // Neighbours that a wrong comparison confuses.
      "odd/prefix",
      "odd/prefix/",
      "odd/prefix/child",
      "odd/prefix-more",
      "odd/prefix.txt",
      "=formula()",
      "-option",
      "UPPER and lower",
      "a",
  };
}

}  // namespace s3m::sim

#include "aws/xml_element.hpp"

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

XmlElement read(std::string_view text) {
  auto element = read_xml(std::string(text));
  EXPECT_TRUE(element) << text;
  return element ? *std::move(element) : XmlElement{};
}

TEST(XmlElement, ShowsWhatADocumentSays) {
  const auto root = read(
      "<?xml version=\"1.0\"?>\n<Tagging xmlns=\"http://x/\">\n  <TagSet>\n    <Tag><Key>a &amp; b"
      "</Key><Value> </Value></Tag>\n  </TagSet>\n</Tagging>");
  EXPECT_EQ(root.name, "Tagging");
  EXPECT_EQ(root.text, "");
  ASSERT_NE(root.child("TagSet"), nullptr);
  const auto* tag = root.child("TagSet")->child("Tag");
  ASSERT_NE(tag, nullptr);
  EXPECT_EQ(tag->text_of("Key"), "a & b");
  EXPECT_EQ(tag->text_of("Value"), " ");
  EXPECT_EQ(tag->text_of("Nothing"), "");
  EXPECT_EQ(root.child("Tag"), nullptr) << "children, not descendants";
}

TEST(XmlElement, PrefixesAreOverlookedWhenLookedForAndKeptWhenWritten) {
  const auto root = read("<n:A xmlns:n=\"u\"><n:B n:type=\"T\">x</n:B></n:A>");
  EXPECT_EQ(root.text_of("B"), "x");
  EXPECT_NE(write_xml(root).find("<n:B n:type=\"T\">x</n:B>"), std::string::npos);
}

TEST(XmlElement, IsTheSameAfterItWasWritten) {
  for (const auto* text : {"<A/>", "<A><B/></A>",
                           "<A b=\"1 &lt; &quot;2&quot;\"><C>&#13;&amp;amp;</C><C>\xc3\xa9</C></A>",
                           "<A><B> x </B><B>\n</B></A>"}) {
    const auto once = read(text);
    EXPECT_EQ(read(write_xml(once)), once) << text;
  }
}

TEST(XmlElement, RefusesWhatIsNoWholeDocument) {
  for (const auto* text : {"", "{}", "<A>", "<A><B></A>", "<A><B></B>", "<A></A"})
    EXPECT_FALSE(read_xml(text)) << text;
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep = "<A>" + deep + "</A>";
  EXPECT_FALSE(read_xml(deep));
}

}  // namespace
}  // namespace s3m::aws

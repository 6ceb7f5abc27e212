#include "aws/xml.hpp"

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

TEST(XmlRoot, OfAWholeDocument) {
  for (const auto* text :
       {"<A><B/></A>", "<?xml version=\"1.0\"?>\n<A xmlns=\"x\">1</A>\n\n", "\xef\xbb\xbf<A/>",
        "  \r\n  <?xml?><!-- c --><A><A>1</A></A >", "<A />"})
    EXPECT_EQ(root_of_whole_document(text), "A") << text;
}

TEST(XmlRoot, NoneWhereSomethingIsMissing) {
  for (const auto* text : {"",
                           "   ",
                           "A",
                           "<",
                           "<A",
                           "<A>",
                           "<A><B></B>",
                           "<A></A",
                           "<A></B>",
                           "<A>/A>",
                           "<?xml",
                           "<!--",
                           "<!DOCTYPE A><A/>",
                           "<A><B/>",
                           "<AA></A>",
                           "<A></AA>",
                           "{}",
                           "<A></A>x",
                           "</A>",
                           "<></>"})
    EXPECT_EQ(root_of_whole_document(text), std::nullopt) << text;
}

TEST(XmlDocument, GivesTheRootItWasAskedFor) {
  XmlDocument document;
  const auto root = document.parse("<A><B>1</B></A>", "A");
  ASSERT_TRUE(root);
  EXPECT_EQ(text_of(*root, "B"), "1");
  EXPECT_EQ(text_of(*root, "C"), "");
}

TEST(XmlDocument, RefusesAnotherRootAndBrokenText) {
  for (const auto* text : {"<B/>", "<A><B></A>", "", "text", "<A"}) {
    XmlDocument document;
    const auto root = document.parse(text, "A");
    ASSERT_FALSE(root) << text;
    EXPECT_EQ(root.error().code(), Errc::protocol) << text;
  }
}

TEST(XmlDocument, KeepsEveryByteOfAValue) {
  XmlDocument document;
  const auto root =
      document.parse("<A><B> </B><C>a\r\nb&#13;&lt;&amp;&quot;</C><D><![CDATA[<x>]]></D></A>", "A");
  ASSERT_TRUE(root);
  EXPECT_EQ(text_of(*root, "B"), " ");
  EXPECT_EQ(text_of(*root, "C"), "a\r\nb\r<&\"");
  EXPECT_EQ(text_of(*root, "D"), "<x>");
}

TEST(XmlText, IsReadBackAsItWas) {
  const std::string_view hostile = "a<b>&\"'\r\n]]></ETag>";
  std::string text = "<A>";
  append_xml_text(text, hostile);
  text += "</A>";
  XmlDocument document;
  const auto root = document.parse(text, "A");
  ASSERT_TRUE(root);
  EXPECT_EQ(std::string_view(root->child_value()), hostile);
}

}  // namespace
}  // namespace s3m::aws

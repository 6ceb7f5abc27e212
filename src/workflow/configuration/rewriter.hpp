// rewriter.hpp: what the sources of rewrite.hpp share.
//
// Layer   workflow; pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "aws/xml_element.hpp"
#include "workflow/configuration/rewrite.hpp"

namespace s3m::workflow {

// One item on its way through the map.
class Rewriter {
 public:
  Rewriter(const RewriteMap& map, const ConfigurationItem& item, Rewritten& out)
      : map_(map), item_(item), out_(out) {}

  const RewriteMap& map() const noexcept { return map_; }
  std::string_view query() const noexcept { return item_.query; }

  // Puts `to` in the place of `value` and records the change, if it is one.
  void change(std::string_view where, std::string& value, std::string to) {
    if (value == to) return;
    out_.changes.push_back({item_.query, item_.id, std::string(where), value, to});
    value = std::move(to);
  }
  // Both begin with the item's name.
  void not_carried(std::string_view why) { out_.not_carried.push_back(sentence(why)); }
  void note(std::string_view what) { out_.notes.push_back(sentence(what)); }

 private:
  std::string sentence(std::string_view text) const {
    return item_name(item_.query, item_.id) + ": " + std::string(text);
  }
  const RewriteMap& map_;
  const ConfigurationItem& item_;
  Rewritten& out_;
};

// The policy. Errors: refused.
Result<std::string> rewrite_policy(Rewriter& rewriter, const std::string& document);

// Any other document, in place. Gives false when it is not carried; that is recorded then.
// Errors: refused.
Result<bool> rewrite_xml(Rewriter& rewriter, aws::XmlElement& root);

}  // namespace s3m::workflow

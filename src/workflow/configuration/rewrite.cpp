#include "workflow/configuration/rewrite.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/configuration/rewriter.hpp"

namespace s3m::workflow {
namespace {

// What the absence of a setting means, said in words: a bucket made today has these by itself.
constexpr std::string_view open_access =
    "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    "<BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
    "<BlockPublicPolicy>false</BlockPublicPolicy>"
    "<RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
constexpr std::string_view writers_own =
    "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
    "<ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

Result<bool> rewrite_item(Rewriter& rewriter, std::string& document) {
  if (rewriter.query() == "policy") {
    auto policy = rewrite_policy(rewriter, document);
    if (!policy) return forward(policy);
    document = *std::move(policy);
    return true;
  }
  auto root = aws::read_xml(document);
  if (!root) return forward(root);
  const auto before = *root;
  auto carried = rewrite_xml(rewriter, *root);
  if (carried && *carried && *root != before) document = aws::write_xml(*root);
  return carried;
}

// Gives the item if it is carried.
Result<std::optional<ConfigurationItem>> rewritten(const ConfigurationItem& item,
                                                   const RewriteMap& map, Rewritten& out) {
  Rewriter rewriter(map, item, out);
  auto result = item;
  auto carried = rewrite_item(rewriter, result.value.document);
  if (!carried) {
    carried.error().context(item_name(item.query, item.id));
    return forward(carried);
  }
  if (!*carried) return std::nullopt;
  if (contains(map.unsupported_there, item.query)) {
    rewriter.not_carried("the destination's service does not know it");
    return std::nullopt;
  }
  return result;
}

void say_what_absence_means(const Configuration& from, const RewriteMap& map, Configuration& to) {
  const auto add = [&](std::string_view query, std::string_view document) {
    if (!contains(from.absent, query) || contains(map.unsupported_there, query)) return;
    to.items.push_back({std::string(query), {}, {std::string(document), {}}});
  };
  add("publicAccessBlock", open_access);
  add("ownershipControls", writers_own);
}

}  // namespace

Result<Rewritten> rewrite(const Configuration& configuration, const RewriteMap& map) {
  Rewritten out;
  for (const auto& item : configuration.items) {
    auto made = rewritten(item, map, out);
    if (!made) return forward(made);
    if (*made) out.configuration.items.push_back(*std::move(*made));
  }
  say_what_absence_means(configuration, map, out.configuration);
  if (map.moves_account() || map.moves_region())
    out.notes.emplace_back(
        "what is no part of a bucket stays behind: access points, EventBridge rules, CloudFront "
        "distributions, Storage Lens, Access Grants, Batch Operations jobs");
  return out;
}

std::string diff_text(const std::vector<Change>& changes) {
  std::string out;
  for (const auto& change : changes)
    out += fmt::format("{}: {}\n- {}\n+ {}\n", item_name(change.query, change.id),
                       printable(change.where), printable(change.from), printable(change.to));
  return out;
}

}  // namespace s3m::workflow

#include "workflow/configuration/own_marks.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/xml_element.hpp"
#include "base/text.hpp"
#include "workflow/bucket_policy.hpp"
#include "workflow/configuration/configuration.hpp"
#include "workflow/configuration/read.hpp"
#include "workflow/policy_document.hpp"

namespace s3m::workflow {
namespace {

bool is_marker(const aws::XmlElement& tag) {
  return tag.text_of("Key").starts_with(marker_tags);
}

Result<aws::XmlElement> read_tags(const std::string& document) {
  auto root = aws::read_xml(document);
  if (root && root->child("TagSet") == nullptr)
    return fail(Errc::protocol, "the bucket's tags cannot be read: there is no TagSet");
  return root;
}

}  // namespace

Result<std::optional<std::string>> with_markers(const std::optional<std::string>& wanted,
                                                const std::optional<std::string>& current) {
  if (!current) return wanted;
  auto there = read_tags(*current);
  if (!there) return forward(there);
  auto& marks = there->child("TagSet")->children;
  std::erase_if(marks, [](const aws::XmlElement& tag) { return !is_marker(tag); });
  if (marks.empty()) return wanted;
  if (!wanted) return aws::write_xml(*there);
  auto root = read_tags(*wanted);
  if (!root) return forward(root);
  auto& tags = root->child("TagSet")->children;
  tags.insert(tags.end(), marks.begin(), marks.end());
  return aws::write_xml(*root);
}

Result<std::optional<std::string>> without_markers(const std::string& document) {
  auto root = read_tags(document);
  if (!root) return forward(root);
  auto& tags = root->child("TagSet")->children;
  const auto marks = std::erase_if(tags, is_marker);
  if (tags.empty()) return std::nullopt;
  return marks == 0 ? document : aws::write_xml(*root);
}

Result<std::string> with_our_statements(const std::string& wanted,
                                        const std::optional<std::string>& current) {
  if (!current) return wanted;
  auto there = parse_policy(*current);
  if (!there) return forward(there);
  auto policy = parse_policy(wanted);
  if (!policy) return forward(policy);
  auto statements = statements_of(*policy);
  const auto carried = statements.size();
  for (const auto& statement : statements_of(*there))
    if (sid_of(statement).starts_with(our_sids)) statements.push_back(statement);
  if (statements.size() == carried) return wanted;
  (*policy)["Statement"] = std::move(statements);
  auto text = boost::json::serialize(*policy);
  if (text.size() <= max_policy_bytes) return text;
  return fail(Errc::too_large,
              fmt::format("the bucket policy would be {} bytes with the job's own statements, and "
                          "S3 allows {}; shorten the policy of the source",
                          human_count(text.size()), human_count(max_policy_bytes)));
}

}  // namespace s3m::workflow

// Which part of a configuration belongs to which phase of a migration.
#include <algorithm>
#include <array>

#include "aws/xml_element.hpp"
#include "workflow/configuration/apply.hpp"

namespace s3m::workflow {
namespace {

struct Staging {
  std::string_view query;
  Phase phase;
};

constexpr auto stages = std::to_array<Staging>({
    {"publicAccessBlock", Phase::before_data},
    {"ownershipControls", Phase::before_data},
    {"encryption", Phase::before_data},
    {"versioning", Phase::before_data},
    {"object-lock", Phase::before_data},
    {"tagging", Phase::before_data},
    {"cors", Phase::before_data},
    {"accelerate", Phase::before_data},
    {"acl", Phase::before_data},
    {"website", Phase::after_data},
    {"logging", Phase::after_data},
    {"requestPayment", Phase::after_data},
    {"inventory", Phase::after_data},
    {"analytics", Phase::after_data},
    {"metrics", Phase::after_data},
    {"intelligent-tiering", Phase::after_data},
    {"policy", Phase::last},
    {"notification", Phase::last},
    {"lifecycle", Phase::last},
    {"replication", Phase::last},
});

// A document with one more change; as it was where it cannot be read (the service will say so).
template <class Edit>
aws::SubResource edited(aws::SubResource value, Edit edit) {
  auto root = aws::read_xml(value.document);
  if (root && edit(*root)) value.document = aws::write_xml(*root);
  return value;
}

// A history is written into a bucket that keeps one; only then it is suspended.
aws::SubResource versioning_in(const aws::SubResource& value, Phase phase) {
  if (phase != Phase::before_data) return value;
  return edited(value, [](aws::XmlElement& root) {
    auto* status = root.child("Status");
    if (status == nullptr || status->text == "Enabled") return false;
    status->text = "Enabled";
    return true;
  });
}

// A default retention would lock every copy (guard G29).
aws::SubResource object_lock_in(const aws::SubResource& value, Phase phase) {
  if (phase == Phase::last) return value;
  return edited(value, [](aws::XmlElement& root) {
    return std::erase_if(root.children, [](const aws::XmlElement& child) {
             return aws::local_name(child.name) == "Rule";
           }) > 0;
  });
}

}  // namespace

std::optional<aws::SubResource> wanted_in(const ConfigurationItem& item, Phase phase) {
  const auto* const stage = std::ranges::find(stages, item.query, &Staging::query);
  if (stage == stages.end() || stage->phase > phase) return std::nullopt;
  if (item.query == "versioning") return versioning_in(item.value, phase);
  if (item.query == "object-lock") return object_lock_in(item.value, phase);
  return item.value;
}

}  // namespace s3m::workflow

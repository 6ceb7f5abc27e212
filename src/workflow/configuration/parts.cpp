#include "workflow/configuration/parts.hpp"

#include <array>

namespace s3m::workflow {
namespace {

// A document, and the headers that belong to it, a line each.
std::string text_of(const aws::SubResource& value) {
  std::string out = value.document;
  for (const auto& [name, content] : value.headers)
    out += (out.empty() ? "" : "\n") + name + ": " + content;
  return out;
}

// What is said of that part, without its name.
std::string said_of(const std::string& part, const std::vector<std::string>& sentences) {
  const auto prefix = part + ": ";
  std::string out;
  for (const auto& sentence : sentences) {
    if (!sentence.starts_with(prefix)) continue;
    out += (out.empty() ? "" : "; ") + sentence.substr(prefix.size());
  }
  return out;
}

}  // namespace

std::string_view name(PartState state) noexcept {
  constexpr auto names =
      std::to_array<std::string_view>({"same", "rewritten", "not-carried", "added"});
  return names.at(static_cast<std::size_t>(state));
}

std::vector<ConfigurationPart> configuration_parts(const Configuration& source,
                                                   const Configuration& destination,
                                                   const PartNotes& notes) {
  std::vector<ConfigurationPart> parts;
  for (const auto& item : source.items) {
    auto& part = parts.emplace_back();
    part.name = item_name(item.query, item.id);
    part.source = text_of(item.value);
    const auto* const there = destination.find(item.query, item.id);
    if (there == nullptr) {
      part.state = PartState::not_carried;
      part.note = said_of(part.name, notes.not_carried);
      continue;
    }
    part.state = there->value == item.value ? PartState::same : PartState::rewritten;
    part.destination = text_of(there->value);
    part.note = said_of(part.name, notes.notes);
  }
  for (const auto& item : destination.items) {
    if (source.find(item.query, item.id) != nullptr) continue;
    auto& part = parts.emplace_back();
    part.name = item_name(item.query, item.id);
    part.state = PartState::added;
    part.destination = text_of(item.value);
    part.note = said_of(part.name, notes.notes);
  }
  return parts;
}

}  // namespace s3m::workflow

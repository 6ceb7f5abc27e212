// tagging.hpp: tag sets, as XML and as the x-amz-tagging header.
//
// Layer  sim.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sim/call.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

// "a=1&b=2", as a query; nullopt when malformed.
std::optional<Pairs> parse_tagging_header(std::string_view header);
// Errors  MalformedXML, InvalidTag (more than `most`, a name twice, too long).
std::expected<Pairs, ApiError> parse_tagging_xml(std::string_view xml, std::size_t most);
std::expected<Pairs, ApiError> checked_tags(Pairs tags, std::size_t most);
std::string tagging_xml(const Pairs& tags);

Outcome get_object_tagging(World& world, Call& call);
Outcome put_object_tagging(World& world, Call& call);
Outcome delete_object_tagging(World& world, Call& call);

}  // namespace s3m::sim

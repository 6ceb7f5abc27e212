// preconditions.hpp: If-Match and its kin, of reads, of writes and of copy sources.
//
// Layer  sim; pure.
#pragma once

#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// True if the header names the tag: "*", or a list of tags with or without quotes.
bool etag_matches(std::string_view header, std::string_view etag);

// The four headers of a read, or of a copy's source under their x-amz-copy-source- names.
struct ReadConditions {
  std::string_view if_match, if_none_match, if_modified_since, if_unmodified_since;
};
ReadConditions read_conditions(const Call& call);
ReadConditions source_conditions(const Call& call);

// RFC 9110, 13.2.2, with S3's combinations: if-match true beats if-unmodified-since false, and
// if-none-match false beats if-modified-since true.
// Errors  PreconditionFailed; NotModified, where a read may say so.
Permit check_read(const ReadConditions& conditions, const Version& version);

// If-Match and If-None-Match of a write against what the key holds (null: nothing).
// Errors  PreconditionFailed; NoSuchKey for If-Match on nothing; NotImplemented for an
//         If-None-Match of anything but *.
Permit check_write(const World& world, const Call& call, const Version* current);

}  // namespace s3m::sim

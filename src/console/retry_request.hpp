// retry_request.hpp: which failures are to be tried again: the body of /retry in openapi.json.
//
// Layer   console; pure but for is_attempt(), which is called on the store's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "console/reply.hpp"
#include "store/store.hpp"

namespace s3m::console {

struct RetryRequest {
  std::vector<std::uint64_t> numbers;  // empty: all
  std::optional<int> attempt;          // whose failures these are
};

// Problems: 422 with the fields that are not understood.
Answer<RetryRequest> read_retry(const boost::json::object& body);

// "1 failure", for the record of what was done.
std::string chosen_words(const RetryRequest& request);

// Problems: 409 where the job was run again since; 404; those of the store.
Answer<void> is_attempt(store::Store& store, const std::string& id, std::optional<int> attempt);

}  // namespace s3m::console

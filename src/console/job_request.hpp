// job_request.hpp: a job that is asked for: schema JobRequest of openapi.json.
//
// Layer   console; pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "console/reply.hpp"

namespace s3m::console {

struct SideRequest {
  std::string uri, role_arn, external_id, profile, endpoint, region;
};

struct JobRequest {
  std::string kind;  // "copy", "migrate"
  SideRequest source, destination;
  std::string migrator_role_arn;
  // Long names without the dashes; a flag has no value, what is repeated several.
  struct Option {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Option> options;
};

// Problems: 422 with each field that is not understood.
Answer<JobRequest> read_job_request(const boost::json::object& body);
// The member `options` alone; empty where it is not there. Problems: likewise.
Answer<std::vector<JobRequest::Option>> read_options(const boost::json::object& body);
boost::json::object to_json(const JobRequest& request);

// A string of a body; empty where it is not there, or is none.
std::string text_field(const boost::json::object& body, std::string_view name);

}  // namespace s3m::console

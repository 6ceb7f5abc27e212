// access.hpp: one side of a job as the composition root prepared it, and who it is to the service.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/s3.hpp"
#include "aws/sts.hpp"
#include "transfer/location.hpp"
#include "workflow/grant_statements.hpp"

namespace s3m::workflow {

struct Access {
  std::string side;     // "source", "destination" or "bucket", for messages
  std::string options;  // how its options on the command line begin: "--source-", "--"
  transfer::Location location;
  aws::EndpointSettings endpoint;
  bool region_given = false;  // on the command line: then the bucket must be there
  std::shared_ptr<aws::Identity> identity;
  std::shared_ptr<aws::Sts> sts;              // signed by `identity`
  std::shared_ptr<aws::S3> own_s3;            // likewise; asked who it is where STS cannot tell
  std::string role_arn;                       // empty: no role is assumed
  std::shared_ptr<aws::RoleSession> session;  // of that role, filled as it is assumed
  // The same role under another session name, by which a Deny that spares our session alone is
  // proven; null where no role is assumed. Assumed when it is first used.
  std::shared_ptr<aws::Identity> stranger;
};

// Names the service behind an endpoint, the same way in every run: the partition for AWS, whatever
// the form of the host, else the origin of the URL. Equal names are one name space of buckets.
std::string service_name(const aws::EndpointSettings& endpoint);
bool is_aws(const aws::EndpointSettings& endpoint);
bool uses_tls(const aws::EndpointSettings& endpoint);

// Obtains the credentials and finds out whose they are: by the role's ARN, else by asking STS.
// Where a service other than AWS has no accounts, or does not answer that question, S3 is asked
// whose buckets these credentials list: users are its accounts. Else the principal stays unknown.
//
// Errors  whatever obtaining the credentials says, with what to check.
net::Task<Result<Principal>> identify(const Access& access);

// Whether both sides are one identity: by the identity itself, or by what the service calls them.
bool same_identity(const Access& source, const Access& destination,
                   const Principal& source_principal, const Principal& destination_principal);

// The S3 calls of `access` against its endpoint, in `region`.
aws::S3 s3_for(const Access& access, std::string region, aws::Runtime& runtime,
               aws::Admission& admission);

}  // namespace s3m::workflow

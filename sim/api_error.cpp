#include "sim/api_error.hpp"

#include <algorithm>
#include <array>

#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

struct Known {
  std::string_view code;
  int status;
  std::string_view message;
};

constexpr auto known_errors = std::to_array<Known>({
    {"AccessControlListNotSupported", 400, "The bucket does not allow ACLs"},
    {"AccessDenied", 403, "Access Denied"},
    {"AuthorizationHeaderMalformed", 400, "The authorization header is malformed."},
    {"BadDigest", 400,
     "The Content-MD5 or checksum value that you specified did not match what the server "
     "received."},
    {"BucketAlreadyExists", 409,
     "The requested bucket name is not available. The bucket namespace is shared by all users of "
     "the system. Please select a different name and try again."},
    {"BucketAlreadyOwnedByYou", 409,
     "Your previous request to create the named bucket succeeded and you already own it."},
    {"BucketNotEmpty", 409, "The bucket you tried to delete is not empty"},
    {"ConditionalRequestConflict", 409,
     "The conditional request cannot succeed due to a conflicting operation against this "
     "resource."},
    {"EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed object size."},
    {"EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size"},
    {"ExpiredToken", 400, "The provided token has expired."},
    {"IllegalLocationConstraintException", 400,
     "The specified location constraint is incompatible for the region specific endpoint this "
     "request was sent to."},
    {"IllegalVersioningConfigurationException", 400,
     "The versioning configuration specified in the request is invalid."},
    {"IncompleteBody", 400,
     "You did not provide the number of bytes specified by the Content-Length HTTP header"},
    {"InternalError", 500, "We encountered an internal error. Please try again."},
    {"InvalidAccessKeyId", 403,
     "The AWS Access Key Id you provided does not exist in our records."},
    {"InvalidArgument", 400, "Invalid Argument"},
    {"InvalidBucketName", 400, "The specified bucket is not valid."},
    {"InvalidClientTokenId", 403, "The security token included in the request is invalid."},
    {"InvalidDigest", 400, "The Content-MD5 you specified was invalid."},
    {"InvalidLocationConstraint", 400, "The specified location-constraint is not valid"},
    {"InvalidObjectState", 403, "The operation is not valid for the object's storage class"},
    {"InvalidPart", 400,
     "One or more of the specified parts could not be found.  The part may not have been uploaded, "
     "or the specified entity tag may not match the part's entity tag."},
    {"InvalidPartNumber", 416, "The requested partnumber is not satisfiable"},
    {"InvalidPartOrder", 400,
     "The list of parts was not in ascending order. Parts must be ordered by part number."},
    {"InvalidRange", 416, "The requested range is not satisfiable"},
    {"InvalidRequest", 400, "Invalid Request"},
    {"InvalidTag", 400, "The tag provided was not a valid tag."},
    {"InvalidToken", 400, "The provided token is malformed or otherwise invalid."},
    {"InvalidURI", 400, "Couldn't parse the specified URI."},
    {"KeyTooLongError", 400, "Your key is too long"},
    {"MalformedACLError", 400,
     "The XML you provided was not well-formed or did not validate against our published schema"},
    {"MalformedPolicy", 400, "Policies must be valid JSON and the first byte must be '{'"},
    {"MalformedPolicyDocument", 400, "The policy is not in the valid JSON format."},
    {"MalformedXML", 400,
     "The XML you provided was not well-formed or did not validate against our published schema"},
    {"MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size"},
    {"MethodNotAllowed", 405, "The specified method is not allowed against this resource."},
    {"MissingSecurityHeader", 400, "Your request was missing a required header."},
    {"NoSuchBucket", 404, "The specified bucket does not exist"},
    {"NoSuchBucketPolicy", 404, "The bucket policy does not exist"},
    {"NoSuchKey", 404, "The specified key does not exist."},
    {"NoSuchTagSet", 404, "The TagSet does not exist"},
    {"NoSuchUpload", 404,
     "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
     "been aborted or completed."},
    {"NoSuchVersion", 404, "The specified version does not exist."},
    {"NotImplemented", 501, "A header you provided implies functionality that is not implemented"},
    {"NotModified", 304, "Not Modified"},
    {"ObjectNotInActiveTierError", 403,
     "The source object of the COPY action is not in the active tier"},
    {"OperationAborted", 409,
     "A conflicting conditional operation is currently in progress against this resource. Please "
     "try again."},
    {"PackedPolicyTooLarge", 400,
     "The total packed size of the session policies exceeds the limit."},
    {"PermanentRedirect", 301,
     "The bucket you are attempting to access must be addressed using the specified endpoint. "
     "Please send all future requests to this endpoint."},
    {"PolicyTooLarge", 400, "The policy exceeds the maximum allowed document size."},
    {"PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"},
    {"RequestTimeTooSkewed", 403,
     "The difference between the request time and the current time is too large."},
    {"RequestTimeout", 400,
     "Your socket connection to the server was not read from or written to within the timeout "
     "period."},
    {"RestoreAlreadyInProgress", 409, "Object restore is already in progress"},
    {"ServiceUnavailable", 503, "Service is unable to handle request."},
    {"SignatureDoesNotMatch", 403,
     "The request signature we calculated does not match the signature you provided. Check your "
     "key and signing method."},
    {"SlowDown", 503, "Please reduce your request rate."},
    {"TemporaryRedirect", 307,
     "Please re-send this request to the specified temporary endpoint. Continue to use the "
     "original request endpoint for future requests."},
    {"Throttling", 400, "Rate exceeded"},
    {"UnexpectedContent", 400, "This request does not support content"},
    {"ValidationError", 400,
     "The input fails to satisfy the constraints specified by the service."},
    {"XAmzContentSHA256Mismatch", 400,
     "The provided 'x-amz-content-sha256' header does not match what was computed."},
});

}  // namespace

ApiError api_error(std::string_view code, std::string message) {
  ApiError error;
  error.code = code;
  const auto* known = std::find_if(known_errors.begin(), known_errors.end(),
                                   [&](const Known& entry) { return entry.code == code; });
  if (known != known_errors.end()) {
    error.status = known->status;
    error.message = known->message;
  }
  if (!message.empty()) error.message = std::move(message);
  return error;
}

std::string s3_error_xml(const ApiError& error, std::string_view resource,
                         std::string_view request_id) {
  XmlWriter xml("Error", {});
  xml.leaf("Code", error.code).leaf("Message", error.message);
  for (const auto& [name, text] : error.fields)
    xml.leaf(name, text);
  if (!resource.empty()) xml.leaf("Resource", resource);
  xml.leaf("RequestId", request_id).leaf("HostId", host_id);
  return xml.finish();
}

std::string sts_error_xml(const ApiError& error, std::string_view request_id, bool wrapped) {
  XmlWriter xml(wrapped ? "ErrorResponse" : "Error", wrapped ? sts_namespace : "");
  if (wrapped) xml.open("Error");
  xml.leaf("Type", error.status < 500 ? "Sender" : "Receiver");
  xml.leaf("Code", error.code).leaf("Message", error.message);
  if (wrapped) xml.close();
  xml.leaf("RequestId", request_id);
  return xml.finish();
}

void add_header(net::ServerReply& reply, std::string_view name, std::string_view value) {
  reply.headers.append(name).append(": ");
  const std::size_t begin = reply.headers.size();
  reply.headers.append(value);
  for (std::size_t i = begin; i < reply.headers.size(); ++i) {
    const auto byte = static_cast<unsigned char>(reply.headers[i]);
    if (byte < 0x20 || byte == 0x7F) reply.headers[i] = ' ';
  }
  reply.headers.append("\r\n");
}

}  // namespace s3m::sim

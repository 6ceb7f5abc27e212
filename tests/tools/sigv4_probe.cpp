// sigv4_probe.cpp: assembles and signs requests as s3migrator does, for comparing the bytes with
// another program's. One JSON object a line on standard input, the head of the request as one JSON
// string a line on standard output.
//
//   {"service", "method", "region", "host", "base_path", "bucket_in_host", "bucket", "key"
//   (base64),
//    "query": [[name, value (base64)]...], "headers": [[name, value (base64)]...], "body" (base64),
//    "access_key", "secret", "token", "time": "20130524T000000Z"}
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "aws/wire.hpp"
#include "base/text.hpp"

namespace {

using namespace s3m;
using namespace s3m::aws;
namespace json = boost::json;

std::string text(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

std::string bytes(const json::value& value) {
  return unbase64(std::string(value.as_string())).value();
}

Method method_of(const std::string& text) {
  for (const auto method : {Method::get, Method::head, Method::put, Method::post, Method::del}) {
    if (name(method) == text) return method;
  }
  throw std::invalid_argument("no such method: " + text);
}

// A field's name is a view: the document it stands in outlives the request.
template <class Fields>
void add_fields(Fields& fields, const json::value& pairs) {
  for (const auto& pair : pairs.as_array()) {
    const auto& field = pair.as_array();
    fields.push_back({std::string_view(field.at(0).as_string()), bytes(field.at(1))});
  }
}

std::string head_of(Signer& signer, const json::object& object) {
  const auto service = text(object, "service");
  Request request{.operation = "Probe",
                  .service = service,
                  .method = method_of(text(object, "method")),
                  .bucket = text(object, "bucket"),
                  .key = bytes(object.at("key")),
                  .body = bytes(object.at("body"))};
  add_fields(request.query, object.at("query"));
  add_fields(request.headers, object.at("headers"));
  const Endpoint endpoint{.host = text(object, "host"),
                          .base_path = text(object, "base_path"),
                          .region = text(object, "region"),
                          .bucket_in_host = object.at("bucket_in_host").as_bool()};
  const auto credentials =
      std::make_shared<const Credentials>(Credentials{.access_key_id = text(object, "access_key"),
                                                      .secret_access_key = text(object, "secret"),
                                                      .session_token = text(object, "token")});
  std::string head;
  const auto assembled =
      assemble(head, request, endpoint,
               {signer, credentials, parse_amz_date(text(object, "time")).value()}, "probe");
  return assembled ? head : assembled.error().describe();
}

}  // namespace

int main() {
  Signer signer;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << json::serialize(json::string(head_of(signer, json::parse(line).as_object())))
              << '\n';
  return 0;
}

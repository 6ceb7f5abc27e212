// form.hpp: the body of a request of the query protocol (STS, IAM).
//
// Layer  aws, for its sources alone; pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "aws/request.hpp"
#include "aws/uri.hpp"

namespace s3m::aws {

// A body of application/x-www-form-urlencoded.
class Form {
 public:
  Form(std::string_view action, std::string_view version) {
    add("Action", action);
    add("Version", version);
  }
  void add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += name;
    text_ += '=';
    append_uri_encoded(text_, value, Slash::encode);
  }
  void add_if_set(std::string_view name, std::string_view value) {
    if (!value.empty()) add(name, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// `operation` and `service` are literals.
inline Request form_request(std::string_view operation, std::string_view service, Form form) {
  using namespace std::chrono_literals;
  Request request{.operation = operation,
                  .service = service,
                  .method = Method::post,
                  .answer = Answer::xml,
                  .body = form.take(),
                  .timeouts = {.connect = 5s, .response = 20s, .total = 30s}};
  request.headers.push_back({"content-type", "application/x-www-form-urlencoded; charset=utf-8"});
  return request;
}

}  // namespace s3m::aws

// DeleteObjects (Amazon S3 API reference; guards G5 and G6).
#include <map>

#include <fmt/format.h>

#include "aws/classify.hpp"
#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"
#include "base/hash.hpp"
#include "base/key.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

void append_element(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out.append("<").append(name).append(">");
  append_xml_text(out, text);
  out.append("</").append(name).append(">");
}

std::string delete_document(const std::vector<DeleteTarget>& targets) {
  std::string out = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const auto& target : targets) {
    out += "<Object>";
    append_element(out, "Key", target.key);
    append_element(out, "VersionId", target.version);
    append_element(out, "ETag", quoted_etag(target.etag));
    out += "</Object>";
  }
  return out += "</Delete>";
}

// Finds what an element of the answer is about.
class Answers {
 public:
  explicit Answers(const std::vector<DeleteTarget>& targets)
      : targets_(targets), outcomes_(targets.size()), answered_(targets.size()) {
    for (std::size_t i = 0; i < targets.size(); ++i)
      by_key_.emplace(targets[i].key, i);
  }

  Result<void> read(pugi::xml_node element) {
    const bool gone = std::string_view(element.name()) == "Deleted";
    const auto key = text_of(element, "Key"), version = text_of(element, "VersionId");
    const auto index = find(key, version);
    if (!index) {
      return unexpected(key,
                        "the answer names a key or version that was not asked for, or names it "
                        "twice: what else was deleted is not known");
    }
    answered_[*index] = true;
    if (gone) return ok;
    auto error =
        judge_part(std::string(text_of(element, "Code")), std::string(text_of(element, "Message")));
    error.key(std::string(key));
    outcomes_[*index].emplace(std::move(error));
    return ok;
  }

  Result<DeleteOutcomes> take() {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (!answered_[i]) {
        return unexpected(targets_[i].key, "the answer does not say what became of the key");
      }
    }
    return std::move(outcomes_);
  }

 private:
  std::optional<std::size_t> find(std::string_view key, std::string_view version) const {
    const auto [first, last] = by_key_.equal_range(key);
    const bool only_one = first != last && std::next(first) == last;
    for (auto each = first; each != last; ++each) {
      const auto& target = targets_[each->second];
      // Some services leave the version out.
      const bool same = target.version == version || (only_one && version.empty());
      if (same && !answered_[each->second]) return each->second;
    }
    return std::nullopt;
  }

  static std::unexpected<Error> unexpected(std::string_view key, std::string_view what) {
    return fail(Errc::protocol, fmt::format("{} (\"{}\")", what, printable(key)));
  }

  const std::vector<DeleteTarget>& targets_;
  DeleteOutcomes outcomes_;
  std::vector<bool> answered_;
  std::multimap<std::string_view, std::size_t> by_key_;
};

}  // namespace

Request delete_objects_request(const DeleteManyRequest& many) {
  auto request = s3_request("DeleteObjects", Method::post, RequestKind::remove, many.bucket);
  request.query.push_back({"delete", ""});
  request.answer = Answer::xml;
  request.timeouts = patient;
  request.admission = many.admission;
  request.body = delete_document(many.objects);
  add_owner(request, many.expected_owner);
  // S3 demands a checksum of this body; of all kinds every service knows this one.
  add_header(request, "content-md5", base64(bytes_of(md5(request.body))));
  add_header(request, "content-type", "application/xml");
  return request;
}

Result<DeleteOutcomes> parse_delete_result(std::string body,
                                           const std::vector<DeleteTarget>& targets) {
  XmlDocument document;
  auto root = document.parse(std::move(body), {"DeleteResult", "DeleteObjectsOutput"});
  if (!root) return forward(root);
  Answers answers(targets);
  for (const auto element : root->children()) {
    const std::string_view name = element.name();
    if (name != "Deleted" && name != "Error") continue;
    auto read = answers.read(element);
    if (!read) return forward(read);
  }
  return answers.take();
}

net::Task<Result<DeleteOutcomes>> S3::delete_objects(DeleteManyRequest many) {
  for (const auto& target : many.objects) {
    if (!needs_single_delete(target.key)) continue;
    Error error(Errc::refused, "the key cannot be carried by a DeleteObjects request");
    error.operation("DeleteObjects").bucket(many.bucket).key(target.key);
    co_return fail(std::move(error));
  }
  auto response = co_await client_.call(delete_objects_request(many));
  if (!response) co_return forward(response);
  auto outcomes = parse_delete_result(std::move(response->body), many.objects);
  const std::string request_id(response->headers.get("x-amz-request-id"));
  const auto name_it = [&](Error& error) {
    error.operation("DeleteObjects").bucket(many.bucket).request_id(request_id);
    error.http_status(response->status);
  };
  if (!outcomes) {
    name_it(outcomes.error());
    co_return outcomes;
  }
  for (auto& outcome : *outcomes)
    if (outcome) name_it(*outcome);
  co_return outcomes;
}

}  // namespace s3m::aws

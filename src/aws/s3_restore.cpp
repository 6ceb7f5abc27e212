// RestoreObject, and what a HEAD tells of a restore (Amazon S3 API reference).
#include <fmt/format.h>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

// An archive tier of INTELLIGENT_TIERING is left for good, so it takes no number of days.
std::string restore_document(const RestoreRequest& request) {
  std::string out = "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  if (request.days > 0) out += fmt::format("<Days>{}</Days>", request.days);
  out += "<GlacierJobParameters><Tier>";
  append_xml_text(out, request.tier);
  out += "</Tier></GlacierJobParameters></RestoreRequest>";
  return out;
}

}  // namespace

RestoreState parse_restore_state(std::string_view header) {
  if (header.contains("ongoing-request=\"true\"")) return RestoreState::in_progress;
  return header.contains("ongoing-request=\"false\"") ? RestoreState::ready : RestoreState::none;
}

Request restore_request(RestoreRequest restore) {
  auto body = restore_document(restore);
  auto request = object_request("RestoreObject", Method::post, RequestKind::write,
                                std::move(restore.object), std::move(restore.expected_owner));
  request.query.push_back({"restore", ""});
  add_header(request, "content-md5", base64(bytes_of(md5(body))));
  add_header(request, "content-type", "application/xml");
  request.body = std::move(body);
  return request;
}

net::Task<Result<RestoreAnswer>> S3::restore_object(RestoreRequest restore) {
  auto answer = co_await exchange<RestoreAnswer>(
      client_, restore_request(std::move(restore)), [](net::HttpResponse& response) {
        return Result<RestoreAnswer>(response.status == 202 ? RestoreAnswer::requested
                                                            : RestoreAnswer::ready);
      });
  if (!answer && answer.error().code() == Errc::conflict) co_return RestoreAnswer::in_progress;
  co_return answer;
}

}  // namespace s3m::aws

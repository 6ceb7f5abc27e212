#include "transfer/attribute_carrier.hpp"

#include <optional>
#include <utility>

#include "transfer/failures.hpp"

namespace s3m::transfer {
namespace {

std::string not_known(std::string_view what, std::string_view right) {
  return std::string("it is not known whether the object has ")
             .append(what)
             .append(": ")
             .append(right) +
         " is missing";
}

}  // namespace

AttributeCarrier::AttributeCarrier(Context& context, const CopyOptions& options, Counters& counters)
    : context_(context), rules_(options.attributes), counters_(counters) {}

aws::ObjectAddress AttributeCarrier::address_of(const aws::ObjectEntry& source) const {
  return {.bucket = context_.source.location.bucket, .key = source.key, .version = source.version};
}

net::Task<Result<Carried>> AttributeCarrier::look(aws::ObjectEntry source) {
  aws::ObjectHead seen;
  if (rules_.look) {
    auto head = co_await context_.source.reader->head_object(
        {.object = address_of(source),
         .part_number = {},
         .if_match = source.etag,
         .expected_owner = context_.source.expected_owner});
    ++counters_.looks;
    if (!head) co_return forward(head);
    if (head->etag != source.etag) {
      Error error(Errc::precondition_failed, "the object was changed while it was looked at");
      error.operation("HeadObject").bucket(context_.source.location.bucket).key(source.key);
      co_return fail(std::move(error));
    }
    seen = std::move(*head);
  }
  co_return co_await carried(std::move(seen), address_of(source));
}

net::Task<Result<Carried>> AttributeCarrier::carried(aws::ObjectHead source,
                                                     aws::ObjectAddress address) {
  std::optional<aws::Acl> acl;
  std::vector<Loss> losses;
  if (rules_.read_acl) {
    auto read =
        co_await context_.source.reader->get_object_acl(address, context_.source.expected_owner);
    ++counters_.looks;
    if (read) {
      acl = std::move(*read);
    } else if (read.error().code() == Errc::access_denied) {
      losses.push_back({Attribute::acl, not_known("an ACL of its own", "s3:GetObjectAcl")});
    } else if (read.error().code() != Errc::not_supported) {
      co_return forward(read);
    }
  }
  if (rules_.locked) {
    auto seen = co_await see_locks(source, std::move(address), losses);
    if (!seen) co_return forward(seen);
  }
  auto carried = carry(source, acl ? &*acl : nullptr, rules_, context_.runtime.clock.now());
  for (auto& loss : losses)
    carried.losses.push_back(std::move(loss));
  co_return carried;
}

net::Task<Result<void>> AttributeCarrier::see_locks(aws::ObjectHead& source,
                                                    aws::ObjectAddress address,
                                                    std::vector<Loss>& losses) {
  const auto& side = context_.source;
  if (source.lock_mode.empty()) {
    auto retention = co_await side.reader->get_object_retention(address, side.expected_owner);
    ++counters_.looks;
    if (retention) {
      source.lock_mode = std::move(retention->mode);
      source.lock_retain_until = std::move(retention->until);
    } else if (retention.error().code() == Errc::access_denied) {
      losses.push_back({Attribute::retention, not_known("a retention", "s3:GetObjectRetention")});
    } else {
      co_return forward(retention);
    }
  }
  if (source.legal_hold.empty()) {
    auto hold =
        co_await side.reader->get_object_legal_hold(std::move(address), side.expected_owner);
    ++counters_.looks;
    if (hold) {
      source.legal_hold = *hold ? "ON" : "OFF";
    } else if (hold.error().code() == Errc::access_denied) {
      losses.push_back({Attribute::legal_hold, not_known("a legal hold", "s3:GetObjectLegalHold")});
    } else {
      co_return forward(hold);
    }
  }
  co_return ok;
}

net::Task<Result<aws::Pairs>> AttributeCarrier::tags(aws::ObjectAddress source, int tag_count,
                                                     std::vector<Loss>& losses) {
  if (!tags_known_) co_return aws::Pairs{};
  auto tags = co_await context_.source.reader->get_object_tagging(std::move(source),
                                                                  context_.source.expected_owner);
  if (tags || tag_count > 0) co_return tags;
  if (tags.error().code() == Errc::access_denied) {
    losses.push_back({Attribute::tags, not_known("tags", "s3:GetObjectTagging")});
    co_return aws::Pairs{};
  }
  if (tags.error().code() != Errc::not_supported) co_return tags;
  tags_known_ = false;
  co_return aws::Pairs{};
}

net::Task<Result<void>> AttributeCarrier::carry_annotations(aws::ObjectAddress source,
                                                            std::string copy_key,
                                                            std::string copy_etag,
                                                            std::vector<Loss>& losses) {
  if (!annotations_known_) co_return ok;
  auto names = co_await context_.source.reader->list_object_annotations(
      source, context_.source.expected_owner);
  if (!names && names.error().code() == Errc::not_supported) {
    annotations_known_ = false;
    co_return ok;
  }
  if (!names && names.error().code() == Errc::access_denied) {
    losses.push_back({Attribute::annotations, not_known("annotations", "s3:GetObjectAnnotation")});
    co_return ok;
  }
  if (!names) co_return forward(names);
  for (auto& name : *names) {
    auto carried = co_await carry_annotation(source, copy_key, copy_etag, name);
    if (carried) continue;
    if (concerns_all(carried.error())) co_return forward(carried);
    losses.push_back({Attribute::annotations,
                      std::move(name.append(" is not kept: ").append(carried.error().describe()))});
  }
  co_return ok;
}

net::Task<Result<void>> AttributeCarrier::carry_annotation(aws::ObjectAddress source,
                                                           std::string copy_key,
                                                           std::string copy_etag,
                                                           std::string name) {
  auto text = co_await context_.source.reader->get_object_annotation(
      std::move(source), name, context_.source.expected_owner);
  if (!text) co_return forward(text);
  co_return co_await context_.writer->put_object_annotation(
      {.bucket = context_.destination.location.bucket, .key = std::move(copy_key), .version = {}},
      std::move(name), std::move(*text), std::move(copy_etag), context_.destination.expected_owner);
}

net::Task<Result<void>> AttributeCarrier::look_for_locks(std::string copy_key,
                                                         const Carried& carried,
                                                         std::vector<Loss>& losses) {
  if (!carried.restated) co_return ok;
  const auto& wanted = *carried.restated;
  if (wanted.lock_mode.empty() && wanted.legal_hold.empty()) co_return ok;
  auto head = co_await context_.destination.reader->head_object(
      {.object = {.bucket = context_.destination.location.bucket, .key = std::move(copy_key)},
       .expected_owner = context_.destination.expected_owner});
  if (!head && concerns_all(head.error())) co_return forward(head);
  constexpr auto why = "the copy was made in parts with it, and does not show it";
  if (!wanted.lock_mode.empty() && (!head || head->lock_mode.empty())) {
    losses.push_back({Attribute::retention, why});
  }
  if (!wanted.legal_hold.empty() && (!head || head->legal_hold.empty())) {
    losses.push_back({Attribute::legal_hold, why});
  }
  co_return ok;
}

void AttributeCarrier::report(const aws::ObjectEntry& source, const std::vector<Loss>& losses) {
  for (const auto& loss : losses) {
    ++counters_.not_carried;
    if (!context_.on_loss) continue;
    context_.on_loss({.operation = "carry",
                      .bucket = context_.source.location.bucket,
                      .key = source.key,
                      .version = source.version,
                      .code = std::string(name(loss.attribute)),
                      .service_code = {},
                      .request_id = {},
                      .message = loss.why});
  }
}

}  // namespace s3m::transfer

#include "transfer/attribute_carrier.hpp"

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
    : context_(context),
      rules_(options.attributes),
      counters_(counters),
      retention_(context.runtime.loop),
      hold_(context.runtime.loop),
      tags_(context.runtime.loop, *context.source.reader, context.source.expected_owner) {}

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
  auto carried = carry(source, acl ? &*acl : nullptr, rules_, context_.runtime.clock.now());
  for (auto& loss : losses)
    carried.losses.push_back(std::move(loss));
  if (rules_.locked) {
    auto looked = co_await look_for_hidden_locks(std::move(source), std::move(address), carried);
    if (!looked) co_return forward(looked);
  }
  co_return carried;
}

net::Task<Result<void>> AttributeCarrier::look_for_hidden_locks(aws::ObjectHead source,
                                                                aws::ObjectAddress address,
                                                                Carried& carried) {
  if (source.lock_mode.empty()) {
    auto denied = co_await hidden(retention_, &AttributeCarrier::retention_denied, address);
    if (!denied) co_return forward(denied);
    if (*denied) {
      carried.losses.push_back(
          {Attribute::retention, not_known("a retention", "s3:GetObjectRetention")});
    }
  }
  if (source.legal_hold.empty()) {
    auto denied = co_await hidden(hold_, &AttributeCarrier::hold_denied, std::move(address));
    if (!denied) co_return forward(denied);
    if (*denied) {
      carried.losses.push_back(
          {Attribute::legal_hold, not_known("a legal hold", "s3:GetObjectLegalHold")});
    }
  }
  co_return ok;
}

net::Task<Result<bool>> AttributeCarrier::hidden(Finding& finding, Ask ask,
                                                 aws::ObjectAddress source) {
  while (finding.asking)
    co_await finding.settled.wait();
  if (finding.hidden) co_return *finding.hidden;
  finding.asking = true;
  auto answer = co_await (this->*ask)(std::move(source));
  finding.asking = false;
  if (answer) finding.hidden = *answer;
  finding.settled.notify_all();
  co_return answer;
}

net::Task<Result<bool>> AttributeCarrier::retention_denied(aws::ObjectAddress source) {
  auto retention = co_await context_.source.reader->get_object_retention(
      std::move(source), context_.source.expected_owner);
  if (retention) co_return false;
  if (retention.error().code() == Errc::access_denied) co_return true;
  co_return forward(retention);
}

net::Task<Result<bool>> AttributeCarrier::hold_denied(aws::ObjectAddress source) {
  auto hold = co_await context_.source.reader->get_object_legal_hold(
      std::move(source), context_.source.expected_owner);
  if (hold) co_return false;
  if (hold.error().code() == Errc::access_denied) co_return true;
  co_return forward(hold);
}

net::Task<Result<aws::Pairs>> AttributeCarrier::tags(aws::ObjectAddress source, int tag_count,
                                                     std::vector<Loss>& losses) {
  auto tags = co_await tags_.read(std::move(source), tag_count);
  if (!tags) co_return forward(tags);
  if (*tags) co_return std::move(**tags);
  losses.push_back({Attribute::tags, not_known("tags", "s3:GetObjectTagging")});
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

void AttributeCarrier::report(const std::string& source_key, const std::vector<Loss>& losses) {
  for (const auto& loss : losses) {
    ++counters_.not_carried;
    if (!context_.on_loss) continue;
    context_.on_loss({.operation = "carry",
                      .bucket = context_.source.location.bucket,
                      .key = source_key,
                      .version = {},
                      .code = std::string(name(loss.attribute)),
                      .service_code = {},
                      .request_id = {},
                      .message = loss.why});
  }
}

}  // namespace s3m::transfer

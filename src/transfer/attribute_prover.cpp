#include "transfer/attribute_prover.hpp"

#include <utility>

namespace s3m::transfer {
namespace {

// So many objects refused one after another are no accident of single ones.
constexpr int telling_refusals = 100;

}  // namespace

AttributeProver::AttributeProver(Context& context, bool acl, std::uint64_t& looks)
    : context_(context),
      acl_(acl),
      looks_(looks),
      source_tags_(*context.source.reader, context.source.expected_owner),
      copy_tags_(*context.destination.reader, context.destination.expected_owner) {}

net::Task<Result<AttributeProver::Finding>> AttributeProver::compare(std::string key,
                                                                     std::string source_version,
                                                                     std::string copy_version,
                                                                     const Look& look) {
  auto found = co_await compare_both(std::move(key), std::move(source_version),
                                     std::move(copy_version), look);
  if (found) {
    refused_in_a_row_ = 0;
  } else if (found.error().code() == Errc::access_denied) {
    ++refused_in_a_row_;
  }
  co_return found;
}

bool AttributeProver::gave_up() const noexcept {
  return refused_in_a_row_ >= telling_refusals;
}

net::Task<Result<AttributeProver::Finding>> AttributeProver::compare_both(
    std::string key, std::string source_version, std::string copy_version, const Look& look) {
  auto source = co_await read(context_.source, source_tags_, key, std::move(source_version),
                              look.source->tag_count);
  if (!source) co_return forward(source);
  auto copy = co_await read(context_.destination, copy_tags_, std::move(key),
                            std::move(copy_version), look.copy->tag_count);
  if (!copy) co_return forward(copy);
  const auto now = context_.runtime.clock.now();
  const auto wanted =
      facts_of(*look.source, source->tags, grants_to_others(source->acl, copy->acl.owner), now);
  const auto made = facts_of(*look.copy, copy->tags, grants_to_others(copy->acl, {}), now);
  co_return Finding{.differing = differing(wanted, made), .hash = hash_of(made)};
}

net::Task<Result<AttributeProver::Read>> AttributeProver::read(const Side& side, TagReader& tags,
                                                               std::string key, std::string version,
                                                               int tag_count) {
  const aws::ObjectAddress address{.bucket = side.location.bucket,
                                   .key = side.location.prefix + key,
                                   .version = std::move(version)};
  Read read;
  if (tag_count > 0) ++looks_;
  auto tagged = co_await tags.read(address, tag_count);
  if (!tagged) co_return forward(tagged);
  read.tags = *std::move(tagged);
  if (!acl_) co_return read;
  ++looks_;
  auto acl = co_await side.reader->get_object_acl(address, side.expected_owner);
  // A service without ACLs has no grants to lose.
  if (!acl && acl.error().code() != Errc::not_supported) co_return forward(acl);
  if (acl) read.acl = std::move(*acl);
  co_return read;
}

}  // namespace s3m::transfer

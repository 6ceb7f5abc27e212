#include "workflow/configuration/rewrite_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/endpoint.hpp"

namespace s3m::workflow {
namespace {

// Regions whose website endpoints are written with a dash, as all were once.
// Source: Amazon S3 user guide, "Website endpoints".
constexpr std::array<std::string_view, 9> dashed_websites{
    "us-east-1",      "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2",
    "ap-northeast-1", "eu-west-1", "sa-east-1", "us-gov-west-1"};

bool is_of_a_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

// Whether `from` stands at `at` and is not a part of a longer name.
bool stands_at(std::string_view text, std::size_t at, std::string_view from) noexcept {
  if (!text.substr(at).starts_with(from)) return false;
  const std::size_t end = at + from.size();
  const bool begins = at == 0 || !is_of_a_name(text[at - 1]) || !is_of_a_name(from.front());
  const bool ends = end == text.size() || !is_of_a_name(text[end]) || !is_of_a_name(from.back());
  return begins && ends;
}

// The longest FROM that stands at `at`; null when there is none.
const std::pair<std::string, std::string>* pair_at(const RewriteMap& map, std::string_view text,
                                                   std::size_t at) {
  const std::pair<std::string, std::string>* best = nullptr;
  for (const auto& pair : map.pairs) {
    const bool longer = best == nullptr || pair.first.size() > best->first.size();
    if (longer && !pair.first.empty() && stands_at(text, at, pair.first)) best = &pair;
  }
  return best;
}

std::string website_host(std::string_view bucket, std::string_view region) {
  const bool dashed = std::ranges::find(dashed_websites, region) != dashed_websites.end();
  return fmt::format("{}.s3-website{}{}.{}", bucket, dashed ? '-' : '.', region,
                     aws::dns_suffix_of(aws::partition_of(region)));
}

// An S3 ARN without account: a bucket, with or without a key behind it.
std::string map_bucket_arn(const RewriteMap& map, aws::Arn arn) {
  const auto slash = arn.resource.find('/');
  const auto rest = slash == std::string::npos ? std::string() : arn.resource.substr(slash);
  const bool own = !map.source.bucket.empty() && arn.resource.substr(0, slash) == map.source.bucket;
  if (own) arn.resource = map.destination.bucket + rest;
  return aws::to_string(arn);
}

bool stays(const aws::Arn& arn) noexcept {
  return arn.service == "cloudfront" ||
         (arn.service == "kms" && !arn.resource.starts_with("alias/aws/"));
}

std::string map_arn(const RewriteMap& map, aws::Arn arn) {
  if (arn.service == "s3" && arn.account.empty()) return map_bucket_arn(map, std::move(arn));
  // Where users are the accounts, the owner is named as a user (radosgw).
  const bool user = arn.service == "iam" && arn.account.empty() && !map.source.account.empty() &&
                    arn.resource == "user/" + map.source.account;
  if (user) arn.resource = "user/" + map.destination.account;
  const bool own = !arn.account.empty() && arn.account == map.source.account;
  if (!own || stays(arn)) return aws::to_string(arn);
  arn.account = map.destination.account;
  if (!arn.region.empty() && arn.region == map.source.region) arn.region = map.destination.region;
  return aws::to_string(arn);
}

}  // namespace

std::optional<std::pair<std::string, std::string>> parse_map_pair(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
    return std::nullopt;
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

std::optional<std::string> map_by_pairs(const RewriteMap& map, std::string_view text) {
  std::string out;
  bool any = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto* pair = pair_at(map, text, at);
    if (pair == nullptr) {
      out += text[at++];
      continue;
    }
    out += pair->second;
    at += pair->first.size();
    any = true;
  }
  return any ? std::optional(std::move(out)) : std::nullopt;
}

std::string map_value(const RewriteMap& map, std::string_view text) {
  if (auto given = map_by_pairs(map, text)) return *std::move(given);
  if (auto arn = aws::parse_arn(text)) return map_arn(map, *std::move(arn));
  if (!map.source.account.empty() && text == map.source.account) return map.destination.account;
  return std::string(text);
}

bool is_source_bucket(const RewriteMap& map, std::string_view text) {
  if (map.source.bucket.empty()) return false;
  const auto arn = aws::parse_arn(text);
  return (arn ? std::string_view(arn->resource) : text) == map.source.bucket;
}

std::string map_bucket(const RewriteMap& map, std::string_view text) {
  if (auto given = map_by_pairs(map, text)) return *std::move(given);
  if (text == map.source.bucket && !text.empty()) return map.destination.bucket;
  return map_value(map, text);
}

std::optional<std::string> map_kms_key(const RewriteMap& map, std::string_view key) {
  if (key.empty()) return std::string();
  if (auto given = map_by_pairs(map, key)) return given;
  if (auto given = map.kms_keys.find(key)) return given;
  if (key.starts_with("alias/aws/")) return std::string(key);
  const auto arn = aws::parse_arn(key);
  if (arn && arn->resource.starts_with("alias/aws/")) return map_value(map, key);
  // A key serves its own region only; a bare id means one of the bucket's account.
  const bool of_source = !arn || arn->account == map.source.account;
  if (map.moves_region() || (of_source && map.moves_account())) return std::nullopt;
  return std::string(key);
}

std::string map_host(const RewriteMap& map, std::string_view host) {
  if (auto given = map_by_pairs(map, host)) return *std::move(given);
  const auto& source = map.source;
  const auto& destination = map.destination;
  if (source.region.empty() || destination.region.empty()) return std::string(host);
  if (!source.bucket.empty()) {
    const auto suffix = aws::dns_suffix_of(aws::partition_of(source.region));
    for (const char mark : {'-', '.'})
      if (host == fmt::format("{}.s3-website{}{}.{}", source.bucket, mark, source.region, suffix))
        return website_host(destination.bucket, destination.region);
  }
  const auto endpoint = [](std::string_view region) {
    return fmt::format("s3.{}.{}", region, aws::dns_suffix_of(aws::partition_of(region)));
  };
  return host == endpoint(source.region) ? endpoint(destination.region) : std::string(host);
}

}  // namespace s3m::workflow

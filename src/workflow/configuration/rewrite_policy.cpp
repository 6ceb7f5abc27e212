// The bucket policy in another account or region.
#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/text.hpp"
#include "workflow/configuration/rewriter.hpp"
#include "workflow/policy_document.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

std::string text_of(const json::string& text) {
  return {text.data(), text.size()};
}

// Calls `use(text)` for each string in a value, a list or nested lists of them; `use` may change
// it.
template <class Use>
void each_text(json::value& value, const Use& use) {
  if (auto* text = value.if_string()) {
    auto copy = text_of(*text);
    use(copy);
    *text = copy;
  }
  if (auto* list = value.if_array())
    for (auto& item : *list)
      each_text(item, use);
}

// Values of these conditions are keys, tags and the like: what looks like an account there is none.
bool is_about_content(std::string_view condition_key) {
  const auto key = lower(condition_key);
  constexpr std::array<std::string_view, 3> about_the_bucket{
      "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:resourceaccount"};
  if (std::ranges::find(about_the_bucket, key) != about_the_bucket.end()) return false;
  return key.starts_with("s3:") || key.contains("tag/");
}

bool names_a_kms_key(std::string_view condition_key) {
  return iequals(condition_key, "s3:x-amz-server-side-encryption-aws-kms-key-id");
}

class PolicyRewriter {
 public:
  explicit PolicyRewriter(Rewriter& rewriter) : rewriter_(rewriter), map_(rewriter.map()) {}

  void statement(json::object& statement, std::string name) {
    name_ = std::move(name);
    for (auto& [member, value] : statement) {
      const std::string_view what(member.data(), member.size());
      if (what == "Principal" || what == "NotPrincipal") principals(what, value);
      if (what == "Resource" || what == "NotResource") values(std::string(what), value);
      if (what == "Condition" && value.is_object()) conditions(value.as_object());
    }
  }

 private:
  std::string where(std::string_view what) const { return name_ + " " + std::string(what); }

  void values(const std::string& what, json::value& value) {
    each_text(value, [&](std::string& text) {
      rewriter_.change(where(what), text, map_value(map_, text));
    });
  }

  void principals(std::string_view what, json::value& value) {
    auto* kinds = value.if_object();
    if (kinds == nullptr) return;  // "*"
    for (auto& [kind, names] : *kinds) {
      const std::string_view type(kind.data(), kind.size());
      const auto place = fmt::format("{} {}", what, type);
      if (type == "AWS" || type == "Federated") values(place, names);
      if (type == "CanonicalUser") canonical_users(place, names);
    }
  }

  void canonical_users(const std::string& what, json::value& value) {
    each_text(value, [&](std::string& text) {
      const auto given = map_by_pairs(map_, text);
      const bool own = !map_.source.canonical_id.empty() && text == map_.source.canonical_id;
      if (given || own)
        rewriter_.change(where(what), text, given ? *given : map_.destination.canonical_id);
    });
  }

  void conditions(json::object& operators) {
    for (auto& [op, tests] : operators) {
      auto* keys = tests.if_object();
      if (keys == nullptr) continue;
      for (auto& [key, value] : *keys)
        condition({key.data(), key.size()}, value);
    }
  }

  void condition(std::string_view key, json::value& value) {
    const auto what = fmt::format("Condition {}", printable(key));
    each_text(value, [&](std::string& text) {
      auto mapped = mapped_condition(key, text);
      if (mapped == text) look_at(key, text);
      rewriter_.change(where(what), text, std::move(mapped));
    });
  }

  std::string mapped_condition(std::string_view key, const std::string& text) const {
    if (auto given = map_by_pairs(map_, text)) return *std::move(given);
    if (names_a_kms_key(key)) return map_kms_key(map_, text).value_or(text);
    if (is_about_content(key)) return text;
    if (iequals(key, "aws:RequestedRegion") && text == map_.source.region)
      return map_.destination.region;
    if (iequals(key, "kms:ViaService")) return map_host(map_, text);
    return map_value(map_, text);
  }

  // What stays as it is and may mean nothing where the bucket goes.
  void look_at(std::string_view key, const std::string& text) {
    if (map_by_pairs(map_, text)) return;
    if (names_a_kms_key(key) && !map_kms_key(map_, text)) {
      note(
          fmt::format("asks for the KMS key {}, which nothing takes the place of "
                      "(--kms-key-map): writes without it stay denied",
                      printable(text)));
    }
    const bool network = iequals(key, "aws:SourceVpce") || iequals(key, "aws:SourceVpc") ||
                         iequals(key, "aws:VpcSourceIp");
    if (network && (map_.moves_account() || map_.moves_region()))
      note(
          fmt::format("names {}, which is of the network that the bucket leaves; --map FROM=TO "
                      "gives it another",
                      printable(text)));
    if (iequals(key, "aws:userId") && map_.moves_account() && text != "*")
      note(
          fmt::format("names {} by its unique id, which no other account has; --map FROM=TO "
                      "gives it another",
                      printable(text)));
  }

  void note(const std::string& what) { rewriter_.note(name_ + " " + what); }

  Rewriter& rewriter_;
  const RewriteMap& map_;
  std::string name_;
};

}  // namespace

Result<std::string> rewrite_policy(Rewriter& rewriter, const std::string& document) {
  auto policy = parse_policy(document);
  if (!policy) return forward(policy);
  const auto before = *policy;
  PolicyRewriter rewrite(rewriter);
  auto& statements = policy->at("Statement");
  if (auto* one = statements.if_object()) rewrite.statement(*one, statement_name(statements, 0));
  if (auto* list = statements.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      if (auto* object = (*list)[i].if_object())
        rewrite.statement(*object, statement_name((*list)[i], i));
  }
  return *policy == before ? document : json::serialize(*policy);
}

}  // namespace s3m::workflow

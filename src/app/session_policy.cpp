#include "app/session_policy.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "workflow/permissions.hpp"

namespace s3m::app {
namespace {

namespace json = boost::json;

constexpr std::size_t longest = 2048;

json::object allow(json::array actions, json::array resources) {
  return {{"Effect", "Allow"}, {"Action", std::move(actions)}, {"Resource", std::move(resources)}};
}

json::array bucket_and_objects(std::string_view partition, std::string_view bucket) {
  const auto arn = fmt::format("arn:{}:s3:::{}", partition, bucket);
  return {arn, arn + "/*"};
}

// Whose bucket moves: the old one, the new one, and the temporary bucket between.
void add_moving(json::array& statements, std::string_view partition, const std::string& bucket,
                const std::string& renamed) {
  statements.push_back(allow({"s3:*"}, bucket_and_objects(partition, bucket)));
  if (!renamed.empty() && renamed != bucket) {
    statements.push_back(allow({"s3:*"}, bucket_and_objects(partition, renamed)));
  }
  statements.push_back(
      allow({"s3:*"}, bucket_and_objects(partition, workflow::temporary_bucket_pattern)));
  statements.push_back(allow({"iam:SimulatePrincipalPolicy"}, {"*"}));
}

void add_copying(json::array& statements, std::string_view partition,
                 const transfer::Location& source, const transfer::Location& destination) {
  if (!source.bucket.empty()) {
    statements.push_back(allow(
        {"s3:Get*", "s3:List*", "s3:RestoreObject", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"},
        bucket_and_objects(partition, source.bucket)));
  }
  statements.push_back(allow({"s3:*"}, bucket_and_objects(partition, destination.bucket)));
  statements.push_back(allow({"iam:SimulatePrincipalPolicy"}, {"*"}));
}

}  // namespace

std::string session_policy(std::string_view partition, const transfer::Location& source,
                           const transfer::Location& destination, const std::string& renamed) {
  json::array statements;
  if (destination.bucket.empty()) {
    add_moving(statements, partition, source.bucket, renamed);
  } else {
    add_copying(statements, partition, source, destination);
  }
  statements.push_back(allow(
      {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
      {"*"}));
  auto text = json::serialize(
      json::object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
  return text.size() <= longest ? text : std::string();
}

std::string browsing_policy() {
  return json::serialize(json::object{
      {"Version", "2012-10-17"},
      {"Statement",
       json::array{
           allow({"s3:ListAllMyBuckets", "s3:ListBucket", "s3:GetBucketLocation"}, {"*"})}}});
}

}  // namespace s3m::app

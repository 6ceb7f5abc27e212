#include "sim/directory.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::sim {
namespace {

PolicyDocument must_parse(std::string_view what, std::string_view json) {
  auto policy = parse_policy(json);
  if (!policy) throw std::invalid_argument(fmt::format("{}: {}", what, policy.error()));
  return std::move(*policy);
}

std::vector<PolicyDocument> must_parse(std::string_view what,
                                       const std::vector<std::string>& documents) {
  std::vector<PolicyDocument> policies;
  policies.reserve(documents.size());
  for (const auto& document : documents)
    policies.push_back(must_parse(what, document));
  return policies;
}

}  // namespace

std::string id_text(std::string_view text, std::size_t length) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id;
  for (std::size_t round = 0; id.size() < length; ++round) {
    const Sha256 digest = sha256(fmt::format("{}#{}", text, round));
    for (const std::byte byte : digest) {
      if (id.size() == length) break;
      id.push_back(letters[std::to_integer<std::size_t>(byte) % letters.size()]);
    }
  }
  return id;
}

AccessKey key_of(const AccountSpec& account, const UserSpec& user) {
  if (!user.key.id.empty()) return user.key;
  const std::string name = account.id + "/" + user.name;
  return {"AKIA" + id_text("key " + name, 16),
          base64(bytes_of(sha256("secret " + name))).substr(0, 40)};
}

Directory::Directory(const Scenario& scenario) : partition_(scenario.partition) {
  for (const auto& account : scenario.accounts)
    add_account(account);
}

void Directory::add_account(const AccountSpec& spec) {
  accounts_[spec.id] = {spec.id, spec.name, hex(bytes_of(sha256("canonical " + spec.id)))};
  for (const auto& user : spec.users)
    add_user(spec, user);
  for (const auto& role : spec.roles)
    add_role(spec.id, role);
}

void Directory::add_user(const AccountSpec& account, const UserSpec& spec) {
  const bool root = spec.name == "root";
  User user;
  user.account = account.id;
  user.name = spec.name;
  user.arn = root ? fmt::format("arn:{}:iam::{}:root", partition_, account.id)
                  : fmt::format("arn:{}:iam::{}:user/{}", partition_, account.id, spec.name);
  user.id = root ? account.id : new_id("AIDA", 16);
  user.key = key_of(account, spec);

  auto principal = std::make_shared<Principal>();
  principal->kind = root ? PrincipalKind::root : PrincipalKind::user;
  principal->account = account.id;
  principal->arn = user.arn;
  principal->user_id = user.id;
  principal->name = spec.name;
  principal->unique_id = user.id;
  principal->origin_account = account.id;
  principal->identity_policies = must_parse(user.arn, spec.policies);
  credentials_[user.key.id] = {user.key.secret, {}, std::nullopt, std::move(principal)};
  users_[user.arn] = std::move(user);
}

void Directory::add_role(const std::string& account, const RoleSpec& spec) {
  Role role;
  role.account = account;
  role.name = spec.name;
  role.arn = fmt::format("arn:{}:iam::{}:role/{}", partition_, account, spec.name);
  role.id = new_id("AROA", 17);
  role.trust = must_parse(role.arn + " trust", spec.trust);
  role.policies = must_parse(role.arn, spec.policies);
  role.max_session = spec.max_session;
  role.external_id = spec.external_id;
  roles_[role.arn] = std::move(role);
}

bool Directory::remove_role(std::string_view arn) {
  const auto found = roles_.find(arn);
  if (found == roles_.end()) return false;
  std::erase_if(credentials_,
                [&](const auto& entry) { return entry.second.principal->role_arn == arn; });
  roles_.erase(found);
  return true;
}

const Account* Directory::account(std::string_view id) const {
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

const Role* Directory::role(std::string_view arn) const {
  const auto found = roles_.find(arn);
  return found == roles_.end() ? nullptr : &found->second;
}

const Credential* Directory::credential(std::string_view access_key) const {
  const auto found = credentials_.find(access_key);
  return found == credentials_.end() ? nullptr : &found->second;
}

std::string_view Directory::id_of(std::string_view arn) const {
  if (const Role* found = role(arn)) return found->id;
  const auto user = users_.find(arn);
  return user == users_.end() ? std::string_view() : std::string_view(user->second.id);
}

Directory::NewSession Directory::add_session(const Role& role, std::string_view session_name,
                                             std::string_view origin_account,
                                             std::vector<PolicyDocument> session_policies,
                                             WallTime expires) {
  auto principal = std::make_shared<Principal>();
  principal->kind = PrincipalKind::session;
  principal->account = role.account;
  principal->arn = fmt::format("arn:{}:sts::{}:assumed-role/{}/{}", partition_, role.account,
                               role.name, session_name);
  principal->user_id = fmt::format("{}:{}", role.id, session_name);
  principal->name = role.name;
  principal->unique_id = role.id;
  principal->role_arn = role.arn;
  principal->origin_account = origin_account;
  principal->identity_policies = role.policies;
  principal->session_policies = std::move(session_policies);

  NewSession session;
  session.key.id = new_id("ASIA", 16);
  session.key.secret = base64(bytes_of(sha256("secret " + session.key.id))).substr(0, 40);
  session.token = "IQoJb3JpZ2luX2VjE" + base64(bytes_of(sha256("token " + session.key.id))) +
                  base64(bytes_of(sha256("more " + session.key.id)));
  session.expires = expires;
  session.principal = principal;
  credentials_[session.key.id] = {session.key.secret, session.token, expires, principal};
  return session;
}

void Directory::expire_sessions(std::string_view role_arn, WallTime when) {
  for (auto& [key, credential] : credentials_) {
    const bool concerned =
        credential.expires && (role_arn.empty() || credential.principal->role_arn == role_arn);
    if (concerned && *credential.expires > when) credential.expires = when;
  }
}

void Directory::expire_session(std::string_view access_key, WallTime when) {
  const auto found = credentials_.find(access_key);
  if (found != credentials_.end() && found->second.expires) found->second.expires = when;
}

std::string Directory::new_id(std::string_view prefix, std::size_t length) {
  return std::string(prefix) + id_text(fmt::format("{} {}", prefix, ++serial_), length);
}

}  // namespace s3m::sim

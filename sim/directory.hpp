// directory.hpp: who there is: accounts, users, roles, their keys and sessions.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "sim/policy.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

enum class PrincipalKind : std::uint8_t { anonymous, root, user, session };

// Who a request comes from. Immutable and shared by all requests of one key.
struct Principal {
  PrincipalKind kind = PrincipalKind::anonymous;
  std::string account;    // 12 digits; empty for anonymous
  std::string arn;        // of the user, the account's root or the assumed-role session
  std::string user_id;    // aws:userid: "AIDA...", "AROA...:session", the account's id for root
  std::string name;       // of the user or the role
  std::string unique_id;  // "AIDA..." or "AROA...": what stored policies name
  std::string role_arn;   // sessions: the role's; aws:PrincipalArn
  std::string origin_account;  // sessions: the account of the user at the chain's beginning
  std::vector<PolicyDocument> identity_policies;
  std::vector<PolicyDocument> session_policies;

  const std::string& principal_arn() const noexcept {
    return kind == PrincipalKind::session ? role_arn : arn;
  }
};
using PrincipalPtr = std::shared_ptr<const Principal>;

struct Credential {
  std::string secret;
  std::string token;                // empty for long-term keys
  std::optional<WallTime> expires;  // sessions only
  PrincipalPtr principal;
};

struct Role {
  std::string arn, name, id, account;
  PolicyDocument trust;
  std::vector<PolicyDocument> policies;
  std::chrono::seconds max_session{3600};
  std::string external_id;
};

struct User {
  std::string arn, name, id, account;
  AccessKey key;
};

struct Account {
  std::string id, name;
  std::string canonical_id;  // 64 hexadecimal digits, as ACLs name it
};

class Directory {
 public:
  // Throws std::invalid_argument for a policy that cannot be parsed.
  explicit Directory(const Scenario& scenario);

  const std::string& partition() const noexcept { return partition_; }
  const Account* account(std::string_view id) const;
  const Role* role(std::string_view arn) const;
  const std::map<std::string, Account, std::less<>>& accounts() const noexcept { return accounts_; }
  const std::map<std::string, Role, std::less<>>& roles() const noexcept { return roles_; }
  const std::map<std::string, User, std::less<>>& users() const noexcept { return users_; }

  // Null for an unknown key.
  const Credential* credential(std::string_view access_key) const;

  // The unique id of the role or user of that ARN; empty when there is none.
  std::string_view id_of(std::string_view arn) const;

  struct NewSession {
    AccessKey key;
    std::string token;
    WallTime expires;
    PrincipalPtr principal;
  };
  NewSession add_session(const Role& role, std::string_view session_name,
                         std::string_view origin_account,
                         std::vector<PolicyDocument> session_policies, WallTime expires);
  // Sets the expiry of matching sessions to `when`; all roles for an empty ARN.
  void expire_sessions(std::string_view role_arn, WallTime when);
  void expire_session(std::string_view access_key, WallTime when);

  void add_role(const std::string& account, const RoleSpec& spec);
  // Ends its sessions too. False when there is none.
  bool remove_role(std::string_view arn);

 private:
  void add_account(const AccountSpec& spec);
  void add_user(const AccountSpec& account, const UserSpec& spec);
  std::string new_id(std::string_view prefix, std::size_t length);

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::string partition_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, Role, std::less<>> roles_;  // by ARN
  std::map<std::string, User, std::less<>> users_;  // by ARN
  std::unordered_map<std::string, Credential, Hash, std::equal_to<>> credentials_;
  std::uint64_t serial_ = 0;
};

// `length` characters of A-Z and 2-7, the same for the same text.
std::string id_text(std::string_view text, std::size_t length);

}  // namespace s3m::sim

#include "console/actions.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/reply.hpp"

namespace s3m::console {
namespace {

constexpr std::string_view actions_fact = "console-actions";

}  // namespace

Result<boost::json::array> actions_of(store::Store& store, const std::string& job_id) {
  auto text = store.fact(job_id, actions_fact);
  if (!text) return forward(text);
  if (!*text) return boost::json::array();
  auto value = parsed_or_null(**text);
  return value.is_array() ? std::move(value.get_array()) : boost::json::array();
}

Result<bool> begun_here(store::Store& store, const std::string& job_id) {
  auto actions = actions_of(store, job_id);
  if (!actions) return forward(actions);
  return std::ranges::any_of(*actions, [](const boost::json::value& action) {
    const auto* const fields = action.if_object();
    const auto* const what = fields == nullptr ? nullptr : fields->if_contains("action");
    return what != nullptr && *what == "begin";
  });
}

std::string who(const Action& action) {
  if (!action.name.empty())
    return single_line(fmt::format("{} ({}) at {}", action.name, action.role, action.peer));
  return single_line(fmt::format("{} at {}", action.role, action.peer));
}

std::string note_of(const Action& action) {
  return single_line(fmt::format("In the console: {}{}{}, by {}", action.what,
                                 action.detail.empty() ? "" : " ", action.detail, who(action)));
}

Result<void> record_action(store::Store& store, const std::string& job_id, const Action& action) {
  auto actions = actions_of(store, job_id);
  if (!actions) return forward(actions);
  if (actions->size() >= most_actions) actions->erase(actions->begin());
  boost::json::object entry{{"time", iso8601(system_clock().now())},
                            {"action", action.what},
                            {"role", action.role},
                            {"peer", printable(action.peer)},
                            {"detail", single_line(action.detail)}};
  if (!action.name.empty()) entry["name"] = single_line(action.name);
  actions->push_back(std::move(entry));
  return store.set_fact(job_id, actions_fact, boost::json::serialize(*actions));
}

}  // namespace s3m::console

#include "workflow/known_actions.hpp"

namespace s3m::workflow {

net::Task<Result<void>> add_known_actions(PolicyEditor& editor,
                                          std::function<PolicyText(ActionSet)> text, bool aws,
                                          ActionSet& actions) {
  auto added = co_await editor.add(text(actions));
  const bool rejected = !added && added.error().code() == Errc::invalid_request;
  if (!rejected || aws || actions == ActionSet::basic) co_return added;
  actions = ActionSet::basic;
  co_return co_await editor.add(text(actions));
}

}  // namespace s3m::workflow

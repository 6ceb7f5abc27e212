// known_actions.hpp: statements of ours put into a policy of a service that may not know all
// actions.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>

#include "workflow/grant_statements.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

// Adds what `text` makes. A service other than AWS that rejects it is tried once more with the
// basic actions, and `actions` remembers that. The references outlive the call.
//
// Errors  as PolicyEditor::add; invalid_request when it rejects those too.
net::Task<Result<void>> add_known_actions(PolicyEditor& editor,
                                          std::function<PolicyText(ActionSet)> text, bool aws,
                                          ActionSet& actions);

}  // namespace s3m::workflow

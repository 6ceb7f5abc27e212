// principal_trial.hpp: whether the new account has whom the rewritten policy names.
//
// Layer      workflow.
// Threading  one loop.
// Source     Amazon S3 user guide, "Bucket policies": a policy that names a role or user which does
//            not exist is refused as a whole.
//
// A role of the source's account becomes one of the destination's, of the same name, and nobody
// else can say whether there is one. Found out at the new bucket it would be too late: the source
// is gone by then. So it is asked for at the temporary bucket, by a statement that allows nobody
// anything.
#pragma once

#include "workflow/migration.hpp"

namespace s3m::workflow::acts {

// Errors: refused, naming the statement, whom it names, and the way out (--map). As
// rewritten_configuration() and PolicyEditor::add().
net::Task<Result<void>> try_principals(Migration& migration);

}  // namespace s3m::workflow::acts

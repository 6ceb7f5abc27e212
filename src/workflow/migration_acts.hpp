// migration_acts.hpp: the steps of a migration, one function each, in their order.
//
// Layer      workflow.
// Threading  one loop.
//
// Each looks, acts if it is not yet so, and checks; done again it finds nothing left to do. Each
// gives a sentence on what it found or did.
// Errors: what the world says. mismatch, precondition_failed and bucket_not_empty say that
// something changed under the step; migration_machine.hpp knows whether another pass can answer
// that.
#pragma once

#include <string>

#include "workflow/migration.hpp"

namespace s3m::workflow::acts {

using Told = net::Task<Result<std::string>>;

Told preflight(Migration& migration);
Told temporary_bucket(Migration& migration);
Told grant(Migration& migration);
Told copy(Migration& migration);
Told freeze(Migration& migration);
Told delta(Migration& migration);
Told prove(Migration& migration);
Told confirm(Migration& migration);
Told silence(Migration& migration);
Told empty(Migration& migration);
Told delete_source(Migration& migration);
Told take_name(Migration& migration);
Told configuration(Migration& migration);
Told copy_back(Migration& migration);
Told verify(Migration& migration);
Told last_configuration(Migration& migration);
Told open(Migration& migration);
Told discard(Migration& migration);
Told report(Migration& migration);

}  // namespace s3m::workflow::acts

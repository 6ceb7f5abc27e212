// typed_line.hpp: what a person types, waited for while the job goes on.
//
// Layer      app.
// Threading  one loop, which is never held up: a claim is renewed, and others may pause the job,
//            while nobody answers.
#pragma once

#include <optional>
#include <string>

#include "net/signal.hpp"

namespace s3m::app {

// Forgets what was typed before anybody was asked: it is no answer. Nothing to do for a pipe.
void forget_typed(int terminal);

// A line from a terminal or a pipe, without its end. `terminal` stays open and as it is.
//
// Gives         nullopt when there is nothing more to read, or `cancel` fired.
// Cancellation  by `cancel`, within a tenth of a second.
net::Task<std::optional<std::string>> typed_line(int terminal, net::CancelToken& cancel);

}  // namespace s3m::app

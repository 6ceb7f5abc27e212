#include "workflow/copy_pass.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/count_ahead.hpp"
#include "workflow/figures.hpp"
#include "workflow/ticker.hpp"

namespace s3m::workflow {
namespace {

constexpr double worth_counting = 3600;  // seconds that a job will still take

net::Task<void> settle_orphans(CopyPass& pass) {
  const auto where = printable(pass.transfer.destination.location.uri());
  auto orphans = co_await transfer::abort_orphans(pass.transfer);
  if (!orphans) {
    pass.note(NoteLevel::warning,
              fmt::format("unfinished uploads of earlier runs were not looked for: {}",
                          orphans.error().describe()));
  } else if (orphans->aborted + orphans->foreign > 0) {
    pass.note(NoteLevel::info,
              fmt::format("unfinished uploads below {}: {} of earlier runs aborted, {} of others "
                          "left",
                          where, orphans->aborted, orphans->foreign));
  }
}

}  // namespace

net::Task<Result<void>> run_copy_pass(CopyPass pass, transfer::Counters& counters) {
  CountAhead ahead(pass.context.loop, pass.transfer, pass.options.filter,
                   pass.options.all_versions);
  if (pass.count_first) ahead.begin();
  CopyFigureSource figures(pass.context, pass.steps, counters, ahead, pass.job_start, pass.percent,
                           pass.activity, pass.known);
  Ticker ticker(pass.context.loop, pass.context.events, [&] {
    auto event = figures.now();
    if (event.eta_low_seconds > worth_counting) ahead.begin();
    return event;
  });
  auto copied = co_await transfer::copy(pass.transfer, pass.options, {KeyRange{}}, counters);
  co_await ticker.stop();
  co_await ahead.stop();
  if (!copied) co_return copied;
  co_await settle_orphans(pass);
  co_return ok;
}

std::string copied_text(const transfer::Counters& counters) {
  auto text = fmt::format("{} copied ({}), {} the same already, {} failed",
                          human_count(counters.copied), human_bytes(counters.copied_bytes),
                          human_count(counters.skipped), human_count(counters.failed));
  if (counters.waiting > 0) {
    text += fmt::format(", {} wait for their restore", human_count(counters.waiting));
  }
  if (counters.vanished > 0) {
    text += fmt::format(", {} gone from the source meanwhile", human_count(counters.vanished));
  }
  return text;
}

}  // namespace s3m::workflow

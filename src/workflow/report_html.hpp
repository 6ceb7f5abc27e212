// report_html.hpp: the report as a page that can be printed and handed on.
//
// Layer      workflow.
// Secrets    all that comes from services, keys and people is escaped; the page runs no script and
//            loads nothing.
#pragma once

#include <iosfwd>

#include "workflow/report.hpp"

namespace s3m::workflow {

// The failures themselves are listed up to so many; the JSON and the CSV have all of them.
inline constexpr std::uint64_t most_failures_on_page = 1000;

// Errors: io where a spool cannot be read; whether `out` took it all is the caller's to ask.
Result<void> write_html(std::ostream& out, const Report& report, FailureLog& failures,
                        FailureLog* losses);

class Page;
// The parts that only a migration has; `complete`: it has ended well.
void write_migration(Page& page, const MigrationStory& story, bool complete);

// `text` for a place between tags or inside a quoted attribute; what a browser would act upon is
// shown instead.
std::string html_text(std::string_view text);

}  // namespace s3m::workflow

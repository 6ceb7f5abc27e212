// figures_text.hpp: the figures of a step in words, for the live display and for plain lines.
//
// Layer  app; pure.
#pragma once

#include <string>
#include <vector>

#include "base/event.hpp"

namespace s3m::app {

// "1.73/4.10 TiB": both in the unit of the total. "+" behind a total that is not final.
std::string bytes_of_total(std::uint64_t done, std::uint64_t total, bool final);
// "1.08 GiB/s (avg 0.94)"
std::string byte_rate(double recent, double average);
// "ETA 43-57 min", "ETA calculating", "ETA -"
std::string eta_text(const ProgressEvent& event);

// One full line without the time: "copy 42%  509,001/1,204,331 objects  ...".
std::string plain_line(const ProgressEvent& event);

// The four lines of the live display, each at most `width` columns. `title` is what is copied
// where ("Copy  s3://a -> s3://b"), safe to show.
struct DisplayLines {
  std::string title, bar, rates, counts;
};
DisplayLines display_lines(const std::string& title, const ProgressEvent& event, std::size_t width);

// "  name                    value", the value wrapped in its own column.
std::string table_row(std::string_view name, std::string_view value);

// How a job ended, as a small table.
std::string summary_text(const SummaryEvent& summary);

}  // namespace s3m::app

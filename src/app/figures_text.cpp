#include "app/figures_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "app/text_width.hpp"
#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

struct Unit {
  const char* name;
  double bytes;
};

Unit unit_for(double bytes) {
  constexpr std::array<const char*, 7> names{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t power = 0;
  double size = 1;
  while (power + 1 < names.size() && bytes >= size * 1024) {
    size *= 1024;
    ++power;
  }
  return {names.at(power), size};
}

// Three significant digits, as human_bytes() has them.
std::string digits(double value) {
  if (value >= 100 || value == 0) return fmt::format("{:.0f}", std::floor(value));
  if (value >= 10) return fmt::format("{:.1f}", std::floor(value * 10) / 10);
  return fmt::format("{:.2f}", std::floor(value * 100) / 100);
}

std::string in_unit(double bytes, const Unit& unit) {
  return unit.bytes == 1 ? fmt::format("{:.0f}", bytes) : digits(bytes / unit.bytes);
}

bool found_so_far(const ProgressEvent& event) {
  return !event.totals_final && !event.totals_estimated;
}

std::string objects_of_total(const ProgressEvent& event) {
  return fmt::format("{}/{}{}{}", human_count(event.objects_done),
                     event.totals_estimated ? "~" : "", human_count(event.objects_total),
                     found_so_far(event) ? "+" : "");
}

std::string rate_of_objects(double rate) {
  return rate < 10 ? fmt::format("{:.1f}", rate)
                   : human_count(static_cast<std::uint64_t>(std::llround(rate)));
}

std::string elapsed(double seconds) {
  return human_duration(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::string bar(double share, std::size_t width) {
  const auto full =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width));
  return std::string(full, '#') + std::string(width - full, '.');
}

double share_done(const ProgressEvent& event) {
  if (event.waited_seconds && event.wait_left_seconds) {
    const auto all = *event.waited_seconds + *event.wait_left_seconds;
    // Who asks again and again has no end to be near to.
    return event.attempts > 0 || all <= 0 ? 0 : *event.waited_seconds / all;
  }
  if (event.bytes_total > 0) {
    return static_cast<double>(event.bytes_done) / static_cast<double>(event.bytes_total);
  }
  if (event.objects_total > 0) {
    return static_cast<double>(event.objects_done) / static_cast<double>(event.objects_total);
  }
  return 0;
}

bool waits(const ProgressEvent& event) {
  return event.waited_seconds && event.wait_left_seconds;
}

// "waited 34 s, asked 5 times, again in 6 s"
std::string wait_text(const ProgressEvent& event) {
  const auto left = elapsed(std::ceil(*event.wait_left_seconds));
  return event.attempts == 0
             ? fmt::format("waited {}, {} left", elapsed(*event.waited_seconds), left)
             : fmt::format("waited {}, asked {}, again in {}", elapsed(*event.waited_seconds),
                           counted(event.attempts, "time"), left);
}

// Where bytes do not matter there are none.
std::string amounts(const ProgressEvent& event, std::string_view gap) {
  if (event.bytes_total == 0 && event.objects_total > 0) return objects_of_total(event);
  return fmt::format("{}{}{}",
                     bytes_of_total(event.bytes_done, event.bytes_total, !found_so_far(event)), gap,
                     objects_of_total(event));
}

std::string title_line(const std::string& title, const ProgressEvent& event, std::size_t width) {
  const auto right = fmt::format("step {}/{}  {}", event.step_number, event.step_count, event.step);
  const auto room = width > right.size() + 2 ? width - right.size() - 2 : 0;
  const auto left = shorten(title, room);
  const auto gap = width > columns(left) + right.size() ? width - columns(left) - right.size() : 2;
  return left + std::string(gap, ' ') + right;
}

}  // namespace

std::string table_row(std::string_view name, std::string_view value) {
  constexpr std::size_t width = 80, indent = 26;
  return fmt::format("  {:<24}{}\n", name, wrapped(value, width, indent, indent));
}

std::string bytes_of_total(std::uint64_t done, std::uint64_t total, bool final) {
  const auto unit = unit_for(static_cast<double>(total));
  return fmt::format("{}/{}{} {}", in_unit(static_cast<double>(done), unit),
                     in_unit(static_cast<double>(total), unit), final ? "" : "+", unit.name);
}

std::string byte_rate(double recent, double average) {
  const auto unit = unit_for(std::max(recent, average));
  return fmt::format("{} {}/s (avg {})", in_unit(recent, unit), unit.name, in_unit(average, unit));
}

std::string eta_text(const ProgressEvent& event) {
  const bool moves = event.objects_per_second > 0 || event.bytes_per_second > 0;
  if (!event.eta_low_seconds || !event.eta_high_seconds) {
    return moves ? "ETA calculating" : "ETA -";
  }
  const double low = *event.eta_low_seconds, high = *event.eta_high_seconds;
  const auto range = [&](double unit, const char* name) {
    // Never "0": what is not over takes time.
    const auto from = std::max<std::int64_t>(1, static_cast<std::int64_t>(low / unit));
    const auto to = std::max(from, static_cast<std::int64_t>(std::ceil(high / unit)));
    return from == to ? fmt::format("ETA {} {}", to, name)
                      : fmt::format("ETA {}-{} {}", from, to, name);
  };
  if (high < 120) return range(1, "s");
  if (high < 2.0 * 3600) return range(60, "min");
  if (high < 48.0 * 3600) return range(3600, "h");
  return range(86400, "d");
}

std::string plain_line(const ProgressEvent& event) {
  auto line = fmt::format("{} {}%  ", event.step, event.percent);
  if (!event.activity.empty()) line += single_line(event.activity) + "  ";
  if (waits(event)) return line + wait_text(event);
  const bool bytes = event.bytes_total > 0 || event.objects_total == 0;
  return line +
         fmt::format(
             "{} objects  {}{} obj/s  {}  failed {}  retried {}  throttled {}  in flight {}",
             objects_of_total(event),
             bytes ? fmt::format(
                         "{}  {}  ",
                         bytes_of_total(event.bytes_done, event.bytes_total, !found_so_far(event)),
                         byte_rate(event.bytes_per_second, event.bytes_per_second_average))
                   : "",
             rate_of_objects(event.objects_per_second), eta_text(event), human_count(event.failed),
             human_count(event.retried), human_count(event.throttled), event.in_flight);
}

namespace {

// What is done is said, and there is nothing to count.
bool counts_nothing(const ProgressEvent& event) {
  return !event.activity.empty() && event.objects_total == 0 && event.bytes_total == 0;
}

std::string bar_line(const ProgressEvent& event, std::size_t width) {
  const auto figures = waits(event) ? "  " + wait_text(event)
                       : counts_nothing(event)
                           ? std::string()
                           : fmt::format("  {} obj{}", amounts(event, "   "),
                                         found_so_far(event) ? " found so far" : "");
  const auto percent = fmt::format(" {:3}% ", event.percent);
  const auto taken = percent.size() + columns(figures);
  const std::size_t room = width > taken ? width - taken : 0;
  return percent + bar(share_done(event), std::min<std::size_t>(room, 30)) + figures;
}

std::string rates_line(const ProgressEvent& event) {
  const auto time = "elapsed " + elapsed(event.elapsed_seconds);
  if (waits(event) || counts_nothing(event)) return " " + time;
  const bool bytes = event.bytes_total > 0 || event.objects_total == 0;
  return fmt::format(
      " {}{} obj/s   {}   {}",
      bytes ? byte_rate(event.bytes_per_second, event.bytes_per_second_average) + "  " : "",
      rate_of_objects(event.objects_per_second), time, eta_text(event));
}

std::string counts_line(const ProgressEvent& event) {
  // A step that says what it does skips nothing that would be worth a number.
  const auto first = event.activity.empty() ? "" : single_line(event.activity) + "   ";
  const auto skipped = event.activity.empty()
                           ? fmt::format("  skipped {}", human_count(event.skipped))
                           : std::string();
  return fmt::format(" {}failed {}  retried {}  throttled {}{}   in flight {}", first,
                     human_count(event.failed), human_count(event.retried),
                     human_count(event.throttled), skipped, event.in_flight);
}

}  // namespace

DisplayLines display_lines(const std::string& title, const ProgressEvent& event,
                           std::size_t width) {
  return {.title = cut_to(title_line(title, event, width), width),
          .bar = cut_to(bar_line(event, width), width),
          .rates = cut_to(rates_line(event), width),
          .counts = cut_to(counts_line(event), width)};
}

std::string summary_text(const SummaryEvent& summary) {
  std::string out;
  const bool nothing_done = summary.exit_code == workflow::exit_fatal && summary.objects == 0;
  if (nothing_done) return out;
  const auto row = [&out](std::string_view name, const std::string& value) {
    out += table_row(name, value);
  };
  row("in the source",
      fmt::format("{}, {}", workflow::counted_objects(summary.objects, summary.all_versions),
                  human_bytes(summary.bytes)));
  if (summary.copied + summary.skipped > 0) {
    row("copied",
        fmt::format("{}, {}", workflow::counted_objects(summary.copied, summary.all_versions),
                    human_bytes(summary.copied_bytes)));
    row("the same already", human_count(summary.skipped));
  }
  if (summary.all_versions) {
    row("delete markers", fmt::format("{}, {} made", human_count(summary.delete_markers),
                                      human_count(summary.copied_markers)));
    row("not kept", "version ids, LastModified: no service can be told them");
  }
  if (summary.deleted > 0) row("deleted", human_count(summary.deleted));
  if (summary.failed > 0) row("FAILED", human_count(summary.failed));
  if (summary.not_carried > 0) row("NOT CARRIED", counted(summary.not_carried, "attribute"));
  const auto proven = summary.same_strong + summary.same_weak;
  if (proven + summary.mismatched + summary.missing > 0) {
    row("verified", fmt::format("{} strong, {} weak", human_count(summary.same_strong),
                                human_count(summary.same_weak)));
    row("differ / missing",
        fmt::format("{} / {}", human_count(summary.mismatched), human_count(summary.missing)));
  }
  if (summary.extra > 0) row("only in destination", human_count(summary.extra));
  row("requests", fmt::format("{} (retried {}, throttled {})", human_count(summary.requests),
                              human_count(summary.retried), human_count(summary.throttled)));
  row("time", elapsed(summary.elapsed_seconds));
  if (!summary.digest.empty()) row("digest", summary.digest);
  return out;
}

}  // namespace s3m::app

#include "console/report_csv.hpp"

#include <string_view>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_json.hpp"

namespace s3m::console {
namespace {

// Of a copy; a migration compares everything, always.
std::string method_of(const workflow::Report& report) {
  const auto spec = workflow::parsed_or_null(report.spec);
  const auto* const fields = spec.if_object();
  const auto* const verify = fields != nullptr ? fields->if_contains("verify") : nullptr;
  return verify != nullptr && verify->is_string() ? std::string(verify->get_string()) : "listing";
}

class Table {
 public:
  void add(std::string_view name, const std::string& value) {
    out_ += fmt::format("{},{}\r\n", name, csv_cell(value));
  }
  void add(std::string_view name, std::uint64_t value) {
    out_ += fmt::format("{},{}\r\n", name, value);
  }
  std::string text() && { return std::move(out_); }

 private:
  std::string out_ = "name,value\r\n";
};

}  // namespace

std::string report_csv(const workflow::Report& report) {
  const auto& summary = report.summary;
  Table table;
  table.add("job", report.job);
  table.add("source", workflow::spec_field(report.spec, "source", "location"));
  table.add("destination", workflow::spec_field(report.spec, "destination", "location"));
  table.add("started", iso8601(report.started));
  table.add("ended", iso8601(report.ended));
  table.add("outcome", summary.outcome);
  table.add("exit_code", static_cast<std::uint64_t>(summary.exit_code));
  table.add("objects", summary.objects);
  table.add("bytes", summary.bytes);
  table.add("copied", summary.copied);
  table.add("copied_bytes", summary.copied_bytes);
  table.add("skipped", summary.skipped);
  table.add("deleted", summary.deleted);
  table.add("failed", summary.failed);
  table.add("not_carried", summary.not_carried);
  const auto& earlier = report.earlier;
  table.add("runs", earlier.runs + 1);
  table.add("copied_by_all_runs", earlier.copied + summary.copied);
  table.add("seconds_of_all_runs",
            fmt::format("{:.1f}", earlier.seconds + summary.elapsed_seconds));
  table.add("verification_method", method_of(report));
  table.add("verified_strong", summary.same_strong);
  table.add("verified_weak", summary.same_weak);
  table.add("mismatched", summary.mismatched);
  table.add("missing", summary.missing);
  table.add("extra", summary.extra);
  table.add("digest", summary.digest);
  return std::move(table).text();
}

}  // namespace s3m::console

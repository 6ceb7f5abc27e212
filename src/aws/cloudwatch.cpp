#include "aws/cloudwatch.hpp"

#include <fmt/format.h>

#include "aws/form.hpp"

namespace s3m::aws {
namespace {

void add(Form& form, const std::string& prefix, const MetricDatum& datum) {
  form.add(prefix + "MetricName", datum.name);
  form.add(prefix + "Value", fmt::format("{}", datum.value));
  form.add(prefix + "Unit", datum.unit);
  form.add(prefix + "Timestamp", iso8601_seconds(datum.time));
  for (std::size_t i = 0; i < datum.dimensions.size(); ++i) {
    const auto dimension = fmt::format("{}Dimensions.member.{}.", prefix, i + 1);
    form.add(dimension + "Name", datum.dimensions[i].first);
    form.add(dimension + "Value", datum.dimensions[i].second);
  }
}

}  // namespace

net::Task<Result<void>> CloudWatch::put_metric_data(std::string space,
                                                    std::vector<MetricDatum> data) {
  Form form("PutMetricData", "2010-08-01");
  form.add("Namespace", space);
  for (std::size_t i = 0; i < data.size(); ++i)
    add(form, fmt::format("MetricData.member.{}.", i + 1), data[i]);
  auto answer = co_await client_.call(form_request("PutMetricData", "monitoring", std::move(form)));
  if (!answer) co_return forward(answer);
  co_return ok;
}

}  // namespace s3m::aws

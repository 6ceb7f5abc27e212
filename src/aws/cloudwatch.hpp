// cloudwatch.hpp: metrics of CloudWatch (query protocol, version 2010-08-01, which every region and
// partition speaks).
//
// Layer      aws.
// Threading  one loop.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/client.hpp"
#include "base/time.hpp"
#include "net/task.hpp"

namespace s3m::aws {

struct MetricDatum {
  std::string name;
  double value = 0;
  std::string_view unit = "None";  // a literal: "Percent", "Count"
  WallTime time;
  std::vector<std::pair<std::string, std::string>> dimensions;  // at most 30, none empty
};

class CloudWatch {
 public:
  explicit CloudWatch(Client client) : client_(std::move(client)) {}

  // At most 1000 of `data`. Putting the same again only counts a sample twice.
  // Errors: those of Client::call.
  net::Task<Result<void>> put_metric_data(std::string space, std::vector<MetricDatum> data);

 private:
  Client client_;
};

}  // namespace s3m::aws

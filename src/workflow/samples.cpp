#include "workflow/samples.hpp"

#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

namespace s3m::workflow {
namespace {

namespace json = boost::json;

double finite(double value) {
  return std::isfinite(value) ? value : 0;
}

// The later one's counts stand; the rates are the mean by weight.
Sample merged(const Sample& a, double weight_a, const Sample& b, double weight_b) {
  const auto all = weight_a + weight_b;
  Sample out = b;
  out.time = a.time;
  out.objects_per_second =
      (a.objects_per_second * weight_a + b.objects_per_second * weight_b) / all;
  out.bytes_per_second = (a.bytes_per_second * weight_a + b.bytes_per_second * weight_b) / all;
  return out;
}

// A step that only compares goes through what others move, many times as fast: on one axis with
// them it would hide them.
bool only_compares(std::string_view step) {
  return step == "verify" || step == "prove";
}

json::array row(const Sample& sample, std::uint32_t weight) {
  return {sample.time.time_since_epoch().count(),
          sample.objects_per_second,
          sample.bytes_per_second,
          sample.in_flight,
          sample.throttled,
          sample.retried,
          weight};
}

}  // namespace

void Samples::add(WallTime time, const ProgressEvent& progress) {
  const bool rates = !only_compares(progress.step);
  const Sample now{.time = time,
                   .objects_per_second = rates ? finite(progress.objects_per_second) : 0,
                   .bytes_per_second = rates ? finite(progress.bytes_per_second) : 0,
                   .in_flight = progress.in_flight,
                   .throttled = progress.throttled,
                   .retried = progress.retried};
  if (!points_.empty() && time - points_.back().time < gap_) {
    points_.back() = merged(points_.back(), weights_.back(), now, 1);
    ++weights_.back();
    return;
  }
  if (points_.size() == most_samples) halve();
  points_.push_back(now);
  weights_.push_back(1);
}

void Samples::halve() {
  gap_ *= 2;
  const auto half = points_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    points_[i] = merged(points_[2 * i], weights_[2 * i], points_[2 * i + 1], weights_[2 * i + 1]);
    weights_[i] = weights_[2 * i] + weights_[2 * i + 1];
  }
  points_.resize(half);
  weights_.resize(half);
}

std::string Samples::text() const {
  json::array rows;
  for (std::size_t i = 0; i < points_.size(); ++i)
    rows.push_back(row(points_[i], weights_[i]));
  return json::serialize(json::object{{"gap", gap_.count()}, {"rows", std::move(rows)}});
}

Samples Samples::load(std::string_view text) {
  json::error_code unreadable;
  const auto value = json::parse(text, unreadable);
  if (unreadable || !value.is_object()) return {};
  Samples out;
  try {
    const auto& object = value.get_object();
    out.gap_ = std::chrono::milliseconds(object.at("gap").to_number<std::int64_t>());
    for (const auto& one : object.at("rows").as_array()) {
      const auto& cells = one.as_array();
      out.points_.push_back(
          {.time = WallTime(std::chrono::milliseconds(cells.at(0).to_number<std::int64_t>())),
           .objects_per_second = cells.at(1).to_number<double>(),
           .bytes_per_second = cells.at(2).to_number<double>(),
           .in_flight = cells.at(3).to_number<std::uint32_t>(),
           .throttled = cells.at(4).to_number<std::uint64_t>(),
           .retried = cells.at(5).to_number<std::uint64_t>()});
      out.weights_.push_back(cells.at(6).to_number<std::uint32_t>());
    }
  } catch (const std::exception&) {
    return {};  // Boost.JSON's way of saying that it is another shape
  }
  return out.points_.size() <= most_samples && out.gap_.count() > 0 ? out : Samples();
}

std::vector<Sample> thinned(const std::vector<Sample>& samples, std::size_t most) {
  if (most == 0 || samples.size() <= most) return samples;
  std::vector<Sample> out;
  for (std::size_t i = 0; i < most; ++i) {
    const auto begin = i * samples.size() / most, end = (i + 1) * samples.size() / most;
    auto point = samples[begin];
    for (auto at = begin + 1; at < end; ++at)
      point = merged(point, static_cast<double>(at - begin), samples[at], 1);
    out.push_back(point);
  }
  return out;
}

}  // namespace s3m::workflow

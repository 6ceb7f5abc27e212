// json_reader.hpp: reads the members of a JSON object into fields, and remembers the first thing
// that is wrong, by its path ("buckets[2].objects[0].size: a number is expected").
//
// Layer  sim.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json.hpp>

#include "sim/scenario.hpp"

namespace s3m::sim {

enum class Sign : bool { positive, any };

class JsonReader {
 public:
  // `error` is shared by all readers of a document and outlives them.
  JsonReader(const boost::json::value& value, std::string path, std::string& error);

  // Each reads a member if it is there and leaves the field alone if not.
  void text(std::string_view name, std::string& field);
  void text(std::string_view name, std::optional<std::string>& field);
  void flag(std::string_view name, bool& field);
  void real(std::string_view name, double& field);
  void texts(std::string_view name, std::vector<std::string>& field);
  void pairs(std::string_view name, Pairs& field);  // {"name": "text"}
  void map(std::string_view name, std::map<std::string, std::string>& field);
  // A JSON document: a string that holds one, or the document itself.
  void document(std::string_view name, std::string& field);
  void documents(std::string_view name, std::vector<std::string>& field);
  // A size: a number of bytes, or text as "6GiB".
  void size(std::string_view name, std::uint64_t& field);
  void list(std::string_view name, const std::function<void(JsonReader&)>& each);
  void object(std::string_view name, const std::function<void(JsonReader&)>& read);

  template <class Number>
  void number(std::string_view name, Number& field) {
    if (const auto value = whole_number(name)) field = static_cast<Number>(*value);
  }
  // Members named with their unit: "delay_ms".
  template <class Rep, class Period>
  void duration(std::string_view name, std::chrono::duration<Rep, Period>& field,
                Sign sign = Sign::positive) {
    if (const auto value = whole_number(name, sign))
      field = std::chrono::duration<Rep, Period>(*value);
  }
  template <class Rep, class Period>
  void duration(std::string_view name, std::optional<std::chrono::duration<Rep, Period>>& field) {
    if (const auto value = whole_number(name)) field = std::chrono::duration<Rep, Period>(*value);
  }

  bool has(std::string_view name) const;
  void fail(std::string_view name, std::string_view what);
  // Call last: a member nobody read is an error.
  void done();

 private:
  const boost::json::value* take(std::string_view name);
  std::optional<std::int64_t> whole_number(std::string_view name, Sign sign = Sign::positive);
  std::string path_of(std::string_view name) const;

  const boost::json::object* object_ = nullptr;  // null after an error
  std::string path_;
  std::string& error_;
  std::vector<std::string> taken_;
};

}  // namespace s3m::sim

// report_page.hpp: the elements of the report's page.
//
// Layer      workflow.
// Secrets    every text is escaped on its way to the page.
#pragma once

#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>

namespace s3m::workflow {

class Page {
 public:
  // Writes the head. `out` outlives the page.
  Page(std::ostream& out, std::string_view title);
  void close();  // the last thing

  // A table of names and values, or one with columns; each ends with end().
  void begin(std::string_view title);
  void begin(std::string_view title, std::initializer_list<std::string_view> columns);
  void end();
  void row(std::string_view name, std::string_view value);  // nothing where there is no value
  void cells(std::initializer_list<std::string> values);
  void heading(std::string_view title);
  // A text of several lines, folded up under its title. Nothing where it is empty.
  void folded(std::string_view title, std::string_view text);
  void paragraph(std::string_view style, std::string_view text);
  template <class Items>
  void list(const Items& items) {
    begin_list();
    for (const auto& item : items)
      item_of_list(item);
    end_list();
  }

 private:
  void begin_list();
  void item_of_list(std::string_view text);
  void end_list();

  std::ostream& out_;
};

// "0.3 s", "12m3s".
std::string step_duration(double seconds);

}  // namespace s3m::workflow

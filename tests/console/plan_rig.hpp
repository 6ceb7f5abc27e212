// plan_rig.hpp: the console beside a simulated cloud with the article's accounts, and what looks
// into it.
//
// Threading  the simulator and each plan have threads of their own.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include "app/serve_browser.hpp"
#include "app/serve_planner.hpp"
#include "sim/server.hpp"
#include "tests/console/rig.hpp"

namespace s3m::console {

// The article's accounts, and s3://photos with three objects in us-east-1.
sim::Scenario photos_world();

class PlanRig : public ::testing::Test {
 protected:
  ~PlanRig() override;
  // Roles of any name are allowed, and nothing else, unless told otherwise.
  void begin(const sim::Scenario& world, Allowed allowed = {.roles = {"*"}});

  // A request of that kind, of s3://photos by the article's roles.
  static std::string request(std::string_view kind, std::string_view options = "{}");
  // The same side of it alone.
  static boost::json::object side(std::string_view name);

  net::HttpResponse post(const std::string& target, std::string body);
  // Begins a plan and waits for its end.
  boost::json::object plan(const std::string& body);
  static std::string verdict(const boost::json::object& plan, std::string_view side,
                             std::string_view action, std::string_view resource);

  std::map<std::string, std::string, std::less<>> variables_;
  aws::Environment environment_;
  std::unique_ptr<sim::Server> server_;
  std::unique_ptr<app::ServePlanner> planner_;
  std::unique_ptr<app::ServeBrowser> browser_;  // on the console's loop
  std::unique_ptr<Rig> rig_;
};

}  // namespace s3m::console

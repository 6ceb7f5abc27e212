// router.hpp: which handler answers a request, and who may ask for it.
//
// Layer      console.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/doorkeeper.hpp"
#include "console/reply.hpp"
#include "console/target.hpp"
#include "net/http_server.hpp"

namespace s3m::console {

// A request that may be answered.
struct Call {
  net::ServerRequest request;
  std::map<std::string, std::string, std::less<>> query;
  std::string id;            // what stands for "{id}" in the pattern
  std::optional<Known> who;  // nobody, where the route asks for nobody
  bool by_cookie = false;    // by what a browser sends by itself; else by a bearer token
  bool by_proxy = false;     // likewise, as a load balancer's word

  // A parameter of the query as a number. Gives `usual` where it is not there, nullopt where it is
  // none from `least` to `most`.
  std::optional<std::size_t> number(std::string_view name, std::size_t usual, std::size_t least,
                                    std::size_t most) const;
  // The body as a JSON object; nullopt where it is none.
  std::optional<boost::json::object> body() const;
};

using Handler = std::function<net::Task<Reply>(Call call)>;

enum class Access : std::uint8_t { anybody, viewer, operator_ };

struct Route {
  std::string method;   // GET also answers HEAD
  std::string pattern;  // "/api/v1/jobs/{id}/events"
  Access access = Access::viewer;
  Handler handler;

  // Whether answering it changes anything.
  bool changes() const { return method != "GET"; }
};

class Router {
 public:
  void add(Route route);

  struct Match {
    const Route* route = nullptr;  // null: none for this method
    std::string id;
    std::string allowed;  // the methods of the path, "GET, HEAD, POST"; empty: no such path
  };
  Match find(std::string_view method, const std::vector<std::string>& segments) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // of each route, in segments
};

}  // namespace s3m::console

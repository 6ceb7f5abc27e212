#include "app/store_place.hpp"

#include "store/store.hpp"

namespace s3m::app {

Result<std::string> store_url(const Arguments& arguments, const aws::Environment& environment) {
  if (!arguments.store.empty()) return arguments.store;
  auto named = environment("S3MIGRATOR_STORE");
  if (named && !named->empty()) return *std::move(named);
  auto path = store::default_store_path();
  if (!path) return forward(path);
  return path->string();
}

}  // namespace s3m::app

// context_source.cpp: a source with more to say about itself.
#include "aws/credential_sources.hpp"

namespace s3m::aws {
namespace {

class ContextSource final : public CredentialsSource {
 public:
  ContextSource(SourcePtr inner, std::string context)
      : inner_(std::move(inner)), context_(std::move(context)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto credentials = co_await inner_->fetch();
    if (!credentials) credentials.error().context(context_);
    co_return credentials;
  }
  std::string describe() const override { return inner_->describe() + " by " + context_; }

 private:
  SourcePtr inner_;
  std::string context_;
};

}  // namespace

SourcePtr in_context(SourcePtr inner, std::string context) {
  return std::make_unique<ContextSource>(std::move(inner), std::move(context));
}

}  // namespace s3m::aws

// context_source.cpp: a source with more to say about itself, and the source of nothing.
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

class AnonymousSource final : public CredentialsSource {
 public:
  net::Task<Result<Credentials>> fetch() override { co_return Credentials{}; }
  std::string describe() const override { return "nobody"; }
};

}  // namespace

SourcePtr in_context(SourcePtr inner, std::string context) {
  return std::make_unique<ContextSource>(std::move(inner), std::move(context));
}

SourcePtr anonymous_source() {
  return std::make_unique<AnonymousSource>();
}

}  // namespace s3m::aws

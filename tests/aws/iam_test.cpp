// What IAM says of a role's policies, asked of the simulator.
#include "aws/iam.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/aws/simulated_s3.hpp"

namespace s3m::aws {
namespace {

class IamSimulation : public SimulatedS3 {
 protected:
  Iam iam(std::shared_ptr<Identity> identity) {
    return Iam(Client(runtime_, std::move(identity),
                      {.url = server_->endpoint(), .region = "us-east-1"}, unlimited_admission()));
  }
};

TEST_F(IamSimulation, TellsWhatARolesPoliciesAllow) {
  auto asked = iam(administrator());
  const auto decisions =
      run(asked.simulate_principal_policy({.principal_arn = std::string(sim::source_role),
                                           .actions = {"s3:DeleteBucket", "iam:CreateUser"},
                                           .resource = "arn:aws:s3:::photos"}));
  ASSERT_TRUE(decisions) << decisions.error().describe();
  ASSERT_EQ(decisions->size(), 2u);
  EXPECT_EQ(decisions->at(0).action, "s3:DeleteBucket");
  EXPECT_EQ(decisions->at(0).verdict, PolicyDecision::Verdict::allowed);
  EXPECT_EQ(decisions->at(1).verdict, PolicyDecision::Verdict::not_allowed);
}

TEST_F(IamSimulation, ARightOfItsOwn) {
  auto asked = iam(role_session());
  EXPECT_EQ(
      outcome(run(asked.simulate_principal_policy({.principal_arn = std::string(sim::source_role),
                                                   .actions = {"s3:DeleteBucket"},
                                                   .resource = "arn:aws:s3:::photos"}))),
      "access_denied");
}

}  // namespace
}  // namespace s3m::aws

#include "workflow/outside_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

class Heard final : public EventSink {
 public:
  void emit(const Event& event) override { notes.push_back(std::get<NoteEvent>(event).message); }
  std::vector<std::string> notes;
};

TEST(OutsideNotes, WaitForTheJobAndEndWithIt) {
  Heard heard;
  OutsideNotes notes;
  notes.say("begun");
  notes.say("and more");
  EXPECT_TRUE(heard.notes.empty());
  notes.attach(heard);
  EXPECT_THAT(heard.notes, testing::ElementsAre("begun", "and more"));
  notes.say("slower");
  EXPECT_EQ(heard.notes.back(), "slower");
  notes.detach();
  notes.say("too late");
  EXPECT_EQ(heard.notes.size(), 3u);
}

}  // namespace
}  // namespace s3m::workflow

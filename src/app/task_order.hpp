// task_order.hpp: the command `s3migrator task`: which job a container is to run, by its
// environment.
//
// Layer      app.
// Threading  the calling thread waits for the store, and for S3 where the order lies there.
//
//   S3MIGRATOR_JOB     ["copy","s3://a","s3://b",...]  the words of a copy or a migration
//                      ["jobs","resume","JOB",...]     or of what goes on with a job: jobs resume,
//                                                      jobs retry, undo
//                      s3://BUCKET/KEY                 an object that holds such words
//                      JOB                             a job of the store, to be gone on with
//   S3MIGRATOR_JOB_ID  the id that the job of such words gets. A container that is started again
//                      with it goes on with that job, and one that is started twice runs it once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.hpp"
#include "app/held_signals.hpp"
#include "aws/config.hpp"

namespace s3m::app {

inline constexpr auto job_variable = "S3MIGRATOR_JOB";
inline constexpr auto job_id_variable = "S3MIGRATOR_JOB_ID";

// The words in `text`, a JSON array of strings, of a command that a task may run.
// Errors: usage, a sentence.
Result<std::vector<std::string>> read_words(std::string_view text);

struct TaskOrder {
  std::optional<Arguments> command;  // with `job` and, of a job that is taken up, `again`
  // Without a command: the job has ended before, and so.
  int exit_code = 0;
  std::string said;
};

// Output and store are those of `arguments`; events go to standard output.
// Errors  usage; config; not_found, refused as take_up(); cancelled as wait_for_claim(); those of
//         the store and of GetObject.
Result<TaskOrder> task_order(const Arguments& arguments, const aws::Environment& environment,
                             const HeldSignals& signals);

}  // namespace s3m::app

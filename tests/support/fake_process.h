// SPDX-License-Identifier: Apache-2.0
// A process runner that starts nothing: it records what it was asked and answers from a script.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "runtime/os/process.h"

namespace vmplan::test {

class FakeProcessRunner final : public os::ProcessRunner {
 public:
  using Answer = std::function<Result<os::ProcessExit>(const os::ProcessSpec&)>;

  /// Answers every call from now on, from the thread of the caller. Without one, everything exits
  /// with 0.
  void answer_with(Answer answer);
  /// Answers the next call with this instead; several form a queue.
  void push(Result<os::ProcessExit> result);
  /// An exit with `code`, for answers.
  static os::ProcessExit exit_with(int code, std::string output = "", std::string error_tail = "");

  /// What was asked, in order of the calls.
  std::vector<os::ProcessSpec> specs() const;

  Result<os::ProcessExit> run(const os::ProcessSpec& spec, const os::Cancel& cancel) override;

 private:
  mutable std::mutex mutex_;
  std::vector<os::ProcessSpec> specs_;
  std::vector<Result<os::ProcessExit>> queue_;
  Answer answer_;
};

}  // namespace vmplan::test

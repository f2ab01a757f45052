// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_process.h"

#include <utility>

namespace vmplan::test {

void FakeProcessRunner::answer_with(Answer answer) {
  std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

void FakeProcessRunner::push(Result<os::ProcessExit> result) {
  std::lock_guard lock(mutex_);
  queue_.push_back(std::move(result));
}

os::ProcessExit FakeProcessRunner::exit_with(int code, std::string output, std::string error_tail) {
  os::ProcessExit exit;
  exit.code = code;
  exit.output = std::move(output);
  exit.error_tail = std::move(error_tail);
  return exit;
}

std::vector<os::ProcessSpec> FakeProcessRunner::specs() const {
  std::lock_guard lock(mutex_);
  return specs_;
}

Result<os::ProcessExit> FakeProcessRunner::run(const os::ProcessSpec& spec,
                                               const os::Cancel& cancel) {
  Answer answer;
  {
    std::lock_guard lock(mutex_);
    specs_.push_back(spec);
    if (cancel.level() == os::Cancel::Level::Kill) {
      os::ProcessExit killed;
      killed.signal = 15;
      killed.cancelled = true;
      return killed;
    }
    if (!queue_.empty()) {
      Result<os::ProcessExit> next = std::move(queue_.front());
      queue_.erase(queue_.begin());
      return next;
    }
    answer = answer_;
  }
  return answer ? answer(spec) : Result<os::ProcessExit>(os::ProcessExit{});
}

}  // namespace vmplan::test

// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace vmplan::exec {
namespace {

/// The scheduler with its lock, and the loop that every worker runs.
class Pool {
 public:
  Pool(const Work& work, const PoolOptions& options, const os::Cancel& cancel,
       const std::function<bool(const WorkItem&)>& work_on)
      : work_(work),
        options_(options),
        cancel_(cancel),
        work_on_(work_on),
        scheduler_(work.items.size(), work.edges) {}

  void work_until_settled() {
    std::unique_lock lock(mutex_);
    while (!scheduler_.settled()) {
      if (cancel_.level() != os::Cancel::Level::None) scheduler_.drain();
      std::optional<ItemId> item = scheduler_.next();
      if (!item) {
        if (!scheduler_.settled()) changed_.wait(lock);
        continue;
      }
      lock.unlock();
      const bool ok = run(*item);
      lock.lock();
      scheduler_.finished(*item, ok);
      if (!ok && !options_.keep_going) scheduler_.drain();
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  bool run(ItemId item) {
    try {
      return work_on_(work_.items[item]);
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!thrown_) thrown_ = std::current_exception();
      scheduler_.drain();
      return false;
    }
  }

  const Work& work_;
  const PoolOptions& options_;
  const os::Cancel& cancel_;
  const std::function<bool(const WorkItem&)>& work_on_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Scheduler scheduler_;
  std::exception_ptr thrown_;
};

}  // namespace

void run_all(const Work& work, const PoolOptions& options, const os::Cancel& cancel,
             const std::function<bool(const WorkItem&)>& work_on) {
  Pool pool(work, options, cancel, work_on);
  {
    const std::size_t wanted = std::min<std::size_t>(options.jobs, work.items.size());
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < wanted; ++i)
      others.emplace_back([&pool] { pool.work_until_settled(); });
    pool.work_until_settled();
  }
  pool.rethrow();
}

}  // namespace vmplan::exec

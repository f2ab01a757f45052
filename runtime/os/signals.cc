// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/signals.h"

#include "compiler/base/result.h"

namespace vmplan::os {
namespace {

// Mutable globals, because a signal handler has no other way to reach anything.
std::atomic<Cancel*> g_cancel{nullptr};
std::atomic<int> g_received{0};
static_assert(std::atomic<Cancel*>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int number) {
  g_received.store(number);
  if (Cancel* cancel = g_cancel.load()) cancel->interrupt();
}

}  // namespace

SignalScope::SignalScope(Cancel& cancel) {
  Cancel* none = nullptr;
  if (!g_cancel.compare_exchange_strong(none, &cancel))
    throw InternalError("two SignalScopes at once");
  g_received = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: waits wake up and look at the level
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &old_int_);
  ::sigaction(SIGTERM, &action, &old_term_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &old_pipe_);
}

SignalScope::~SignalScope() {
  ::sigaction(SIGINT, &old_int_, nullptr);
  ::sigaction(SIGTERM, &old_term_, nullptr);
  ::sigaction(SIGPIPE, &old_pipe_, nullptr);
  g_cancel = nullptr;
}

int SignalScope::received() noexcept { return g_received.load(); }

}  // namespace vmplan::os

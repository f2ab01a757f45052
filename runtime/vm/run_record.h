// SPDX-License-Identifier: Apache-2.0
// run.json, "vmplan.run/1": what is known about the process of one machine. One line of canonical
// JSON and a line feed. Written by the shim (and, when there is none, by whoever holds its lock);
// read by everybody. Pure text here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::vm {

enum class RunState : std::uint8_t {
  Starting,  ///< before readiness; a pid of 0 means that QEMU has not been started
  Running,
  Exited,
};

/// The SHUTDOWN event of QMP. Source: qapi/run-state.json, ShutdownCause.
struct Shutdown {
  /// The guest did it.
  bool guest = false;
  /// "guest-shutdown", "host-qmp-quit", "host-signal", "guest-panic", ...
  std::string reason;
  friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

/// All texts are words of [A-Za-z0-9:._+-], so the format has no escapes.
struct RunRecord {
  RunState state = RunState::Starting;
  std::string boot_id;
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0;
  std::int64_t shim_pid = 0;
  std::int64_t shim_start_ticks = 0;
  std::string argv_hash;
  /// UTC, RFC 3339.
  std::string started_at;
  /// Empty while it runs.
  std::string ended_at;
  /// The end that we asked for, recorded before asking: "system_powerdown", "quit", "signal-15", or
  /// why a start was given up: kStartTimeout, kStartAborted. Empty: nothing.
  std::string requested;
  /// Absent while it runs, when a signal ended it, or when only a parent could have known.
  std::optional<std::int64_t> exit_code;
  std::optional<std::int64_t> signal;
  std::optional<Shutdown> shutdown;

  friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

inline constexpr std::string_view kStartTimeout = "start-timeout";
inline constexpr std::string_view kStartAborted = "start-aborted";

/// Requires: every text is a word.
std::string encode(const RunRecord& record);
/// Accepts exactly what encode() writes. Errors: Corrupt.
Result<RunRecord> decode_run_record(std::string_view bytes);

/// `text` with everything that is not allowed in a word replaced by `_`, at most 64 bytes.
std::string as_word(std::string_view text);

}  // namespace vmplan::vm

// SPDX-License-Identifier: Apache-2.0
// Asking before something is done.
#pragma once

#include <string>

#include "cli/command.h"

namespace vmplan::cli {

enum class Answer { Yes, No, NobodyToAsk };

/// What the user is asked about.
struct Question {
  /// What would be done, shown first; empty when it is on the screen already.
  std::string about;
  /// "Do it?"
  std::string text;
};

/// "Do it? [y/N]" on standard error, answered on standard input. --yes answers for the user.
/// Without a terminal and without
/// --yes nobody can be asked, which is said on standard error.
Answer confirm(Context& context, const Question& question);

/// The same, answered by typing `word`.
Answer confirm_by_typing(Context& context, const Question& question, const std::string& word);

}  // namespace vmplan::cli

// SPDX-License-Identifier: Apache-2.0
// Asking before something is done.
#pragma once

#include <string>

#include "cli/command.h"

namespace vmplan::cli {

enum class Answer { Yes, No, NobodyToAsk };

/// "Do it? [y/N]" on standard error, answered on standard input. --yes answers for the user.
/// Without a terminal and without
/// --yes nobody can be asked, which is said on standard error.
Answer confirm(Context& context, const std::string& question);

/// The same, answered by typing `word`.
Answer confirm_by_typing(Context& context, const std::string& question, const std::string& word);

}  // namespace vmplan::cli

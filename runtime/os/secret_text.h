// SPDX-License-Identifier: Apache-2.0
// A secret in memory: it cannot be copied by accident, and its bytes are wiped when it goes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace vmplan::os {

/// Overwrites all bytes of `text`, what it once held included, in a way that no optimiser leaves
/// out.
void wipe(std::string& text);

class SecretText {
 public:
  explicit SecretText(std::string&& text) : text_(std::move(text)) { wipe(text); }
  SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
  SecretText& operator=(SecretText&& other) noexcept {
    wipe(text_);
    text_ = std::move(other.text_);
    wipe(other.text_);
    return *this;
  }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(text_); }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace vmplan::os

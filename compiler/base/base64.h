// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4, with padding) for blobs inside JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan {

std::string base64_encode(std::string_view bytes);
/// Accepts only what base64_encode writes (padding present, unused bits zero).
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace vmplan

// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace vmplan {
namespace {

/// Longest text of a finding. Units: bytes.
constexpr std::size_t kLongestText = 1000;

/// Leaves out the middle of a text that quotes megabytes of the input.
void shorten(std::string& text) {
  if (text.size() <= kLongestText) return;
  auto is_inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  std::size_t begin = kLongestText / 2;
  std::size_t end = text.size() - kLongestText / 2;
  while (begin > 0 && is_inside(begin)) --begin;
  while (end < text.size() && is_inside(end)) ++end;
  text.replace(begin, end - begin, " [...] ");
}

}  // namespace

std::size_t& Diagnostics::count_of(const Diagnostic& diagnostic) {
  return info(diagnostic.code).severity == Severity::Error ? errors_ : warnings_;
}

bool Diagnostics::has_room(const Diagnostic& diagnostic) {
  if (!diagnostic.span) return true;
  std::size_t& kept = kept_[{diagnostic.span->source, info(diagnostic.code).severity}];
  if (kept == kMostOfOneFile) return false;
  ++kept;
  return true;
}

void Diagnostics::add(Diagnostic diagnostic) {
  ++count_of(diagnostic);
  if (!has_room(diagnostic)) return;
  for (std::string* text : {&diagnostic.summary, &diagnostic.detail, &diagnostic.suggestion})
    shorten(*text);
  for (Note& note : diagnostic.notes) shorten(note.text);
  found_.push_back(std::move(diagnostic));
}

void Diagnostics::add_all(Diagnostics&& other) {
  errors_ += std::exchange(other.errors_, 0);
  warnings_ += std::exchange(other.warnings_, 0);
  for (Diagnostic& each : other.found_)
    if (has_room(each)) found_.push_back(std::move(each));
  other.found_.clear();
  other.kept_.clear();
}

void Diagnostics::append(Diagnostics&& other) {
  errors_ += std::exchange(other.errors_, 0);
  warnings_ += std::exchange(other.warnings_, 0);
  found_.insert(found_.end(), std::make_move_iterator(other.found_.begin()),
                std::make_move_iterator(other.found_.end()));
  other.found_.clear();
  for (const auto& [file, count] : other.kept_) {
    std::size_t& kept = kept_[file];
    kept = std::min(kept + count, kMostOfOneFile);
  }
  other.kept_.clear();
}

void Diagnostics::sort(const SourceMap& sources) {
  using All = std::tuple<std::string_view, std::uint32_t, Code, std::string_view, std::uint32_t,
                         std::string_view, const std::vector<Note>&, std::string_view>;
  auto all = [&](const Diagnostic& d) {
    return All(d.span ? sources.path(d.span->source) : std::string_view(),
               d.span ? d.span->begin : 0, d.code, d.summary, d.span ? d.span->end : 0, d.detail,
               d.notes, d.suggestion);
  };
  std::sort(found_.begin(), found_.end(),
            [&](const Diagnostic& a, const Diagnostic& b) { return all(a) < all(b); });
  auto repeat = [&](const Diagnostic& a, const Diagnostic& b) { return all(a) == all(b); };
  for (const Diagnostic& each : found_) --count_of(each);
  found_.erase(std::unique(found_.begin(), found_.end(), repeat), found_.end());
  for (const Diagnostic& each : found_) ++count_of(each);
}

}  // namespace vmplan

// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace vmplan {

void Diagnostics::add(Diagnostic diagnostic) {
  if (info(diagnostic.code).severity == Severity::Error) ++errors_;
  found_.push_back(std::move(diagnostic));
}

void Diagnostics::append(Diagnostics&& other) {
  errors_ += other.errors_;
  found_.insert(found_.end(), std::make_move_iterator(other.found_.begin()),
                std::make_move_iterator(other.found_.end()));
  other.found_.clear();
  other.errors_ = 0;
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
  found_.erase(std::unique(found_.begin(), found_.end(), repeat), found_.end());
  errors_ =
      static_cast<std::size_t>(std::count_if(found_.begin(), found_.end(), [](const Diagnostic& d) {
        return info(d.code).severity == Severity::Error;
      }));
}

}  // namespace vmplan

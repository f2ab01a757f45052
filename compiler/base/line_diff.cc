// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace vmplan {
namespace {

constexpr std::size_t kContext = 3;
/// More edits than this are shown as one: the search needs memory in their square.
constexpr std::ptrdiff_t kMostEdits = 2000;

using Lines = std::vector<std::string_view>;

/// With their line ends, so that a missing last one is a difference.
Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    out.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

/// A line of the result: of one text or of both.
struct Edit {
  enum class Kind : std::uint8_t { Kept, Removed, Added };
  Kind kind = Kind::Kept;
  std::string_view line;
};

/// The shortest way from `a` to `b` (Myers 1986, the greedy algorithm); wholesale when it is long.
class Comparison {
 public:
  Comparison(std::span<const std::string_view> a, std::span<const std::string_view> b)
      : a_(a), b_(b) {}

  std::vector<Edit> run() {
    const auto most = std::min<std::ptrdiff_t>(kMostEdits, size(a_) + size(b_));
    std::vector<std::vector<std::ptrdiff_t>> rounds;
    // furthest[k + d]: how far into `a` the best path on diagonal k gets with d edits.
    std::vector<std::ptrdiff_t> furthest(3, 0);
    for (std::ptrdiff_t d = 0; d <= most; ++d) {
      std::vector<std::ptrdiff_t> next(static_cast<std::size_t>(2 * d + 3), -1);
      for (std::ptrdiff_t k = -d; k <= d; k += 2) {
        std::ptrdiff_t x = start(furthest, d, k);
        while (x < size(a_) && x - k < size(b_) && a_[at(x)] == b_[at(x - k)]) ++x;
        next[at(k + d + 1)] = x;
        if (x >= size(a_) && x - k >= size(b_)) {
          rounds.push_back(std::move(next));
          return trace(rounds, k);
        }
      }
      furthest = next;
      rounds.push_back(std::move(next));
    }
    return wholesale();
  }

 private:
  static std::ptrdiff_t size(std::span<const std::string_view> lines) {
    return static_cast<std::ptrdiff_t>(lines.size());
  }
  static std::size_t at(std::ptrdiff_t index) { return static_cast<std::size_t>(index); }

  /// Where round `d` begins on diagonal `k`, given the round before it, whose diagonals are those
  /// of d - 1.
  static std::ptrdiff_t start(const std::vector<std::ptrdiff_t>& before, std::ptrdiff_t d,
                              std::ptrdiff_t k) {
    if (d == 0) return 0;
    const std::ptrdiff_t above = value(before, d - 1, k + 1);
    const std::ptrdiff_t left = value(before, d - 1, k - 1);
    return k == -d || (k != d && left < above) ? above : left + 1;
  }
  static std::ptrdiff_t value(const std::vector<std::ptrdiff_t>& round, std::ptrdiff_t d,
                              std::ptrdiff_t k) {
    return k < -d - 1 || k > d + 1 ? -1 : round[at(k + d + 1)];
  }

  std::vector<Edit> trace(const std::vector<std::vector<std::ptrdiff_t>>& rounds,
                          std::ptrdiff_t k) const {
    std::vector<Edit> out;
    std::ptrdiff_t x = size(a_);
    for (auto d = static_cast<std::ptrdiff_t>(rounds.size()) - 1; d > 0; --d) {
      const std::vector<std::ptrdiff_t>& before = rounds[at(d - 1)];
      const std::ptrdiff_t begin = start(before, d, k);
      for (; x > begin; --x) out.push_back({Edit::Kind::Kept, a_[at(x - 1)]});
      const bool added =
          k == -d || (k != d && value(before, d - 1, k - 1) < value(before, d - 1, k + 1));
      if (added) {
        out.push_back({Edit::Kind::Added, b_[at(x - k - 1)]});
        ++k;
      } else {
        out.push_back({Edit::Kind::Removed, a_[at(--x)]});
        --k;
      }
    }
    for (; x > 0; --x) out.push_back({Edit::Kind::Kept, a_[at(x - 1)]});
    std::reverse(out.begin(), out.end());
    return out;
  }

  std::vector<Edit> wholesale() const {
    std::vector<Edit> out;
    for (std::string_view line : a_) out.push_back({Edit::Kind::Removed, line});
    for (std::string_view line : b_) out.push_back({Edit::Kind::Added, line});
    return out;
  }

  std::span<const std::string_view> a_;
  std::span<const std::string_view> b_;
};

std::vector<Edit> compare(const Lines& a, const Lines& b) {
  auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto begin = static_cast<std::size_t>(left - a.begin());
  std::size_t tail = 0;
  while (tail < std::min(a.size(), b.size()) - begin &&
         a[a.size() - tail - 1] == b[b.size() - tail - 1])
    ++tail;
  std::vector<Edit> out;
  for (std::size_t i = 0; i < begin; ++i) out.push_back({Edit::Kind::Kept, a[i]});
  std::vector<Edit> middle = Comparison(std::span(a).subspan(begin, a.size() - tail - begin),
                                        std::span(b).subspan(begin, b.size() - tail - begin))
                                 .run();
  out.insert(out.end(), middle.begin(), middle.end());
  for (std::size_t i = a.size() - tail; i < a.size(); ++i) out.push_back({Edit::Kind::Kept, a[i]});
  return out;
}

void append_line(std::string& out, const Edit& edit) {
  out += edit.kind == Edit::Kind::Kept ? ' ' : edit.kind == Edit::Kind::Removed ? '-' : '+';
  out += edit.line;
  if (!edit.line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// "12,3"; an empty range counts from the line before it.
std::string range_text(std::size_t first, std::size_t count) {
  if (count == 1) return fmt::format("{}", first + 1);
  return fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return "";
  const std::vector<Edit> edits = compare(lines_of(before), lines_of(after));
  std::string out = fmt::format("--- {0}\n+++ {0}\n", name);
  auto is_change = [](const Edit& edit) { return edit.kind != Edit::Kind::Kept; };
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  std::size_t at = 0;
  auto pass = [&](std::size_t end) {
    for (; at < end; ++at) {
      if (edits[at].kind != Edit::Kind::Added) ++old_line;
      if (edits[at].kind != Edit::Kind::Removed) ++new_line;
    }
  };
  while (true) {
    const auto here = edits.begin() + static_cast<std::ptrdiff_t>(at);
    auto change =
        static_cast<std::size_t>(std::find_if(here, edits.end(), is_change) - edits.begin());
    if (change == edits.size()) return out;
    pass(std::max(at, change - std::min(change, kContext)));
    // The hunk goes on while the next change is near enough for their contexts to touch.
    std::size_t end = change;
    for (std::size_t i = change; i < edits.size() && i <= end + 2 * kContext + 1; ++i)
      if (is_change(edits[i])) end = i;
    end = std::min(edits.size(), end + 1 + kContext);
    const std::size_t first = at;
    const std::size_t old_first = old_line;
    const std::size_t new_first = new_line;
    pass(end);
    fmt::format_to(std::back_inserter(out), "@@ -{} +{} @@\n",
                   range_text(old_first, old_line - old_first),
                   range_text(new_first, new_line - new_first));
    for (std::size_t i = first; i < end; ++i) append_line(out, edits[i]);
  }
}

}  // namespace vmplan

// SPDX-License-Identifier: Apache-2.0
// Typed dense ids and the map from them: an index that cannot be mixed up with another kind of
// index.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace vmplan {

/// An index into a DenseMap; `Tag` keeps the kinds of ids apart.
template <class Tag>
struct Id {
  std::uint32_t index = 0;
  friend auto operator<=>(Id, Id) = default;
};

/// Values by dense id, in insertion order.
template <class IdType, class Value>
class DenseMap {
 public:
  DenseMap() = default;
  explicit DenseMap(std::size_t size) : values_(size) {}

  IdType push(Value value) {
    values_.push_back(std::move(value));
    return IdType{static_cast<std::uint32_t>(values_.size() - 1)};
  }
  Value& operator[](IdType id) { return values_[id.index]; }
  const Value& operator[](IdType id) const { return values_[id.index]; }

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  void reserve(std::size_t count) { values_.reserve(count); }

  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

  /// Id of the n-th value. Requires: n < size().
  static IdType id_at(std::size_t n) { return IdType{static_cast<std::uint32_t>(n)}; }

 private:
  std::vector<Value> values_;
};

}  // namespace vmplan

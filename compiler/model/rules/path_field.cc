// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/rules/path_field.h"

#include <fmt/format.h>

namespace vmplan::model::rules {
namespace {

/// What the diagnostic says in one line, by code.
std::string_view complaint(Code code) {
  if (code == Code::PathShellSyntax) return "holds shell syntax";
  if (code == Code::PathProtocol) return "starts with a protocol";
  if (code == Code::PathForbidden) return "names a forbidden place";
  if (code == Code::PathReserved) return "names a place that vmplan keeps for itself";
  if (code == Code::PathLeavesLab) return "leaves the lab";
  if (code == Code::SocketTooLong) return "is too long for a socket";
  return "is no usable file name";
}

}  // namespace

bool check_path(const WrittenText& field, PathRole role, std::string_view what,
                const PathPolicy& policy, Diagnostics& diagnostics) {
  if (!field.has()) return false;
  auto fault = path_fault(*field, role, policy);
  if (!fault) return true;
  diagnostics.add({fault->code,
                   fmt::format("path of {} {}", what, complaint(fault->code)),
                   fault->detail,
                   field.span,
                   {},
                   fault->help});
  return false;
}

PathPolicy policy_of(const MachineScope& vm) {
  return {vm.frame->allow, vm.frame->reserved,
          vm.places ? std::string_view(vm.places->run_dir) : std::string_view(".vmplan"),
          vm.frame->knows_allow};
}

}  // namespace vmplan::model::rules

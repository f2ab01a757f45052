// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/lab.h"

#include <fmt/format.h>

namespace vmplan::model {

std::string_view to_text(DiskFormat format) {
  switch (format) {
    case DiskFormat::Qcow2:
      return "qcow2";
    case DiskFormat::Raw:
      return "raw";
    case DiskFormat::Vdi:
      return "vdi";
    case DiskFormat::Vmdk:
      return "vmdk";
  }
  return "";
}

std::string_view to_text(AccelerationRequest request) {
  switch (request) {
    case AccelerationRequest::Auto:
      return "auto";
    case AccelerationRequest::Kvm:
      return "kvm";
    case AccelerationRequest::Tcg:
      return "tcg";
    case AccelerationRequest::Hvf:
      return "hvf";
    case AccelerationRequest::Whpx:
      return "whpx";
  }
  return "";
}

std::string to_text(const MacAddress& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3],
                     mac[4], mac[5]);
}

}  // namespace vmplan::model

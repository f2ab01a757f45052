// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/acceleration.h"

namespace vmplan::model {

std::optional<AccelerationRequest> requested_acceleration(const Profile& profile) {
  const WrittenText& field = profile.hardware.acceleration;
  if (!field.has()) return std::nullopt;
  if (*field == "kvm") return AccelerationRequest::Kvm;
  if (*field == "tcg") return AccelerationRequest::Tcg;
  return AccelerationRequest::Auto;
}

std::optional<Acceleration> resolve_acceleration(AccelerationRequest request,
                                                 const Platform& platform) {
  auto offered = [&](Acceleration wanted) -> std::optional<Acceleration> {
    if (platform.offers(wanted)) return wanted;
    return std::nullopt;
  };
  switch (request) {
    case AccelerationRequest::Auto:
      return platform.accelerators.front();
    case AccelerationRequest::Kvm:
      return offered(Acceleration::Kvm);
    case AccelerationRequest::Tcg:
      return offered(Acceleration::Tcg);
  }
  return std::nullopt;
}

}  // namespace vmplan::model

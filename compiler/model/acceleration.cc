// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/acceleration.h"

namespace vmplan::model {

std::optional<AccelerationRequest> requested_acceleration(const Profile& profile) {
  const WrittenText& field = profile.hardware.acceleration;
  if (!field.has()) return std::nullopt;
  for (auto request : {AccelerationRequest::Kvm, AccelerationRequest::Tcg, AccelerationRequest::Hvf,
                       AccelerationRequest::Whpx})
    if (*field == to_text(request)) return request;
  return AccelerationRequest::Auto;
}

std::optional<Acceleration> resolve_acceleration(AccelerationRequest request,
                                                 const Platform& platform,
                                                 std::string_view guest_arch) {
  auto offered = [&](Acceleration wanted) -> std::optional<Acceleration> {
    if (platform.offers(wanted, guest_arch)) return wanted;
    return std::nullopt;
  };
  switch (request) {
    case AccelerationRequest::Auto:
      return platform.best_for(guest_arch);
    case AccelerationRequest::Kvm:
      return offered(Acceleration::Kvm);
    case AccelerationRequest::Tcg:
      return offered(Acceleration::Tcg);
    case AccelerationRequest::Hvf:
    case AccelerationRequest::Whpx:
      return std::nullopt;  // of macOS and Windows; no platform of today is one of them
  }
  return std::nullopt;
}

}  // namespace vmplan::model

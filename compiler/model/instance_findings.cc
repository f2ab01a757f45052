// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/instance_findings.h"

namespace vmplan::model {

void InstanceFindings::add(std::size_t instance, Diagnostics&& found, Diagnostics& into) {
  if (instance == 0) {
    seen_.clear();
    for (const Diagnostic& finding : found.all()) seen_.insert({finding.span, finding.code});
    into.add_all(std::move(found));
    return;
  }
  for (const Diagnostic& finding : found.all())
    if (seen_.insert({finding.span, finding.code}).second) into.add(finding);
}

}  // namespace vmplan::model

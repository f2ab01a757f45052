// SPDX-License-Identifier: Apache-2.0
// The nodes of networks: devices of the host that vmplan makes, marks and removes. It knows no
// hypervisor.
//
// No device is touched that does not carry the mark of its node: a name alone proves nothing.
#pragma once

#include <string>

#include "compiler/lower/lab_facts.h"
#include "compiler/lower/unit.h"

namespace vmplan::lower {

/// What vmplan writes into the alias of a device: owner and node, at most 255 bytes.
std::string link_mark(const LabFacts& facts, const std::string& node_id);

/// `net/<name>`: a bridge.
plan::CommandPlan bridge_node(const LabFacts& facts, const model::Bridge& bridge);

/// True for a card that vmplan makes a tap for.
bool makes_tap(const model::Nic& nic);

/// `tap/<vm>/<card>`: a tap, in its bridge where it has one. Requires: makes_tap().
plan::CommandPlan tap_node(const model::Vm& vm, const model::Nic& nic, const LabFacts& facts);

/// The bridges that some machine is on.
Unit lower_networks(const model::Lab& lab);

}  // namespace vmplan::lower

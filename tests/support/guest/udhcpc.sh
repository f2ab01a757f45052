#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What udhcpc runs at each change of its lease. Says nothing: the console belongs to the shell.
[ "$1" = bound ] || exit 0
ip address flush dev "$interface"
ip address add "$ip/${mask:-24}" dev "$interface"
[ -z "$router" ] || ip route add default via "${router%% *}"

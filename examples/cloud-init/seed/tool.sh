#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What cloud-init runs on the first boot of `tool`.
echo "hello from $(hostname)" > /etc/motd

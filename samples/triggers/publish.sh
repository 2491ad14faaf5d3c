#!/usr/bin/env bash
# Starts a run with amqp-publish (Debian's amqp-tools).
#
# usage: publish.sh [TRIGGER.json]
#
# The broker is AMQP_URL, else that of the system started from this folder. While it publishes, other users of the machine can see the address
# with its password on the command line; publish.py has none there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
url=${AMQP_URL:-$(cat "$here/../../.qat/data/messaging.connection")}
amqp-publish --url="$url" --exchange=pipeline-requested --content-type=application/json --persistent <"${1:-$here/trigger.json}"

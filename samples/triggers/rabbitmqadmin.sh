#!/usr/bin/env bash
# Starts a run with rabbitmqadmin, for a broker with the management plugin (the one that the AppHost starts as a process has none).
#
# usage: rabbitmqadmin.sh [TRIGGER.json]
#
# The management API is at RABBITMQ_HOST and RABBITMQ_MANAGEMENT_PORT, for RABBITMQ_USER with RABBITMQ_PASSWORD.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rabbitmqadmin --host="${RABBITMQ_HOST:-localhost}" --port="${RABBITMQ_MANAGEMENT_PORT:-15672}" \
  --username="${RABBITMQ_USER:-guest}" --password="${RABBITMQ_PASSWORD:-guest}" \
  publish exchange=pipeline-requested routing_key= <"${1:-$here/trigger.json}"

#!/usr/bin/env bash
# Installs what the machine lacks. Run twice, the second time only looks: every step is guarded by what it would install.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/eng/install.sh"

usage() {
  cat <<'TEXT'
usage: ./qat setup [--tests]

  --tests  also what only the tests need (a browser, AMQP clients)

Tools that the system's packages don't have go to $QAT_HOME (default: ~/.cache/qatpipeline).
TEXT
}

tests=
while [ $# -gt 0 ]; do
  case "$1" in
    --tests) tests=1 ;;
    -h|--help) usage; exit 0 ;;
    *) echo "unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

azurite_version=3.37.0

lock_setup
require_dotnet
command -v git >/dev/null || apt_install "git" git
command -v node >/dev/null && command -v npm >/dev/null || apt_install "Node.js (runs the storage emulator)" nodejs npm
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || apt_install "RabbitMQ (the message broker)" rabbitmq-server
if [ -n "$tests" ]; then
  command -v chromium >/dev/null || apt_install "Chromium (browser tests)" chromium
  command -v amqp-publish >/dev/null && /usr/bin/python3 -c 'import pika' 2>/dev/null ||
    apt_install "AMQP clients (tests of the trigger samples)" amqp-tools python3-pika
fi

installed "azurite-$azurite_version" || npm_install "Azurite (the storage emulator)" azurite "$azurite_version"
[ -f "$root/Directory.Local.props" ] || choose_torch

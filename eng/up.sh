#!/usr/bin/env bash
# Prepares what the machine lacks and starts the whole system; with --demo it runs the demo, with --exit it stops afterwards.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/eng/common.sh"

usage() {
  cat <<'TEXT'
usage: ./qat up [--demo | --run FILE] [--exit] [--replicas SERVICE=N]...

  --demo      submit samples/demo/run.yaml when the system is ready, and print its result table
  --run FILE  submit this run specification instead
  --exit      stop the system when the run has ended; the exit code is the run's
  --replicas SERVICE=N
              start a service N times; they share its work

examples:
  ./qat up
  ./qat up --demo --exit
  ./qat up --replicas dataset-loading=2 --replicas onnx-graph-optimization=2
TEXT
}

run= leave= replicas=()
while [ $# -gt 0 ]; do
  case "$1" in
    --demo) run="$root/samples/demo/run.yaml" ;;
    --run) run=${2:?--run needs a file}; shift ;;
    --exit) leave=1 ;;
    --replicas) replicas+=("--Replicas:${2:?--replicas needs SERVICE=N}"); shift ;;
    -h|--help) usage; exit 0 ;;
    *) echo "unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

if [ -n "$run" ] && [ ! -f "$run" ]; then
  echo "there is no file $run" >&2
  exit 2
fi

"$root/eng/setup.sh"
build_if_changed apphost AppHost/AppHost.csproj
[ -z "$run" ] || build_if_changed cli Cli/Cli.csproj
address="${QAT_DATA:-$root/.qat/data}/gateway.url"
rm -f "$address"

# Starts the AppHost again when it was killed; its own end, and a mistake that it names, are final. SIGTERM, not SIGINT: a script's
# background processes ignore SIGINT.
keep_up() {
  local code host
  trap 'trap "" TERM; kill -TERM "$host" 2>/dev/null; wait "$host"; exit $?' TERM
  while :; do
    code=0
    dotnet run --project "$root/AppHost" -c Release --no-build -- "${replicas[@]}" &
    host=$!
    wait "$host" || code=$?
    [ $code -gt 128 ] || return $code
    echo "The AppHost was ended by the signal $((code - 128)). It is started again in 2 s; the runs under way go on." >&2
    sleep 2
  done
}

keep_up &
host=$!
trap 'kill -TERM $host 2>/dev/null; wait $host' EXIT
# Without it, a Ctrl+C that ends the submission would only go on to the next line.
trap 'exit 130' INT
if [ -z "$run" ]; then
  wait $host
  exit
fi

while [ ! -s "$address" ]; do
  kill -0 $host 2>/dev/null || { echo "the system ended before the gateway was ready" >&2; exit 1; }
  sleep 0.5
done

code=0
"$root/qat" submit "$run" --wait || code=$?
if [ -z "$leave" ]; then
  echo "The system stays up; Ctrl+C stops it."
  wait $host
fi
exit $code

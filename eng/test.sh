#!/usr/bin/env bash
# Runs the tests: the fast ones and the end-to-end ones, or with --slow all of them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/eng/common.sh"

usage() {
  cat <<'TEXT'
usage: ./qat test [--slow] [--only NAME]

  --slow       also the tests of Category=Slow (long training runs, kill tests, fuzzing)
  --only NAME  only the test projects whose name contains NAME

examples:
  ./qat test
  ./qat test --slow --only Torch
TEXT
}

filter=(-trait- Category=Slow)
only=
while [ $# -gt 0 ]; do
  case "$1" in
    --slow) filter=() ;;
    --only) only=${2:?--only needs a name}; shift ;;
    -h|--help) usage; exit 0 ;;
    *) echo "unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

"$root/eng/setup.sh" --tests
build_if_changed all QatPipeline.sln

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0
for project in "$root"/tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  [[ "$name" == *Support ]] && continue
  [[ "$name" == *"$only"* ]] || continue
  executable="$root/tests/$name/bin/Release/net10.0/linux-x64/QatPipeline.$name"
  report="$results/$name.xml"
  echo "== $name"
  "$executable" "${filter[@]}" -noLogo -noColor -result-xml "$report" </dev/null || true
  if [ ! -s "$report" ]; then
    echo "$name did not finish" >&2
    failed=$((failed + 1))
    continue
  fi
  counts=$(grep -oE '<assembly [^>]*>' "$report" | head -1)
  count() { grep -oE " $1=\"[0-9]+\"" <<<"$counts" | grep -oE '[0-9]+' || echo 0; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed) + $(count errors)))
  skipped=$((skipped + $(count skipped)))
done

if [ $((passed + failed)) -eq 0 ]; then
  echo "no test ran" >&2
  failed=1
fi
echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

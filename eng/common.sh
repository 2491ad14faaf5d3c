# Shared by the scripts: quiet dotnet, one Release build per change of the sources.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
state="$root/.qat"

# The SDK expects ICU, which a bare system lacks, and works without it when told to.
if ! compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null && ! compgen -G '/usr/lib64/libicuuc.so.*' >/dev/null; then
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY=0
fi

# Only what is built is looked at: the folders that runs and tests write to may lie beside it.
sources_newer_than() {
  local newer
  newer=$(
    cd "$root"
    find AppHost Cli Contracts Libraries ServiceDefaults Services benchmarks eng tests \( -name bin -o -name obj \) -prune \
      -o -type f -newer "$1" -print -quit
    find . -maxdepth 1 -type f \( -name '*.props' -o -name '*.targets' -o -name global.json -o -name '*.sln' \) -newer "$1"
  )
  [ -n "$newer" ]
}

# is_built STAMP: no source changed since the last build under that stamp, or since the last build of everything.
is_built() {
  local stamp
  for stamp in "$state/$1.stamp" "$state/all.stamp"; do
    if [ -f "$stamp" ] && ! sources_newer_than "$stamp"; then return 0; fi
  done
  return 1
}

# build_if_changed STAMP PROJECT: builds PROJECT in Release unless it is built.
build_if_changed() {
  local stamp="$state/$1.stamp" log="$state/$1.log"
  mkdir -p "$state"
  if is_built "$1"; then return; fi
  if ! command -v dotnet >/dev/null; then
    echo "the .NET SDK 10 is missing. To get it: install the package dotnet-sdk-10.0 of your system's feed" >&2
    exit 1
  fi
  exec 8>"$state/build.lock"
  flock 8
  if is_built "$1"; then exec 8>&-; return; fi
  echo "building $2 ..." >&2
  # The stamp's time is the build's start: a file edited meanwhile is seen next time.
  touch "$stamp.new"
  # 8>&-: the compiler server outlives this script and must not inherit the lock.
  # One warm compiler for all projects: starting a cold one for each triples the build's time.
  if ! dotnet build "$root/$2" -c Release -v quiet -nologo -p:UseSharedCompilation=true >"$log" 2>&1 8>&-; then
    grep -E 'error|warning' "$log" | sort -u >&2 || cat "$log" >&2
    echo "build failed; the full output is in $log" >&2
    exit 1
  fi
  mv "$stamp.new" "$stamp"
  exec 8>&-
}

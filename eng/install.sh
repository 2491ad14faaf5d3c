# Sourced by setup.sh: one function for each way of installing, and the stamps that make the second call short.
qat_home=${QAT_HOME:-$HOME/.cache/qatpipeline}
log="$qat_home/setup.log"

say() { echo "setup: $*"; }

fail() {
  echo "setup: $1" >&2
  exit 1
}

# Two setups at once would write the same folders: the second waits, then finds everything there.
lock_setup() {
  mkdir -p "$qat_home/stamps"
  exec 7>"$qat_home/setup.lock"
  flock 7
}

installed() { [ -f "$qat_home/stamps/$1" ]; }

stamp() {
  rm -f "$qat_home/stamps/${1%-*}"-*
  touch "$qat_home/stamps/$1"
}

# quietly WHAT HOW COMMAND...: runs COMMAND with its output in the log, and says on failure what is missing and HOW to get it.
quietly() {
  local what=$1 how=$2
  shift 2
  if ! "$@" >>"$log" 2>&1 7>&-; then
    tail -n 5 "$log" >&2
    fail "$what could not be installed. To get it: $how. The full output is in $log"
  fi
}

require_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing. To get it: install the package dotnet-sdk-10.0 of your system's feed"
  # A folder listing instead of 'dotnet --list-sdks': the same answer in a thousandth of the time.
  local sdk
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk
  compgen -G "$sdk/10.*" >/dev/null || fail "dotnet is here, but not its SDK 10. To get it: install the package dotnet-sdk-10.0 of your system's feed"
}

# apt_install WHAT PACKAGE...: installs Debian packages without letting them start a service of their own.
apt_install() {
  local what=$1 how privileged=() policy=/usr/sbin/policy-rc.d policy_written=
  shift
  how="as root, apt-get install $*"
  command -v apt-get >/dev/null || fail "$what is missing, and so is apt-get to install it. To get it: install $* with your system's package manager"
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "$what is missing. To get it: $how"
    privileged=(sudo -n)
  fi

  say "installing $what ..."
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${privileged[@]}" tee "$policy" >/dev/null
    "${privileged[@]}" chmod +x "$policy"
    policy_written=1
  fi
  local status=0
  ( quietly "$what" "apt-get update" "${privileged[@]}" apt-get update -q
    quietly "$what" "$how" "${privileged[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" ) || status=$?
  if [ -n "$policy_written" ]; then "${privileged[@]}" rm -f "$policy"; fi
  [ "$status" -eq 0 ] || exit "$status"
  # Nor at the next boot: the broker belongs to the AppHost, with its own data folder and ports.
  if [[ " $* " == *" rabbitmq-server "* ]] && [ -d /run/systemd/system ]; then
    "${privileged[@]}" systemctl disable --quiet rabbitmq-server >>"$log" 2>&1 || true
  fi
}

# npm_into FOLDER PACKAGE@VERSION: installs one npm package and leaves nothing else on the disk.
npm_into() {
  rm -rf "$1"
  mkdir -p "$1"
  npm install --prefix "$1" --cache "$1.cache" --no-audit --no-fund --omit=dev --ignore-scripts --no-package-lock "$2"
  rm -rf "$1.cache"
  # Half of the files are for people who develop the packages.
  find "$1/node_modules" -type f \( -name '*.map' -o -name '*.d.ts' \) -delete
}

# npm_install WHAT NAME VERSION: the package ends up in $qat_home/NAME.
npm_install() {
  local scratch="$qat_home/$2.new"
  say "installing $1 ..."
  quietly "$1" "npm install $2@$3" npm_into "$scratch" "$2@$3"
  rm -rf "${qat_home:?}/$2"
  mv "$scratch" "$qat_home/$2"
  stamp "$2-$3"
}

# Gigabytes that only a GPU can use: TorchSharp's CUDA package is chosen only where there is a GPU and the feed has the package.
choose_torch() {
  local scratch backend=cpu version
  if [ -e /dev/nvidiactl ]; then
    version=$(sed -n 's:.*<TorchSharpVersion>\(.*\)</TorchSharpVersion>.*:\1:p' "$root/Directory.Packages.props")
    scratch=$(mktemp -d)
    cat >"$scratch/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="TorchSharp-cuda-linux" Version="$version" /></ItemGroup>
</Project>
XML
    if dotnet restore "$scratch/probe.csproj" -v quiet >>"$log" 2>&1 7>&-; then backend=cuda; fi
    rm -rf "$scratch"
  fi
  cat >"$root/Directory.Local.props" <<XML
<Project>
  <!-- Written by ./qat setup. Delete the file to have it chosen again. -->
  <PropertyGroup>
    <TorchBackend Condition="'\$(TorchBackend)' == ''">$backend</TorchBackend>
  </PropertyGroup>
</Project>
XML
  say "TorchSharp: $backend (Directory.Local.props)"
}

#!/usr/bin/env bash
# Runs a command on a machine that has nothing: a fresh Debian with git and the .NET SDK, made in a folder and thrown away afterwards.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=${QAT_BARE_HOME:-/var/tmp/qat-bare}

usage() {
  cat <<'TEXT'
usage: eng/bare-machine.sh [--root] [--share-packages] COMMAND...

  --root            run as root instead of as an ordinary user
  --share-packages  keep the NuGet packages for the next call that says so; without it, every package is downloaded as a new user does

COMMAND runs in a clone of this checkout's last commit, and its exit status is the script's. Needs root, debootstrap and namespaces;
where they cannot be had, the exit status is 3. The base system is kept in $QAT_BARE_HOME (default: /var/tmp/qat-bare).

examples:
  eng/bare-machine.sh ./qat run samples/demo/run.yaml --out results
  eng/bare-machine.sh --root ./qat up --demo --exit
TEXT
}

unavailable() {
  echo "bare machine: $1" >&2
  exit 3
}

user=guest share=
while [ $# -gt 0 ]; do
  case "$1" in
    --root) user=root ;;
    --share-packages) share=1 ;;
    -h|--help) usage; exit 0 ;;
    -*) echo "unknown option $1" >&2; usage >&2; exit 2 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || { usage >&2; exit 2; }

[ "$(id -u)" -eq 0 ] || unavailable "root is needed to make one"
unshare --mount --pid --fork true 2>/dev/null || unavailable "this system allows no namespaces"
sdk=$(dirname "$(readlink -f "$(command -v dotnet || unavailable "there is no .NET SDK to put into it")")")

# Debian as its installer leaves it, made once. Written beside its place and renamed: a call that is cut short leaves no half of it.
make_base() {
  exec 6>"$home/base.lock"
  flock 6
  [ ! -d "$home/base" ] || return 0
  command -v debootstrap >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends debootstrap; } >"$home/base.log" 2>&1 ||
    unavailable "debootstrap cannot be installed, see $home/base.log"
  local mirror
  mirror=$(find /etc/apt/sources.list /etc/apt/sources.list.d -type f -exec sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +([^ ]+).*/\3/p' {} + 2>/dev/null |
    sort -u | head -n 1) || true
  rm -rf --one-file-system "$home/base.new"
  debootstrap --variant=minbase --include=ca-certificates,git bookworm "$home/base.new" ${mirror:+"$mirror"} >"$home/base.log" 2>&1 ||
    unavailable "debootstrap failed, see $home/base.log"
  chroot "$home/base.new" useradd --create-home guest
  mv "$home/base.new" "$home/base"
  exec 6>&-
}

# What says where packages come from, and which certificates to trust: a bare machine reaches the same feeds as this one.
bring_feeds() {
  local file
  for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt /etc/apt/sources.list /etc/apt/sources.list.d \
    /etc/apt/apt.conf.d /usr/share/keyrings /usr/local/share/ca-certificates; do
    [ ! -e "$file" ] || { rm -rf "${machine:?}$file"; cp -rL "$file" "$machine$file"; }
  done
  for file in .nuget/NuGet/NuGet.Config .npmrc; do
    [ ! -f "$HOME/$file" ] || { mkdir -p "$(dirname "$machine$inside/$file")"; cp "$HOME/$file" "$machine$inside/$file"; }
  done
}

mkdir -p "$home"
make_base
machine=$(mktemp -d "$home/machine.XXXXXX")
trap 'rm -rf --one-file-system "$machine"' EXIT
cp -a "$home/base/." "$machine"
inside=/root
[ "$user" = root ] || inside=/home/$user
bring_feeds
git -c safe.directory='*' clone --quiet --no-local "$project" "$machine$inside/qatpipeline"
mkdir -p "$machine/usr/share/dotnet"
ln -s /usr/share/dotnet/dotnet "$machine/usr/bin/dotnet"
packages=
if [ -n "$share" ]; then
  packages=$home/packages-$user
  mkdir -p "$packages" "$machine$inside/.nuget/packages"
fi
chroot "$machine" chown -R "$user:" "$inside"

environment=()
while IFS= read -r setting; do environment+=("$setting"); done < <(env | grep -iE '^((https?|no)_proxy|npm_config_registry|NUGET_[A-Z_]+|CI)=' || true)

status=0
# Mounts and processes have namespaces of their own: what the command leaves behind ends with it.
unshare --mount --pid --fork --kill-child bash -c '
  set -e
  machine=$1 sdk=$2 user=$3 inside=$4 packages=$5
  shift 5
  mount --bind "$sdk" "$machine/usr/share/dotnet"
  mount -o remount,bind,ro "$machine/usr/share/dotnet"
  if [ -n "$packages" ]; then
    mount --bind "$packages" "$machine$inside/.nuget/packages"
    chroot "$machine" chown "$user:" "$inside/.nuget/packages"
  fi
  mount -t proc proc "$machine/proc"
  mount --rbind /dev "$machine/dev"
  mount -t tmpfs tmpfs "$machine/dev/shm"
  exec chroot --userspec="$user" "$machine" /usr/bin/env --ignore-environment --chdir="$inside/qatpipeline" \
    HOME="$inside" LANG=C.UTF-8 TERM=dumb PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin "$@"
' bare "$machine" "$sdk" "$user" "$inside" "$packages" "${environment[@]}" "$@" || status=$?
exit "$status"

#!/usr/bin/env bash
# Makes sure that the native libraries of the node are on this machine, and says exactly what it installed.
# Silent and under 0.1 s when nothing is missing. As root it installs; otherwise it prints the one command to run and exits 1.
#
#   scripts/native-libs.sh            install what is missing
#   scripts/native-libs.sh --check    only report; exit 1 when something is missing
set -euo pipefail

readonly ckzg_version=4.1.0
readonly setup_sha256=d39b9f2d047cc9dca2de58f264b6a09448ccd34db967881a6713eacacf0f26b7
readonly target=/usr/local/lib/defactor-chain

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folders=("${CHAIN_NATIVE_DIR:-}" "$target" "${HOME:-/nonexistent}/.local/share/defactor-chain/native"
  /usr/lib /usr/lib64 /lib "/usr/lib/$(uname -m)-linux-gnu" "/lib/$(uname -m)-linux-gnu" /usr/local/lib)

# True when one of the named files is in a folder that the loader searches.
have() {
  local folder pattern file
  for folder in "${folders[@]}"; do
    [ -n "$folder" ] || continue
    for pattern in "$@"; do
      for file in "$folder"/$pattern; do [ -e "$file" ] && return 0; done
    done
  done
  return 1
}

missing=()
have 'libsecp256k1.so.[12]' libsecp256k1.so || missing+=(libsecp256k1)
have libgmp.so.10 || missing+=(libgmp)
have librocksdb.so librocksdb.so.7.8 'librocksdb.so.[789]' librocksdb.so.10 || missing+=(librocksdb)
{ have libchainkzg.so && have trusted_setup.txt; } || missing+=(libchainkzg)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "${1:-}" = --check ] || [ "$(id -u)" -ne 0 ]; then
  echo "Missing native libraries: ${missing[*]}. Install them with: sudo $here/native-libs.sh" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  echo "Missing native libraries: ${missing[*]}. This system has no apt-get: install them with its own package manager, and build libchainkzg as $here/native-libs.sh does." >&2
  exit 1
fi

installed=()
apt_updated=

# The first package of the list that this distribution has.
first_available() {
  local package
  for package in "$@"; do
    if apt-cache show "$package" >/dev/null 2>&1; then echo "$package"; return 0; fi
  done
  echo "None of these packages is in the package lists of this system: $*" >&2
  return 1
}

apt_update() {
  [ -n "$apt_updated" ] && return 0
  apt_updated=yes
  apt-get update -qq >/dev/null || echo "apt-get update failed; going on with the package lists at hand." >&2
}

apt_install() {
  local log
  apt_update
  log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "apt-get install $* failed." >&2
    exit 1
  fi
  rm -f "$log"
  installed+=("$@")
}

packages=()
apt_update
for library in "${missing[@]}"; do
  case $library in
    libsecp256k1) packages+=("$(first_available libsecp256k1-1 libsecp256k1-2 libsecp256k1-dev)") ;;
    libgmp) packages+=("$(first_available libgmp10 libgmp10t64)") ;;
    librocksdb) packages+=("$(first_available librocksdb7.8 librocksdb8.9 librocksdb9.10 librocksdb-dev)") ;;
    libchainkzg)
      command -v gcc >/dev/null && [ -e /usr/include/stdlib.h ] || packages+=(gcc libc6-dev)
      command -v npm >/dev/null || packages+=(npm)
      ;;
  esac
done
[ ${#packages[@]} -eq 0 ] || apt_install "${packages[@]}"

# One library with both C interfaces, c-kzg-4844 and blst, from the sources that the npm package carries; the portable
# build of blst chooses its assembly for the processor when it runs.
build_chainkzg() {
  local work sources
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  (cd "$work" && npm pack --silent "c-kzg@$ckzg_version" >/dev/null && tar xzf "c-kzg-$ckzg_version.tgz")
  sources=$work/package/deps
  echo "$setup_sha256  $sources/c-kzg/trusted_setup.txt" | sha256sum --check --quiet
  gcc -shared -fPIC -O2 -D__BLST_PORTABLE__ -I"$sources/blst/bindings" -I"$sources/c-kzg" \
    "$sources/blst/src/server.c" "$sources/blst/build/assembly.S" "$sources/c-kzg/ckzg.c" -o "$work/libchainkzg.so"
  install -d "$target"
  install -m 644 "$sources/c-kzg/trusted_setup.txt" "$target/trusted_setup.txt"
  install -m 755 "$work/libchainkzg.so" "$target/libchainkzg.so.new"
  mv "$target/libchainkzg.so.new" "$target/libchainkzg.so"
  installed+=("$target/libchainkzg.so (c-kzg $ckzg_version)" "$target/trusted_setup.txt")
}

for library in "${missing[@]}"; do
  if [ "$library" = libchainkzg ]; then build_chainkzg; fi
done
printf 'Installed: %s\n' "${installed[@]}" >&2

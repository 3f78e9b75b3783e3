#!/usr/bin/env bash
# Checks the contracts package: artifacts reproduce from the sources, all at once and each by itself as an explorer verifies it, lint, types, published ABIs, and the Solidity tests under forge.
#
#   scripts/contracts.sh           everything (some minutes: the compiler is the npm one)
#   scripts/contracts.sh --quick   without the verification of each contract and the Solidity tests
#   scripts/contracts.sh --forge COMMAND [ARGS]   one command of forge, with what it needs made ready; nothing is compiled twice
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/node-tools.sh"
own_node=$root/tests/Chain.EndToEnd.Tests/clients/node_modules/.node/bin
[ ! -x "$own_node/node" ] || export PATH=$own_node:$PATH
cd "$root/contracts"

if [ "${1:-}" = --forge ]; then
  shift
  node scripts/mirror-code.mjs
  exec node scripts/forge.mjs "$@"
fi

for step in check lint types published threats; do
  echo "contracts: $step"
  npm run --silent "$step"
done
if [ "${1:-}" != --quick ]; then
  echo "contracts: verification"
  npm run --silent verification
  echo "contracts: Solidity tests"
  npm test --silent
fi

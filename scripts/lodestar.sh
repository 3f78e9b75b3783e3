#!/usr/bin/env bash
# Has a real consensus client, Lodestar 1.5.1 from npm, drive the node from genesis to a finalised block with a transaction included. Takes about two minutes.
#
#   scripts/lodestar.sh PROGRAM      PROGRAM is the built chain.dll; ./chain lodestar builds it and passes it
set -euo pipefail

root=$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)")
folder=tests/Chain.EndToEnd.Tests/lodestar
"$root/scripts/node-tools.sh" "$folder"
node=$root/tests/Chain.EndToEnd.Tests/clients/node_modules/.node/bin/node
[ -x "$node" ] || node=node
exec "$node" "$root/$folder/run.mjs" "$1"

#!/usr/bin/env node
// solc's command line, as far as forge uses it, over the pinned npm compiler.
import { readFileSync } from 'node:fs'
import solc from 'solc'

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace('.Emscripten.clang', '.Linux.g++')}`)
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
} else {
  console.error(`unknown arguments: ${process.argv.slice(2).join(' ')}`)
  process.exit(1)
}

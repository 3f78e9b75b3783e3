// Scenarios by name: 'node FILE URL NAME' runs one; the exit code is 1 when it fails.
import { readFileSync } from 'node:fs'

const scenarios = new Map()

export const url = process.argv[2]
export const webSocketUrl = url.replace('http', 'ws')
export const mnemonic = 'test test test test test test test test test test test junk'
export const ledger = JSON.parse(readFileSync(process.env.LEDGER_ARTIFACT, 'utf8'))

export const scenario = (name, run) => scenarios.set(name, run)

/** Rejects when a promise takes longer than a client would wait. */
export const within = (milliseconds, promise, what) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} did not come within ${milliseconds} ms`)), milliseconds))])

export async function run() {
  const name = process.argv[3]
  try {
    if (!scenarios.has(name)) throw new Error(`there is no scenario '${name}'`)
    await within(60_000, scenarios.get(name)(), `the end of '${name}'`)
    process.exit(0)
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

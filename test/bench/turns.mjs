import { appendFileSync } from 'node:fs'

/**
 * Loaded into a process that is measured (`NODE_OPTIONS=--import=…`): writes the most processor time that its
 * main thread took between two turns of its event loop, twice a second. A machine with other work makes
 * answers late, and leaves this as it is.
 */

const { TURNS_FILE } = process.env
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
let before = cpuMs()
let longest = 0
setInterval(() => {
  const now = cpuMs()
  longest = Math.max(longest, now - before)
  before = now
}, 2).unref()
setInterval(() => {
  if (TURNS_FILE) appendFileSync(TURNS_FILE, `${longest.toFixed(1)}\n`)
  longest = 0
  // What this write takes is none of the process's own.
  before = cpuMs()
}, 500).unref()

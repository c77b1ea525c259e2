import { url as inspectedAt } from 'node:inspector'
import { Worker } from 'node:worker_threads'

const STEP_MS = 1_000

/** Exit code under a supervisor: 142. 137 would pass for the kernel's out-of-memory killer. */
const SIGNAL = 'SIGALRM'

/**
 * Counts steps in which the main thread said nothing. A step that lasted longer than it should tells nothing
 * of the main thread: the machine slept, the process was stopped, or no processor was free. The line is
 * written by another thread: where the reader of the log stands still, a write may be what the process hangs
 * in. As the first process of a container it cannot end itself by a signal: it goes on telling.
 */
const PROGRAM = `
const { workerData: { state, steps, stepMs, signal } } = require('node:worker_threads')
const { write } = require('node:fs')
let beat = 0
for (let silent = 0; ; ) {
  const begun = performance.now()
  Atomics.wait(state, 2, 0, stepMs)
  const isAwake = performance.now() - begun < 2 * stepMs
  const now = Atomics.load(state, 0)
  silent = now !== beat || Atomics.load(state, 1) === 1 ? 0 : silent + (isAwake ? 1 : 0)
  beat = now
  if (silent < steps) continue
  silent = 0
  const msg = 'the process hangs: its event loop has not answered for ' + steps * stepMs / 1000 + ' s, so it ends (' + signal + ')'
  write(2, JSON.stringify({ level: 60, time: new Date().toISOString(), pid: process.pid, msg }) + '\\n', () => undefined)
  Atomics.wait(state, 2, 0, stepMs)
  process.kill(process.pid, signal)
}`

/**
 * Ends this process once its event loop has not answered for so many steps of a thread that watches it: under
 * Compose nobody else does. A debugger may hold it as long as it likes.
 */
export function startWatchdog(steps: number, stepMs = STEP_MS): void {
  const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))
  const tell = () => {
    Atomics.store(state, 1, inspectedAt() === undefined ? 0 : 1)
    Atomics.add(state, 0, 1)
  }
  tell()
  setInterval(tell, stepMs / 2).unref()
  new Worker(PROGRAM, {
    eval: true,
    // Else it would load what NODE_OPTIONS names, beyond its memory.
    env: {},
    execArgv: [],
    workerData: { state, steps, stepMs, signal: SIGNAL },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  })
    // A watch that ends must not end what it watches, as an error without a listener would.
    .on('error', (error) => process.emitWarning(`the watchdog has ended: ${error.message}`))
    .unref()
}

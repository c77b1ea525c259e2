import { Worker } from 'node:worker_threads'
import { present } from '../platform/narrow.ts'

interface Input {
  message: string
  nonce: Uint8Array
  tagLength: number
  memory: number
  passes: number
  parallelism: number
}

export type Derive = (algorithm: 'argon2id', input: Input) => Promise<Uint8Array>

interface Task {
  input: Input
  resolve(sum: Uint8Array): void
  reject(error: unknown): void
}

/** Two hashes at once: more would take the processors from whoever is signed in. */
const THREADS = 2

/** Program of a thread, as text: it needs no file of its own beside a compiled service. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads')
const { argon2Sync } = require('node:crypto')
parentPort.on('message', (input) => {
  try { parentPort.postMessage({ sum: argon2Sync('argon2id', input) }) }
  catch (error) { parentPort.postMessage({ error: String(error) }) }
})`

/**
 * Derives argon2 hashes in threads of their own, which start with the first one. In libuv's four threads, where crypto.argon2 runs, hashes
 * of a flood of sign-ins held up DNS, files and SCRAM of new database connections.
 */
export function createHashThreads(): Derive {
  const queue: Task[] = []
  const idle: Worker[] = []
  let started = 0

  function start(): Worker {
    started += 1
    const worker = new Worker(PROGRAM, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } })
    worker.once('exit', () => {
      started -= 1
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      serve()
    })
    return worker
  }

  function serve(): void {
    while (queue.length > 0 && (idle.length > 0 || started < THREADS)) {
      run(idle.pop() ?? start(), present(queue.shift()))
    }
  }

  function run(worker: Worker, task: Task): void {
    // A process that waits for no hash may end.
    worker.ref()
    const onEnd = () => task.reject(new Error('the thread of a hash ended'))
    const onError = (error: unknown) => task.reject(error)
    worker.once('exit', onEnd)
    worker.once('error', onError)
    worker.once('message', ({ sum, error }: { sum?: Uint8Array; error?: string }) => {
      worker.off('exit', onEnd)
      worker.off('error', onError)
      worker.unref()
      idle.push(worker)
      if (sum) task.resolve(sum)
      else task.reject(new Error(error))
      serve()
    })
    worker.postMessage(task.input)
  }

  return (_algorithm, input) =>
    new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject })
      serve()
    })
}

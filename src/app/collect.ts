import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** By then each periodic task has had its first turn, and the plans of their queries are made. */
const AFTER_MS = 10_000

/**
 * Gives back, once, what only the start needed (sources, what was parsed of them, WebAssembly on its way): 15
 * to 25 MB of an idle process, which V8 else keeps until work asks for a collection. A pause of some 0.1 s in
 * the process's life.
 */
export function freeAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect: (options: object) => void = runInNewContext('gc')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, AFTER_MS).unref()
}

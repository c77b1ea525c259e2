import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Gives back what only the start needed (sources, what was parsed, the first schemas): a fifth of an idle process, which V8 else keeps
 * until there is work enough for a collection. One pause of some 0.1 s, before there is any work.
 */
export function collectOnce(): void {
  setFlagsFromString('--expose-gc')
  const collect: (options: object) => void = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

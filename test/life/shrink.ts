import type { Command } from './commands.ts'

/**
 * Makes a counter-example short: leaves out parts, halves first, then commands alone, and takes a command's
 * company away. What remains breaks the same invariant, though its words may name another order.
 */

export interface Shrunk {
  history: Command[]
  message: string
  played: number
}

/** A broken invariant by its words, without what is this history's own: numbers, ids, what was read. */
export const kindOf = (message: string): string =>
  (message.split('\n')[0] ?? '').replaceAll(/\{.*\}|\[.*\]|\(.*\)/g, '').replaceAll(/[\w-]*\d[\w-]*/g, '#')

/**
 * @param fails plays a history; the message of what broke, or null
 * @param most histories that are played for it
 */
export async function shrink(
  found: readonly Command[],
  message: string,
  fails: (history: readonly Command[]) => Promise<string | null>,
  most = 250,
): Promise<Shrunk> {
  const kind = kindOf(message)
  let best: Shrunk = { history: [...found], message, played: 0 }
  const isWorse = async (history: readonly Command[]): Promise<boolean> => {
    if (best.played >= most) return false
    best.played += 1
    const said = await fails(history)
    if (said === null || kindOf(said) !== kind) return false
    best = { ...best, history: [...history], message: said }
    return true
  }
  for (let size = Math.ceil(best.history.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = best.history.length - size; at >= 0; at -= size)
      await isWorse([...best.history.slice(0, Math.max(0, at)), ...best.history.slice(at + size)])
  for (let at = best.history.length - 1; at >= 0; at--)
    for (const simpler of alone(best.history[at])) if (await isWorse(best.history.with(at, simpler))) break
  for (let at = best.history.length - 1; at >= 0; at--)
    await isWorse(best.history.filter((_, index) => index !== at))
  return best
}

function alone(command: Command | undefined): Command[] {
  if (command?.do === 'both') return [command.left, command.right]
  if (command?.do === 'crash' || command?.do === 'lose' || command?.do === 'hold') return [command.action]
  return []
}

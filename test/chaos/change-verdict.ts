import type { SandboxWrite } from '../../sandbox/kit/types.ts'
import { keyOf } from './arrivals.ts'
import type { AskedChange } from './changes.ts'
import type { StoredChange } from './database.ts'

/** Compares the changes that were asked for with what stands in the malls' own books. Pure. */

export interface ChangeEvidence {
  asked: readonly AskedChange[]
  changes: readonly StoredChange[]
  writes: readonly (SandboxWrite & { marketplace: string })[]
}

export interface ChangeFindings {
  lost: string[]
  duplicated: string[]
  stuck: string[]
  /** Ended otherwise than well, and nobody is told why. */
  unexplained: string[]
  /** How many of each action ended how, with the reason's code. */
  states: Record<string, number>
}

/** The effect of one change at the mall: each of these writes once. A write that changes nothing is not in the books. */
const EFFECTS: Readonly<Record<string, Partial<Record<AskedChange['action'], readonly string[]>>>> = {
  rakuten: { ship: ['updateOrderShipping'] },
  yahoo: { ship: ['orderShipStatusChange'] },
  amazon: { ship: ['confirmShipment'] },
  aupay: { confirm: ['updateTradeStsProc'], ship: ['updateTradeInfoProc', 'updateTradeStsProc'] },
}

/** Rakuten's call for many orders does what its call for one does. */
export const operationOf = (operation: string): string => operation.replace(/Async$/, '')

/** Each change ends; one that went well is in the books once, and none is twice whatever became of it. */
export function judgeChanges({ asked, changes, writes }: ChangeEvidence): ChangeFindings {
  const stored = new Map(changes.map((change) => [change.id, change]))
  const written = Map.groupBy(writes, ({ marketplace, orderNumber }) => keyOf(marketplace, orderNumber))
  const found: ChangeFindings = { lost: [], duplicated: [], stuck: [], unexplained: [], states: {} }
  for (const [key, wished] of Map.groupBy(asked, (change) => change.key)) {
    for (const { id, action } of wished) noteEnd(found, key, action, stored.get(id))
    const actions = Map.groupBy(wished, ({ action }) => action)
    for (const [action, same] of actions)
      if (same.length > 1) found.duplicated.push(`${action} accepted ${same.length} times: ${key}`)
    compare(found, key, [...actions.keys()], {
      made: (written.get(key) ?? []).map(({ operation }) => operationOf(operation)),
      wentWell: wished
        .filter(({ id, action }) => mustBeWritten(action, stored.get(id)))
        .map(({ action }) => action),
    })
  }
  const asking = new Set(asked.map(({ key }) => key))
  for (const [key, [first]] of written)
    if (!asking.has(key)) found.duplicated.push(`${first?.operation} that nobody asked for: ${key}`)
  return found
}

function noteEnd(found: ChangeFindings, key: string, action: string, change: StoredChange | undefined): void {
  if (!change) return void found.lost.push(`change that was accepted is not here: ${key}`)
  const { state, code } = change
  const name = [action, state, ...(code === null ? [] : [code])].join(' ')
  found.states[name] = (found.states[name] ?? 0) + 1
  if (state === 'queued' || state === 'changing') found.stuck.push(`change did not end: ${key} ${name}`)
  if ((state === 'warning' || state === 'failed') && code === null)
    found.unexplained.push(`change ended without a reason: ${key} ${name}`)
}

/** An order may come in confirmed; nobody but the service ships. */
const mustBeWritten = (action: AskedChange['action'], change: StoredChange | undefined): boolean =>
  change?.state === 'succeeded' && (action === 'ship' || change.code === null)

function compare(
  found: ChangeFindings,
  key: string,
  wished: readonly AskedChange['action'][],
  { made, wentWell }: { made: readonly string[]; wentWell: readonly AskedChange['action'][] },
): void {
  const effects = EFFECTS[key.split(' ')[0] as string] ?? {}
  const count = (list: readonly string[], operation: string) => list.filter((one) => one === operation).length
  const most = wished.flatMap((action) => effects[action] ?? [])
  const least = wentWell.flatMap((action) => effects[action] ?? [])
  for (const operation of new Set([...made, ...least])) {
    const times = count(made, operation)
    if (times > count(most, operation)) found.duplicated.push(`${operation} ${times} times: ${key}`)
    if (times < count(least, operation))
      found.lost.push(`change went well without ${operation} at the mall: ${key}`)
  }
}

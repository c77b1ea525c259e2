/** Compares the changes that were accepted with what stands in the malls' own books. Pure. */

export interface AskedChange {
  id: string
  /** `mall number` */
  order: string
  action: string
  /** Writes at the mall, where not one. */
  calls?: number | undefined
}

interface EndedChange {
  id: string
  state: string
  code: string | null
}

export interface ChangeEvidence {
  asked: readonly AskedChange[]
  /** Orders of requests whose answer never came. */
  unanswered: ReadonlySet<string>
  ended: readonly EndedChange[]
  writes: readonly { order: string; operation: string }[]
}

interface ChangeFindings {
  shipped: number
  lost: string[]
  duplicated: string[]
  stuck: string[]
  unexplained: string[]
  /** How many of each action ended how, with the reason's code. */
  states: Record<string, number>
  /** By mall. */
  written: Record<string, Record<string, number>>
}

/** The effect of one change at the mall: each of these writes once. A write that changes nothing is not in the books. */
const EFFECTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['rakuten ship', ['updateOrderShipping']],
  ['yahoo ship', ['orderShipStatusChange']],
  ['amazon ship', ['confirmShipment']],
  ['aupay confirm', ['updateTradeStsProc']],
  ['aupay ship', ['updateTradeInfoProc', 'updateTradeStsProc']],
  ['rakuten change_content', ['updateOrderRemarks']],
  ['yahoo change_content', ['orderChange']],
  ['rakuten correct_shipment', ['updateOrderShipping']],
  ['yahoo correct_shipment', ['orderShipStatusChange']],
  ['amazon correct_shipment', ['confirmShipment']],
  ['aupay correct_shipment', ['updateTradeInfoProc']],
  ['yahoo complete', ['orderStatusChange']],
])

/** Rakuten's call for many orders does what its call for one does. */
const operationOf = (operation: string): string => operation.replace(/Async$/, '')
const mallOf = (order: string): string => order.slice(0, order.indexOf(' '))

/** Each change ends; one that went well is in the books once, and none is twice whatever became of it. */
export function checkChanges({ asked, unanswered, ended, writes }: ChangeEvidence): ChangeFindings {
  const byId = new Map(ended.map((change) => [change.id, change]))
  const written = Map.groupBy(writes, ({ order }) => order)
  const found: ChangeFindings = {
    shipped: asked.filter(({ action }) => action === 'ship').length,
    ...{ lost: [], duplicated: [], stuck: [], unexplained: [], states: {} },
    written: countsByMall(writes),
  }
  const byOrder = Map.groupBy(asked, (change) => change.order)
  for (const [order, wished] of byOrder) {
    for (const change of wished) noteEnd(found, change, byId.get(change.id))
    // The same change may have been told twice: by a lost answer's repetition.
    const different = new Map(wished.map((change) => [change.id, change]))
    for (const [action, same] of Map.groupBy(different.values(), ({ action }) => action))
      if (same.length > 1) found.duplicated.push(`${action} accepted ${same.length} times: ${order}`)
    const went = wished.filter((change) => mustBeWritten(change, byId.get(change.id)))
    compare(
      found,
      order,
      wished,
      went,
      (written.get(order) ?? []).map(({ operation }) => operationOf(operation)),
    )
  }
  for (const [order, [first]] of written)
    if (!byOrder.has(order) && !unanswered.has(order))
      found.duplicated.push(`${first?.operation} that nobody asked for: ${order}`)
  return found
}

function noteEnd(
  found: ChangeFindings,
  { order, action }: AskedChange,
  change: EndedChange | undefined,
): void {
  if (!change) return void found.lost.push(`change that was accepted is not here: ${order}`)
  const { state, code } = change
  const name = [action, state, ...(code === null ? [] : [code])].join(' ')
  found.states[name] = (found.states[name] ?? 0) + 1
  if (state === 'queued' || state === 'changing') found.stuck.push(`change did not end: ${order} ${name}`)
  if ((state === 'warning' || state === 'failed') && code === null)
    found.unexplained.push(`change ended without a reason: ${order} ${name}`)
}

/** An order may come in confirmed; nobody but the service ships. */
const mustBeWritten = ({ action }: AskedChange, change: EndedChange | undefined): boolean =>
  change?.state === 'succeeded' && (action === 'ship' || change.code === null)

function compare(
  found: ChangeFindings,
  order: string,
  wished: readonly AskedChange[],
  wentWell: readonly AskedChange[],
  made: readonly string[],
): void {
  const effectsOf = (changes: readonly AskedChange[]) =>
    [...new Map(changes.map(({ action, calls = 1 }) => [action, calls]))].flatMap(([action, calls]) =>
      Array.from({ length: calls }, () => EFFECTS.get(`${mallOf(order)} ${action}`) ?? []).flat(),
    )
  const count = (list: readonly string[], operation: string) => list.filter((one) => one === operation).length
  const most = effectsOf(wished)
  const least = effectsOf(wentWell)
  for (const operation of new Set([...made, ...least])) {
    const times = count(made, operation)
    if (times > count(most, operation)) found.duplicated.push(`${operation} ${times} times: ${order}`)
    if (times < count(least, operation))
      found.lost.push(`change went well without ${operation} at the mall: ${order}`)
  }
}

function countsByMall(writes: ChangeEvidence['writes']): ChangeFindings['written'] {
  const counts: ChangeFindings['written'] = {}
  for (const { order, operation } of writes) {
    const own = counts[mallOf(order)] ?? {}
    counts[mallOf(order)] = own
    const name = operationOf(operation)
    own[name] = (own[name] ?? 0) + 1
  }
  return counts
}

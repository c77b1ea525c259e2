/** Compares the changes that were accepted with what stands in the malls' own books. Pure. */

interface WishedChange {
  /** Known once the request was answered. */
  id?: string | undefined
  /** `mall number` */
  order: string
  action: string
  /** Tracking numbers of its parcels. */
  parcels?: readonly string[] | undefined
  /** To several recipients, or by line: a write for each. */
  apart?: true | undefined
  text?: string | undefined
}

type AskedChange = WishedChange & { id: string }

interface EndedChange {
  id: string
  state: string
  code: string | null
}

interface Write {
  order: string
  operation: string
  /** The values that it carried. */
  content: readonly string[]
}

interface ChangeEvidence {
  asked: readonly AskedChange[]
  /** Of requests whose answer never came: each may have been done, once. */
  unanswered: readonly WishedChange[]
  ended: readonly EndedChange[]
  writes: readonly Write[]
  /** By order: where its goods lie, at a mall that is told of each of these by itself. */
  places: ReadonlyMap<string, readonly string[]>
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

/**
 * How a write of a change is told from those of all others: by its numbers, each number having a call of its
 * own, by its numbers and a location, each location having a call of its own, by its text, or a status.
 */
type Carried = 'parcels' | 'each parcel' | 'parcels at each place' | 'text' | readonly string[]

const statusesOf = (...statuses: string[]): readonly string[] => statuses

/** The writes of one change at the mall, each once. A write that changes nothing is not in the books. */
const EFFECTS: ReadonlyMap<string, readonly (readonly [operation: string, carried: Carried])[]> = new Map([
  ['rakuten ship', [['updateOrderShipping', 'parcels']]],
  ['yahoo ship', [['orderShipStatusChange', 'parcels']]],
  ['amazon ship', [['confirmShipment', 'each parcel']]],
  ['connector ship', [['ship', 'parcels']]],
  ['shopify ship', [['fulfillmentCreate', 'parcels at each place']]],
  ['aupay confirm', [['updateTradeStsProc', statusesOf('発送待ち', '発送前入金待ち')]]],
  [
    'aupay ship',
    [
      ['updateTradeInfoProc', 'parcels'],
      ['updateTradeStsProc', statusesOf('完了', '発送後入金待ち')],
    ],
  ],
  ['rakuten change_content', [['updateOrderRemarks', 'text']]],
  ['yahoo change_content', [['orderChange', 'text']]],
  ['rakuten correct_shipment', [['updateOrderShipping', 'parcels']]],
  ['yahoo correct_shipment', [['orderShipStatusChange', 'parcels']]],
  ['amazon correct_shipment', [['confirmShipment', 'each parcel']]],
  ['shopify correct_shipment', [['fulfillmentTrackingInfoUpdate', 'parcels']]],
  ['aupay correct_shipment', [['updateTradeInfoProc', 'parcels']]],
  ['yahoo complete', [['orderStatusChange', statusesOf('5')]]],
  ['yahoo hold', [['orderStatusChange', statusesOf('3')]]],
  ['yahoo release', [['orderStatusChange', statusesOf('2')]]],
  ['aupay hold', [['updateTradeStsProc', statusesOf('保留')]]],
  ['aupay release', [['updateTradeStsProc', statusesOf('発送待ち', '発送前入金待ち')]]],
])

/** One write that a change may make once. */
interface Due {
  change: WishedChange
  operation: string
  /** By its numbers or its text: a second write of the same is the same change's. */
  isOwn: boolean
  fits(content: readonly string[]): boolean
  /** The change went well, so the books must show this write. */
  must: boolean
  times: number
}

/** An order of which no location was noted must not pass unjudged: no write carries this one. */
const UNKNOWN_PLACES = ['unknown']

/** @param numbers those of all changes of the order: a write that carries another one is not this change's */
function duesOf(
  change: WishedChange,
  must: boolean,
  numbers: ReadonlySet<string>,
  places: readonly string[] = UNKNOWN_PLACES,
): Due[] {
  const { order, action, parcels = [], apart, text } = change
  const effects = EFFECTS.get(`${mallOf(order)} ${action}`) ?? []
  return effects.flatMap(([operation, carried]) => {
    const due = (fits: Due['fits'], isOwn = true): Due => {
      return { change, operation, isOwn, fits, must, times: 0 }
    }
    const isOfParcels = carried === 'parcels' || carried === 'parcels at each place'
    if (carried === 'each parcel' || (isOfParcels && apart))
      return parcels.map((number) => due((content) => content.includes(number)))
    if (isOfParcels) {
      const own = new Set(parcels)
      const isForeign = (one: string) => numbers.has(one) && !own.has(one)
      const isOwn: Due['fits'] = (content) =>
        parcels.every((one) => content.includes(one)) && !content.some(isForeign)
      return carried === 'parcels'
        ? [due(isOwn)]
        : places.map((place) => due((content) => isOwn(content) && content.includes(place)))
    }
    if (carried === 'text') return [due((content) => content.some((one) => one === text))]
    return [due((content) => carried.some((status) => content.includes(status)), false)]
  })
}

/** Rakuten's call for many orders does what its call for one does. */
const operationOf = (operation: string): string => operation.replace(/Async$/, '')
const mallOf = (order: string): string => order.slice(0, order.indexOf(' '))

/**
 * Each change ends; one that went well is in the books once, and none is twice whatever became of it or of
 * the order's others.
 */
export function checkChanges({ asked, unanswered, ended, writes, places }: ChangeEvidence): ChangeFindings {
  const byId = new Map(ended.map((change) => [change.id, change]))
  // The same change may have been told twice: by a lost answer's repetition.
  const accepted = [...new Map(asked.map((change) => [change.id, change])).values()]
  const found: ChangeFindings = {
    shipped: accepted.filter(({ action }) => action === 'ship').length,
    lost: [],
    duplicated: [],
    stuck: [],
    unexplained: [],
    states: {},
    written: countsByMall(writes),
  }
  for (const change of accepted) noteEnd(found, change, byId.get(change.id))
  for (const [what, same] of Map.groupBy(accepted, ({ action, order }) => `${action} ${order}`))
    if (same.length > 1) found.duplicated.push(`accepted ${same.length} times: ${what}`)
  const numbers = numbersByOrder([...accepted, ...unanswered])
  const due = (change: WishedChange, must: boolean) =>
    duesOf(change, must, numbers.get(change.order) ?? new Set(), places.get(change.order))
  const wished = [
    ...accepted.flatMap((change) => due(change, mustBeWritten(change, byId.get(change.id)))),
    ...unanswered.flatMap((change) => due(change, false)),
  ]
  const dues = Map.groupBy(wished, ({ change }) => change.order)
  for (const write of writes) noteWrite(found, dues.get(write.order) ?? [], write)
  for (const { change, operation, must, times } of wished) {
    const what = `${operation} for ${change.action}: ${change.order}`
    if (times > 1) found.duplicated.push(`written ${times} times: ${what}`)
    if (times === 0 && must) found.lost.push(`went well and was not written at the mall: ${what}`)
  }
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

function numbersByOrder(changes: readonly WishedChange[]): Map<string, Set<string>> {
  const numbers = new Map<string, Set<string>>()
  for (const { order, parcels = [] } of changes)
    numbers.set(order, new Set([...(numbers.get(order) ?? []), ...parcels]))
  return numbers
}

/**
 * Counts a write for the change whose content it carries. Where two may have made it, counts it for the one
 * that has none yet, and of these for one that must have made it: au PAY's release writes the same status as
 * a confirmation that was already done. A write of numbers or a text that were written before counts for the
 * same change again, whatever became of another one with the same content.
 */
function noteWrite(found: ChangeFindings, dues: readonly Due[], { order, operation, content }: Write): void {
  const own = operationOf(operation)
  const fitting = dues
    .filter((one) => one.operation === own && one.fits(content))
    .toSorted((one, other) => one.times - other.times || Number(other.must) - Number(one.must))
  const written = fitting.find(({ isOwn, times }) => isOwn && times > 0)
  const due = written && !fitting[0]?.must ? written : fitting[0]
  if (due) due.times += 1
  else found.duplicated.push(`${own} that nobody asked for: ${order} ${content.join(' ').slice(0, 80)}`)
}

/** An order may come in confirmed; nobody but the service ships. */
const mustBeWritten = ({ action }: WishedChange, change: EndedChange | undefined): boolean =>
  change?.state === 'succeeded' && (action === 'ship' || change.code === null)

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

// Judges what the service says of orders beside their import: labels, holds and marks. Pure.

interface Label {
  /** `mall number`; null: the label has no order. */
  order: string | null
  recipient: string
  key: string
}

interface DeskEvidence {
  /** Orders that labels were asked for, whether the answer came or not. */
  wanted: ReadonlySet<string>
  /** In answers. */
  answered: readonly Label[]
  /** In the database. */
  labelled: readonly Label[]
  stored: readonly { order: string; holds: readonly string[]; marks: readonly string[] }[]
  /** Whether the mall holds the order for its shop, at the end. */
  held: ReadonlyMap<string, boolean>
  /** By order: marks that the mall's own data ask for, or forbid. */
  marks: ReadonlyMap<string, Readonly<Record<string, boolean>>>
}

interface DeskFindings {
  lost: string[]
  duplicated: string[]
  /** What the service says and the mall does not. */
  untrue: string[]
}

/** The service's word for 保留. */
const HELD = 'shop_hold'
/** A mark that could not be looked up is looked up again within minutes. */
const UNCHECKED = 'unchecked'

export function checkDesk(evidence: DeskEvidence): DeskFindings {
  return {
    ...checkLabels(evidence),
    untrue: evidence.stored.flatMap((row) => [...holdOf(evidence, row), ...marksOf(evidence, row)]),
  }
}

/**
 * No label without its order, none that nobody asked for; a recipient keeps its key, and a key its recipient.
 */
function checkLabels({
  wanted,
  answered,
  labelled,
}: DeskEvidence): Pick<DeskFindings, 'lost' | 'duplicated'> {
  const lost: string[] = []
  const duplicated: string[] = []
  for (const { order, key } of labelled) {
    if (order === null) lost.push(`a label without its order: ${key}`)
    else if (!wanted.has(order)) duplicated.push(`a label that nobody asked for: ${order} ${key}`)
  }
  const all = [...answered, ...labelled]
  for (const [target, same] of Map.groupBy(all, ({ order, recipient }) => `${order} ${recipient}`)) {
    const keys = new Set(same.map(({ key }) => key))
    if (keys.size > 1) duplicated.push(`one recipient has the keys ${[...keys].join(', ')}: ${target}`)
  }
  for (const [key, same] of Map.groupBy(all, (label) => label.key)) {
    const targets = new Set(same.map(({ order, recipient }) => `${order} ${recipient}`))
    if (targets.size > 1) duplicated.push(`one key for ${[...targets].join(', ')}: ${key}`)
  }
  const kept = new Set(labelled.map(({ key }) => key))
  for (const { key, order } of answered)
    if (!kept.has(key)) lost.push(`a label that was given out is not here: ${order} ${key}`)
  return { lost, duplicated }
}

type Row = DeskEvidence['stored'][number]

function holdOf({ held }: DeskEvidence, { order, holds }: Row): string[] {
  const atMall = held.get(order)
  if (atMall === undefined || atMall === holds.includes(HELD)) return []
  return [`${atMall ? 'held at the mall and not here' : 'held here and not at the mall'}: ${order}`]
}

function marksOf({ marks }: DeskEvidence, { order, marks: own }: Row): string[] {
  const wrong = Object.entries(marks.get(order) ?? {})
    .filter(([mark, isDue]) => own.includes(mark) !== isDue)
    .map(([mark, isDue]) => `mark ${mark} is ${isDue ? 'missing' : 'wrong'}: ${order}`)
  return own.includes(UNCHECKED) ? [...wrong, `mark ${UNCHECKED} stayed: ${order}`] : wrong
}

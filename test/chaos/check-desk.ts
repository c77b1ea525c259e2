/** Judges what the service says of orders beside their import: labels, holds and marks. Pure. */

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

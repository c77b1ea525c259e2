import type { Figure, HistoryLine } from './history.ts'

type Stored = Extract<HistoryLine, { f: 'stored' }>['value']

const COUNTS = ['orders', 'amount', 'cancelled', 'cancelledAmount', 'inTime'] as const

/** Counts the orders of each shop and day from their rows. */
export function figuresOf(stored: readonly Pick<Stored, 'shop' | 'facts'>[]): Map<string, Figure> {
  const figures = new Map<string, Figure>()
  for (const { shop = '', facts } of stored) {
    if (!facts) continue
    const key = `${facts.day} ${shop}`
    const day = figures.get(key) ?? {
      day: facts.day,
      shop,
      orders: 0,
      amount: 0,
      cancelled: 0,
      cancelledAmount: 0,
      inTime: 0,
    }
    day.orders += 1
    day.amount += facts.amount
    if (facts.gone) {
      day.cancelled += 1
      day.cancelledAmount += facts.amount
    } else if (facts.leftOn !== null && facts.shipBy !== null && facts.leftOn <= facts.shipBy) day.inTime += 1
    figures.set(key, day)
  }
  return figures
}

/** The figures that the service keeps by day say what its orders come to, whatever was counted on the way. */
export function checkFigures(
  stored: readonly Pick<Stored, 'shop' | 'facts'>[],
  told: readonly Figure[],
): string[] {
  const own = figuresOf(stored)
  const theirs = new Map(told.map((one) => [`${one.day} ${one.shop}`, one]))
  return [...new Set([...own.keys(), ...theirs.keys()])].flatMap((key) => {
    const differing = COUNTS.filter((name) => (own.get(key)?.[name] ?? 0) !== (theirs.get(key)?.[name] ?? 0))
    return differing.map(
      (name) =>
        `the figures say ${theirs.get(key)?.[name] ?? 0} ${name}, the orders ${own.get(key)?.[name] ?? 0}: ${key}`,
    )
  })
}

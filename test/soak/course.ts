/** A day: steady hours, a sale, steady hours and the night, by their share of its time and their rate. */
const DAY = [
  { share: 0.3, weight: 0.8 },
  { share: 0.1, weight: 4 },
  { share: 0.3, weight: 0.8 },
  { share: 0.3, weight: 0.1 },
]

const ORDERS = DAY.reduce((sum, { share, weight }) => sum + share * weight, 0)

/** In the sale of a day in the first half, and where the second half begins. */
const BACKUP_IN_DAY = 0.35
export const backupAt = (days: number): number => (Math.floor((days - 1) / 2) + BACKUP_IN_DAY) / days
export const UPDATE_AT = 0.5

/**
 * When an order is placed that would come at `share` of the time at a steady rate: again as a share of it,
 * with so many days in it; 0: a steady rate.
 */
export function placedAt(share: number, days: number): number {
  if (days === 0) return share
  const day = Math.floor(share * days)
  let [left, at] = [(share * days - day) * ORDERS, 0]
  for (const { share: part, weight } of DAY) {
    if (left < part * weight) return (day + at + left / weight) / days
    left -= part * weight
    at += part
  }
  return (day + 1) / days
}

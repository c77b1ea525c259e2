import { toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import type { OrderRecipient } from '../port/order.ts'

/** Rakuten's times are `2026-05-19T21:04:11+0900`, always JST; our offset has a colon (RFC 3339). */

const DATETIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/** RFC 3339, or null when absent or unreadable. No zone means JST (the licence service gives none). */
export function toRfc3339(text: string | null): string | null {
  const [, day, time, zone = '+09:00'] = DATETIME.exec(text ?? '') ?? []
  if (!day || !time) return null
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  const result = `${day}T${time}${offset}`
  return Number.isNaN(Date.parse(result)) ? null : result
}

/** `YYYY-MM-DDThh:mm:ss+0900`; parts of a second are dropped. */
export const toWireDatetime = (ms: number): string => toJapaneseRfc3339(ms).replace('+09:00', '+0900')

type Wish = Pick<OrderRecipient['wish'], 'date' | 'timeFrom' | 'timeTo' | 'timeText'>

/**
 * Reads the delivery wish of an order: deliveryDate and shippingTerm; when empty, the buyer's comment under
 * `[配送日時指定:]`.
 */
export function wishOf(
  deliveryDate: string | null,
  shippingTerm: number | null,
  remarks: string | null,
): Wish {
  const written = writtenWish(remarks)
  const band = bandOf(shippingTerm) ?? bandOfText(written.time)
  return { date: deliveryDate || written.date, ...band }
}

type Band = Pick<Wish, 'timeFrom' | 'timeTo' | 'timeText'>

/** shippingTerm: 0 none, 1 午前, 2 午後, 9 other, else `h1h2`: 708 is 7–8 o'clock, 1416 is 14–16. */
function bandOf(term: number | null): Band | null {
  if (term === null || term === 0 || term === 9) return null
  if (term === 1) return { timeFrom: null, timeTo: '12:00', timeText: '午前中' }
  if (term === 2) return { timeFrom: '12:00', timeTo: null, timeText: '午後' }
  const from = Math.floor(term / 100)
  const to = term % 100
  if (term < 100 || from >= to || to > 24) return { timeFrom: null, timeTo: null, timeText: String(term) }
  return { timeFrom: clock(from), timeTo: clock(to), timeText: `${from}時～${to}時` }
}

function bandOfText(text: string | null): Band {
  const [, from, to] = /^(\d{1,2}:\d{2})\s*[-~～〜]\s*(\d{1,2}:\d{2})$/.exec(text ?? '') ?? []
  return { timeFrom: from?.padStart(5, '0') ?? null, timeTo: to?.padStart(5, '0') ?? null, timeText: text }
}

function writtenWish(remarks: string | null): { date: string | null; time: string | null } {
  const [, block = ''] = /^\s*\[配送日時指定:\][^\S\n]*\r?\n?((?:.+\r?\n?)*)/.exec(remarks ?? '') ?? []
  const lines = block
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const date = lines.map((line) => /^\d{4}-\d{2}-\d{2}/.exec(line)?.[0]).find((found) => found !== undefined)
  const time = lines.find((line) => /^(\d{1,2}:\d{2}\s*[-~～〜]|午前|午後)/.test(line))
  return { date: date ?? null, time: time ?? null }
}

const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`

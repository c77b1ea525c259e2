/**
 * Parses a delivery time band as malls word it where shops define the text themselves (Yahoo!'s
 * ShipRequestTime, au PAY's deliveryRequestTime): `12:00～14:00`, `14時-16時`, `午前中`, `18時以降`. Text that is no
 * hours stays text alone.
 */
export function parseTimeBand(text: string | null): { timeFrom: string | null; timeTo: string | null } {
  const plain = (text ?? '').normalize('NFKC').replace(/\s/g, '')
  if (plain === '午前中' || plain === '午前') return { timeFrom: null, timeTo: '12:00' }
  const match = BAND.exec(plain)
  if (!match) return { timeFrom: null, timeTo: null }
  const [, fromHour, fromMinute, between, toHour, toMinute, after] = match
  const from = clockTime(fromHour, fromMinute)
  const to = clockTime(toHour, toMinute)
  if (between)
    return from && to && from < to ? { timeFrom: from, timeTo: to } : { timeFrom: null, timeTo: null }
  if (after === '以降' || after === 'から') return { timeFrom: from, timeTo: null }
  return after === 'まで' || after === '以前'
    ? { timeFrom: null, timeTo: from }
    : { timeFrom: null, timeTo: null }
}

const HOUR = '(\\d{1,2})(?:[:時](\\d{2})?分?)'
const BAND = new RegExp(
  `^${HOUR}(?:(から|[~\\u301c\\u2010-\\u2015\\u2212\\u30fc-])${HOUR}(?:まで)?|(以降|まで|以前|から))$`,
)

function clockTime(hour: string | undefined, minute: string | undefined): string | null {
  const hours = Number(hour)
  const minutes = Number(minute ?? '0')
  if (hour === undefined || hours > 24 || minutes > 59 || (hours === 24 && minutes > 0)) return null
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

import { describe, expect, it } from 'vitest'
import { following, type Position, startOf } from '../imports/list-position.ts'
import {
  askedAgainAt,
  daysOf,
  longestWindow,
  nextRun,
  nextSettle,
  planRun,
  wider,
  windowBefore,
  windowsOf,
} from './plan.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const NOW = Date.parse('2026-01-15T03:00:00Z')
const at = (text: string) => new Date(text)

describe('the period of a run', () => {
  it('is thirty days at first, or what the mall has when that is less', () => {
    const never = { listedUntil: null, deepAt: null }
    const from = (historyDays: number) => planRun(never, { historyDays, freshBy: 'list' }, NOW).from
    expect(from(730)).toEqual(new Date(NOW - 30 * DAY))
    expect(from(7)).toEqual(new Date(NOW - 7 * DAY))
  })

  it.each([
    ['list', 2 * HOUR, 3 * DAY],
    ['reading', 2 * HOUR, 3 * DAY],
    ['changes', HOUR / 6, DAY],
  ] as const)('overlaps what was listed, and once a day by more: %s', (freshBy, overlap, deepOverlap) => {
    const listedUntil = new Date(NOW - HOUR)
    const deepAt = new Date(NOW - DAY + 1)
    const limits = { historyDays: 730, freshBy }
    expect(planRun({ listedUntil, deepAt }, limits, NOW)).toMatchObject({
      from: new Date(NOW - HOUR - overlap),
      deep: false,
    })
    expect(planRun({ listedUntil, deepAt }, limits, NOW + 1)).toMatchObject({
      from: new Date(NOW - HOUR - deepOverlap),
      deep: true,
    })
  })
})

describe('the windows of a run', () => {
  it('end at midnight in Japan, newest first, without a gap', () => {
    const run = { from: at('2026-01-13T20:00:00+09:00'), to: at('2026-01-15T12:00:00+09:00') }
    const first = windowBefore(run.to, run.from)
    expect(first.from).toEqual(at('2026-01-15T00:00:00+09:00'))
    const second = windowBefore(first.from, run.from)
    expect(second).toEqual({ from: at('2026-01-14T00:00:00+09:00'), to: first.from })
    expect(windowBefore(second.from, run.from)).toEqual({ from: run.from, to: second.from })
    expect(daysOf(run)).toEqual(['2026-01-13', '2026-01-14', '2026-01-15'])
  })
})

describe('the windows of a first run', () => {
  const windows = (freshBy: 'list' | 'changes' | 'reading') => {
    const runFrom = new Date(NOW - 30 * DAY)
    const longest = longestWindow({ freshBy, listWindowDays: 31 })
    const { from, to } = windowBefore(new Date(NOW), runFrom)
    let at: Position | null = startOf({ from, to })
    let count = 0
    const earlier = windowsOf({ runFrom, longestMs: longest })
    for (; at; count++) at = following(at, { next: null, fresh: 0, sum: 0 }, (window) => earlier(window.from))
    return count
  }

  it('are a day each only where the list names bare numbers', () => {
    expect(windows('reading')).toBe(31)
    expect(windows('changes')).toBe(2)
    expect(windows('list')).toBe(2)
  })
})

describe('the next run', () => {
  it('comes after about the interval', () => {
    for (const float of [0, 0.5, 0.999]) {
      const wait = nextRun(NOW, 300_000, { float: () => float }).getTime() - NOW
      expect(wait).toBeGreaterThanOrEqual(270_000)
      expect(wait).toBeLessThan(330_000)
    }
  })
})

describe('the look at what was missing', () => {
  it('comes after 5, 15 and then each 60 seconds, and never after the next run', () => {
    const far = new Date(NOW + DAY)
    const waits = [0, 1, 2, 3, 9].map((settles) => nextSettle(NOW, settles, far).getTime() - NOW)
    expect(waits).toEqual([5_000, 15_000, 60_000, 60_000, 60_000])
    expect(nextSettle(NOW, 9, new Date(NOW + 20_000))).toEqual(new Date(NOW + 20_000))
  })
})

describe('the days of a period', () => {
  it('names only days that the period touches', () => {
    const midnight = at('2026-01-15T00:00:00+09:00')
    expect(daysOf({ from: new Date(midnight.getTime() - 1), to: midnight })).toEqual(['2026-01-14'])
    expect(daysOf({ from: midnight, to: new Date(midnight.getTime() + 1) })).toEqual(['2026-01-15'])
  })
})

describe('what a run steps over', () => {
  const gap = { from: new Date(NOW - 2 * HOUR), to: new Date(NOW - HOUR) }
  const plan = { runFrom: new Date(NOW - 4 * HOUR), longestMs: 24 * HOUR, stepped: [gap] }
  const walk = (earlier: (to: Date) => { from: Date; to: Date } | null) => {
    const windows: number[][] = []
    for (let at = earlier(new Date(NOW)); at; at = earlier(at.from))
      windows.push([at.from.getTime() - NOW, at.to.getTime() - NOW].map((ms) => ms / HOUR))
    return windows
  }

  it('is left out, and once a day a window of its own', () => {
    expect(walk(windowsOf(plan))).toEqual([
      [-1, 0],
      [-4, -2],
    ])
    expect(walk(windowsOf({ ...plan, retries: true }))).toEqual([
      [-1, 0],
      [-2, -1],
      [-4, -2],
    ])
    expect(walk(windowsOf({ ...plan, narrowMs: HOUR })).length).toBe(3)
  })

  it('is no window of its own where it lies before the run', () => {
    const stepped = [{ from: new Date(NOW - HOUR), to: new Date(NOW) }]
    expect(
      windowsOf({ runFrom: new Date(NOW), longestMs: null, stepped, retries: true })(new Date(NOW)),
    ).toBeNull()
  })

  it('leaves windows that grow again, to double their length and below a day', () => {
    expect(wider(null)).toBeNull()
    expect(wider(HOUR)).toBe(2 * HOUR)
    expect(wider(12 * HOUR - 1)).toBe(DAY - 2)
    expect(wider(12 * HOUR)).toBeNull()
  })
})

describe('an order that was given up', () => {
  const asked = (age: number, listed: number | null = 0, historyDays = 180) => {
    const givenUpAt = new Date(NOW - HOUR)
    const placedAt = new Date(NOW - HOUR - age * DAY)
    const listedUntil = listed === null ? null : new Date(NOW - listed * HOUR)
    return askedAgainAt({ placedAt, givenUpAt, listedUntil }, { historyDays }, NOW)
  }
  const daysOn = (days: number) => new Date(NOW - HOUR + days * DAY)

  it('is asked for again the seldomer the older it was, and once a week at least', () => {
    expect(asked(0)).toEqual(daysOn(1))
    expect(asked(7)).toEqual(daysOn(1))
    expect(asked(14)).toEqual(daysOn(2))
    expect(asked(49)).toEqual(daysOn(7))
    expect(asked(100)).toEqual(daysOn(7))
  })

  it('is asked for at once when its shop’s list is read after hours', () => {
    expect(asked(14, 2.9)).toEqual(daysOn(2))
    expect(asked(14, 3)).toEqual(new Date(NOW))
    expect(asked(14, null)).toEqual(daysOn(2))
  })

  it('is asked for as long as the mall’s API has it, and its day is shown', () => {
    expect(asked(173)).toEqual(daysOn(7))
    expect(asked(173.1)).toBeNull()
    expect(asked(181, 24)).toBeNull()
    expect(asked(393, 0, 3650)).toEqual(daysOn(7))
    expect(asked(393.1, 0, 3650)).toBeNull()
  })
})

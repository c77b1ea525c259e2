import { describe, expect, test } from 'vitest'
import type { HistoryEntry, HistoryLine } from '../../chaos/history.ts'
import { backupAt, placedAt, UPDATE_AT } from '../../soak/course.ts'
import { drawSvg } from '../../soak/svg.ts'
import { levelOf, lowest, type Point, type Series, trendOf } from '../../soak/trend.ts'
import { judgeSoak, wrongIn } from '../../soak/verdict.ts'

const every10s = (value: (at: number) => number): Point[] =>
  Array.from({ length: 181 }, (_, n) => ({ at: n * 10, value: value(n * 10) }))

/** Up and down between 0 and `height` in seven steps. */
const scatter = (at: number, height: number): number => (((at / 10) * 3) % 7) * (height / 6)

describe('whether something grows in a soak', () => {
  test.each<[string, Point[], boolean]>([
    ['what stays where it is', every10s(() => 40), false],
    ['what scatters', every10s((at) => 40 + scatter(at, 30)), false],
    ['what grows only while it warms up', every10s((at) => Math.min(300, 100 + at)), false],
    ['what has a dip in the middle', every10s((at) => (at > 850 && at < 1_150 ? 20 : 40)), false],
    ['what shrinks', every10s((at) => 400 - at / 10), false],
    ['a leak of a fifth in half an hour', every10s((at) => 200 + at / 45), true],
    ['a leak that scatters', every10s((at) => 200 + at / 20 + scatter(at, 20)), true],
    ['nothing at all', every10s(() => 0), false],
  ])('%s', (_name, points, grows) => {
    expect(trendOf(points).grows).toBe(grows)
  })

  test('gives the second half in numbers, the trend for half an hour', () => {
    expect(trendOf(every10s((at) => 100 + at / 100))).toMatchObject({
      mean: expect.closeTo(113.5, 1),
      least: 109,
      most: 118,
      perHalfHour: expect.closeTo(18, 5),
    })
  })

  test('takes of a heap what is left after cleaning', () => {
    const points = every10s((at) => 80 + scatter(at, 60))
    const left = lowest(points, 120)
    expect(left).toHaveLength(16)
    expect(Math.max(...points.map(({ value }) => value))).toBe(140)
    expect(Math.max(...left.map(({ value }) => value))).toBeLessThan(100)
  })
})

describe('whether memory holds its level for hours', () => {
  const hours = (count: number, value: (at: number) => number): Point[] =>
    Array.from({ length: count * 360 }, (_, n) => ({ at: n * 10, value: value(n * 10) }))

  test.each<[string, Point[], boolean]>([
    ['warms up and stays', hours(6, (at) => Math.min(260, 200 + at / 15)), true],
    ['goes up and down with the collector', hours(6, (at) => 250 + scatter(at, 60)), true],
    ['creeps by a twelfth in six hours', hours(6, (at) => 250 + at / 1_080), true],
    ['creeps by a fifth in six hours', hours(6, (at) => 250 + at / 400), false],
    ['takes a step late and keeps it', hours(6, (at) => (at > 18_000 ? 300 : 250)), false],
    ['was up for ten minutes in the middle', hours(6, (at) => (at > 9_000 && at < 9_900 ? 300 : 250)), false],
    ['grows in a short run', every10s((at) => 250 + at / 20), false],
    ['stays in a short run', every10s(() => 250), true],
  ])('%s', (_name, points, holds) => {
    expect(levelOf(points).holds).toBe(holds)
  })

  test.each<[string, (at: number) => number, boolean]>([
    ['a sale in each day', (at) => (at % 5_400 > 1_620 && at % 5_400 < 2_160 ? 320 : 250), true],
    ['a leak beside sales', (at) => (at % 5_400 > 1_620 && at % 5_400 < 2_160 ? 320 : 250) + at / 200, false],
  ])('days are compared with days: %s', (_name, value, holds) => {
    expect(levelOf(hours(6, value), 5_400).holds).toBe(holds)
  })

  test('tells from where to where, and over how long', () => {
    expect(levelOf(hours(6, (at) => 250 + at / 400))).toEqual({
      first: 253.75,
      highest: 303.25,
      hours: expect.closeTo(5.66, 1),
      holds: false,
    })
  })
})

describe('the course of days', () => {
  const times = Array.from({ length: 4_000 }, (_, n) => placedAt(n / 4_000, 2))

  test('has its orders in turn, all of them, the most in the sale', () => {
    const during = (from: number, to: number) => times.filter((at) => at >= from && at < to).length
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(during(0, 0.5)).toBe(2_000)
    expect(during(0.15, 0.2) / 200).toBeCloseTo(4.4, 1)
    expect(during(0.35, 0.5) / 600).toBeCloseTo(0.1, 1)
    expect(placedAt(0.3, 0)).toBe(0.3)
  })

  test('has the backup in a sale, and before the update', () => {
    for (const days of [1, 2, 4]) {
      const inDay = (backupAt(days) * days) % 1
      expect([inDay > 0.3 && inDay < 0.4, backupAt(days) < UPDATE_AT]).toEqual([true, true])
    }
  })
})

describe('the verdict from a history', () => {
  const MINUTE = 60_000
  const line = (minute: number, entry: HistoryEntry): HistoryLine => ({
    at: minute * MINUTE,
    ms: minute * MINUTE,
    ...entry,
  })
  const looked = (minute: number, of: string, value: number) =>
    line(minute, {
      process: 'watch',
      f: 'looked',
      type: 'ok',
      value: {
        after: minute * 60,
        found: [{ measure: 'open files', of, unit: '', value, judged: true }],
        missed: 0,
        endedByItself: { starting: 0, running: 0 },
      },
    })
  const order = (minute: number, name: string) =>
    line(minute, {
      process: 'buyer',
      f: 'order',
      type: 'ok',
      value: {
        order: name,
        visibleAt: minute * MINUTE,
        mails: 0,
        listedAfterMs: 0,
        marks: { buyer_note: true },
      },
    })
  const pull = (minute: number, name: string, number: number) => {
    const value = { after: `${number - 1}`, since: `${number - 1}`, position: `${number}`, number }
    const answer = { ...value, desk: 'a', pullId: `p${number}`, orders: [name] }
    return line(minute, { process: 'puller', f: 'pull', type: 'ok', value: answer })
  }
  const soak = { minutes: 240, rate: 1, days: 4, engine: 'redis', tenants: 1, shops: 1, hostile: false }
  const started = line(0, { process: 'run', f: 'run', type: 'invoke', value: { sweepMs: 1, soak } })
  const files = Array.from({ length: 240 }, (_, n) =>
    looked(n, n < 120 ? 'api' : 'api #2', n < 120 ? 40 : 80),
  )

  test('a run that broke off is judged but for its last quarter of an hour', () => {
    const history = [started, order(1, 'a'), pull(2, 'a', 1), order(3, 'b'), ...files, order(239, 'c')]
    const result = judgeSoak(history)
    expect(result).toMatchObject({ whole: false, minutes: 239, orders: 2, pulled: 1, lost: 1, untrue: 0 })
    expect(wrongIn(result)).toBe(1)
  })

  test('an order in two batches is doubled, and a step that failed is wrong', () => {
    const step = { process: 'operator', f: 'step' } as const
    const result = judgeSoak([
      ...[started, order(1, 'a'), pull(2, 'a', 1), pull(3, 'a', 2), ...files],
      line(4, { ...step, type: 'invoke', value: { name: 'backup' } }),
      line(5, { ...step, type: 'fail', value: { name: 'backup', why: 'no room' } }),
    ])
    expect(result).toMatchObject({
      lost: 0,
      duplicated: 1,
      steps: [{ at: 240, seconds: 60, why: 'no room' }],
    })
    expect(wrongIn(result)).toBe(2)
  })

  test('a process that follows another one is judged by itself, and one that lived briefly is not', () => {
    const growing = Array.from({ length: 30 }, (_, n) => looked(n, 'worker-1', 10 + n))
    const { series } = judgeSoak([started, order(1, 'a'), pull(2, 'a', 1), ...files, ...growing])
    const shown = series.map(({ of, judged, grows }) => [of, judged, grows])
    expect(shown).toEqual(
      expect.arrayContaining([
        ['api', true, false],
        ['api #2', true, false],
        ['worker-1', false, true],
      ]),
    )
  })
})

test('the picture has a panel for each measure and a line for each process', () => {
  const series = (measure: string, of: string): Series => ({
    measure,
    of,
    unit: 'MB',
    judged: true,
    points: every10s((at) => at),
  })
  const svg = drawSvg('20 & more', [
    series('memory', 'api'),
    series('memory', 'worker'),
    series('files', 'api'),
  ])
  expect(svg.match(/<polyline/g)).toHaveLength(3)
  expect(svg.match(/<g /g)).toHaveLength(2)
  expect(svg).toContain('20 &amp; more')
  expect(svg).not.toMatch(/NaN|Infinity/)
})

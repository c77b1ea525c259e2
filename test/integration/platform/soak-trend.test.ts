import { describe, expect, test } from 'vitest'
import { drawSvg } from '../../soak/svg.ts'
import { levelOf, lowest, type Point, type Series, trendOf } from '../../soak/trend.ts'

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

  test('tells from where to where, and over how long', () => {
    expect(levelOf(hours(6, (at) => 250 + at / 400))).toEqual({
      first: 253.75,
      highest: 303.25,
      hours: expect.closeTo(5.66, 1),
      holds: false,
    })
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

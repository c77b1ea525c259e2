import type { Series } from './trend.ts'
import { FOLLOWS } from './watch.ts'

/** Small multiples: one panel for each measure, one line for each process or store, from zero. */

const PANEL = { width: 360, height: 170 }
const PLOT = { left: 44, top: 26, width: 300, height: 100 }
const COLUMNS = 2
const COLOURS = ['#2563eb', '#dc2626', '#16a34a', '#9333ea', '#ea580c', '#0891b2']
/** Of each line; more would not be seen. */
const MOST_POINTS = 120

/** What was done in the midst, and so many seconds after the beginning. */
export interface Step {
  name: string
  at: number
}

/** @param title one line */
export function drawSvg(title: string, series: readonly Series[], steps: readonly Step[] = []): string {
  const panels = [...Map.groupBy(series, ({ measure }) => measure)]
  const height = 30 + Math.ceil(panels.length / COLUMNS) * PANEL.height
  const width = COLUMNS * PANEL.width
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="10" y="18" font-size="13">${escaped(title)}</text>`,
    ...panels.map(([measure, lines], n) => {
      const x = (n % COLUMNS) * PANEL.width
      const y = 30 + Math.floor(n / COLUMNS) * PANEL.height
      return `<g transform="translate(${x} ${y})">${panel(measure, lines, steps)}</g>`
    }),
    '</svg>\n',
  ].join('\n')
}

function panel(measure: string, lines: readonly Series[], steps: readonly Step[]): string {
  const points = lines.flatMap((line) => line.points)
  const most = niceAbove(Math.max(...points.map(({ value }) => value), 1))
  const end = Math.max(...points.map(({ at }) => at), 1)
  const { left, top, width, height } = PLOT
  const unit = lines[0]?.unit ? ` (${lines[0].unit})` : ''
  const processes = [...new Set(lines.map(baseOf))]
  const marks = steps.map(({ name, at }) => {
    const x = (left + (at / end) * width).toFixed(1)
    return `<path d="M${x} ${top}v${height}" stroke="#bbb"/><text x="${x}" y="${top + 8}" fill="#888">${escaped(name)}</text>`
  })
  const drawn = lines.map((line) => {
    const n = processes.indexOf(baseOf(line))
    const colour = COLOURS[n % COLOURS.length]
    const path = thinned(line.points).map(
      ({ at, value }) =>
        `${(left + (at / end) * width).toFixed(1)},${(top + height * (1 - value / most)).toFixed(1)}`,
    )
    return [
      `<polyline fill="none" stroke="${colour}" points="${path.join(' ')}"/>`,
      line.of === baseOf(line)
        ? `<text x="${left + (n % 3) * 100}" y="${top + height + 24 + Math.floor(n / 3) * 11}" fill="${colour}">${escaped(line.of)}</text>`
        : '',
    ].join('')
  })
  return [
    `<text x="${left}" y="${top - 8}" font-weight="bold">${escaped(measure)}${unit}</text>`,
    `<path d="M${left} ${top}V${top + height}H${left + width}" fill="none" stroke="#888"/>`,
    `<text x="${left - 4}" y="${top + 4}" text-anchor="end">${most}</text>`,
    `<text x="${left - 4}" y="${top + height}" text-anchor="end">0</text>`,
    `<text x="${left + width}" y="${top + height + 12}" text-anchor="end">${(end / 60).toFixed(0)} min</text>`,
    ...marks,
    ...drawn,
  ].join('')
}

/** One colour for a process and those that follow it. */
const baseOf = ({ of }: Series): string => of.split(FOLLOWS)[0] ?? of

/** 1, 2, 3, 5 or 10 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 3, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

function thinned<T>(list: readonly T[]): T[] {
  const step = Math.max(1, Math.ceil(list.length / MOST_POINTS))
  return list.filter((_, n) => n % step === 0 || n === list.length - 1)
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

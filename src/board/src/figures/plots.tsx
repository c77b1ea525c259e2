import { t } from '../i18n.ts'
import { dueDay, number } from '../parts/format.ts'

/** Plots without styles in attributes, which the page's policy refuses; each has its figures in a table. */

export interface Bar {
  day: string
  /** From below, in the order of the legend. */
  parts: readonly { kind: string; value: number }[]
  /** Text above the bar. */
  label: string
}

const HEIGHT = 100
const WIDTH = 40
const GAP = 8

/** Bars of each day, divided by kind; the last one is today's, which still grows. */
export function Bars({ bars, title }: { bars: readonly Bar[]; title: string }) {
  const most = Math.max(1, ...bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)))
  // A label to each of many would be a smear.
  const every = Math.ceil(bars.length / 16)
  const labels = Math.ceil(bars.length / every)
  const width = Math.max(1, bars.length) * (WIDTH + GAP)
  return (
    <svg
      className="plot"
      viewBox={`0 -18 ${width} ${HEIGHT + 52}`}
      role="img"
      aria-label={title}
      preserveAspectRatio="xMinYMin meet"
    >
      {bars.map(({ day, parts, label }, index) => {
        const x = index * (WIDTH + GAP)
        let y = HEIGHT
        return (
          <g
            key={day}
            className={(labels - 1 - Math.floor(index / every)) % 2 === 1 ? 'plot-second' : undefined}
          >
            {parts.map(({ kind, value }) => {
              const height = (value / most) * HEIGHT
              y -= height
              return (
                value > 0 && (
                  <rect
                    key={kind}
                    className={`plot-${kind}`}
                    x={x}
                    y={y}
                    width={WIDTH}
                    height={Math.max(1, height - 1)}
                  >
                    <title>{`${dueDay(day)} ${number(value)}`}</title>
                  </rect>
                )
              )
            })}
            {index % every === 0 && (
              <>
                <text x={x + WIDTH / 2} y={y - 5} textAnchor="middle">
                  {label}
                </text>
                <text x={x + WIDTH / 2} y={HEIGHT + 16} textAnchor="middle" className="plot-day">
                  {dueDay(day).replace(/ .*/, '')}
                </text>
                <text x={x + WIDTH / 2} y={HEIGHT + 30} textAnchor="middle" className="plot-day plot-weekday">
                  {/\((.)\)/.exec(dueDay(day))?.[1]}
                </text>
              </>
            )}
          </g>
        )
      })}
    </svg>
  )
}

/** A curve over the days; a day without a value breaks it. */
export function Curve(props: {
  values: readonly (number | null)[]
  title: string
  /** Drawn as a dotted line. */
  aim?: number
  from?: number
}) {
  const { values, title, aim, from = 0 } = props
  const known = values.filter((value): value is number => value !== null)
  const most = Math.max(from + 0.001, aim ?? from, ...known)
  const least = Math.min(from, ...known)
  const x = (index: number) => (values.length < 2 ? 150 : (index / (values.length - 1)) * 300)
  const y = (value: number) => 48 - ((value - least) / (most - least)) * 44
  const runs: string[] = []
  let run = ''
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (run) runs.push(run)
      run = ''
    } else run += `${run ? ' L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
  }
  if (run) runs.push(run)
  // A day alone is a dot.
  return (
    <svg
      className="plot plot-curve"
      viewBox="0 0 300 52"
      role="img"
      aria-label={title}
      preserveAspectRatio="none"
    >
      {aim !== undefined && (
        <path className="plot-aim" d={`M0 ${y(aim).toFixed(1)} L300 ${y(aim).toFixed(1)}`} />
      )}
      {runs.map((path) => (
        <path key={path} className="plot-line" d={path.includes('L') ? path : `${path} l0.01 0`} />
      ))}
    </svg>
  )
}

export function Legend({ kinds }: { kinds: readonly (readonly [kind: string, label: string])[] }) {
  return (
    <ul className="legend" aria-label={t('凡例', 'Legend')}>
      {kinds.map(([kind, label]) => (
        <li key={kind}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect className={`plot-${kind}`} width="10" height="10" rx="2" />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  )
}

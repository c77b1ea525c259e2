import JsBarcode from 'jsbarcode'
import { useMemo } from 'react'

/** Code 128 takes ASCII; longer bars than these are wider than a scanner reads at once. */
const READABLE = /^[\x20-\x7e]{1,40}$/
const QUIET_ZONE = 10

/** Bars as a picture of rectangles: the library's own picture has styles, which the page's policy refuses. */
export function Barcode({ text }: { text: string }) {
  const bars = useMemo(() => barsOf(text), [text])
  if (bars === null) return null
  return (
    <svg
      className="barcode"
      role="img"
      aria-label={`CODE128 ${text}`}
      viewBox={`0 0 ${bars.width + 2 * QUIET_ZONE} 40`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      width={`${((bars.width + 2 * QUIET_ZONE) * MODULE_MM).toFixed(2)}mm`}
      height="9mm"
    >
      <title>{text}</title>
      {bars.runs.map(([at, width]) => (
        <rect key={at} x={at + QUIET_ZONE} y="0" width={width} height="40" />
      ))}
    </svg>
  )
}

/** Width of the thinnest bar: what office printers and hand scanners keep apart. */
const MODULE_MM = 0.27

function barsOf(
  text: string,
): { width: number; runs: readonly (readonly [at: number, width: number])[] } | null {
  if (!READABLE.test(text)) return null
  const drawn: { encodings?: readonly { data: string }[] } = {}
  JsBarcode(drawn, text, { format: 'CODE128' })
  const data = drawn.encodings?.map((one) => one.data).join('') ?? ''
  return { width: data.length, runs: [...data.matchAll(/1+/g)].map((run) => [run.index, run[0].length]) }
}

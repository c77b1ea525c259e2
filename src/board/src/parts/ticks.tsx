import type { ReactNode } from 'react'
import { useFieldProblem } from './form.tsx'

export function turned<T>(all: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(all)
  if (!next.delete(one)) next.add(one)
  return next
}

/** `name`: for what the service says about the choice as a whole. */
export function Ticks({ legend, name, children }: { legend: string; name?: string; children: ReactNode }) {
  const error = useFieldProblem(name)
  return (
    <fieldset className="ticks" name={name}>
      <legend>{legend}</legend>
      {children}
      {error && <p className="field-error">＊{error}</p>}
    </fieldset>
  )
}

export const Tick = ({ label, on, set }: { label: string; on: boolean; set: () => void }) => (
  <label className="tick">
    <input type="checkbox" checked={on} onChange={set} /> {label}
  </label>
)

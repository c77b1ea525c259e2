import type { ReactNode } from 'react'

export function turned<T>(all: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(all)
  if (!next.delete(one)) next.add(one)
  return next
}

export const Ticks = ({ legend, children }: { legend: string; children: ReactNode }) => (
  <fieldset className="ticks">
    <legend>{legend}</legend>
    {children}
  </fieldset>
)

export const Tick = ({ label, on, set }: { label: string; on: boolean; set: () => void }) => (
  <label className="tick">
    <input type="checkbox" checked={on} onChange={set} /> {label}
  </label>
)

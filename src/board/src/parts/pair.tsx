import type { ReactNode } from 'react'

/** One fact of a `dl.facts`, its name above it. */
export const Pair = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

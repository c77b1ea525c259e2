import { z } from 'zod'
import type { SandboxAnswer } from './http-kit.ts'
import { type Seeded, seeded } from './seeded.ts'

/** Fault switches that every simulated mall has. A mall's own ones are strings of its own in `kind`. */
export const SandboxFault = z.looseObject({
  kind: z.string(),
  /** Only for this operation of the mall (searchOrder, orderInfo, …); absent: all. */
  operation: z.string().optional(),
  shopCode: z.string().optional(),
  /** Goes away after so many hits; absent: stays until cleared. */
  times: z.int().positive().optional(),
  /** Of the calls that fit, this share is hit by chance; absent: each. */
  share: z.number().min(0).max(1).optional(),
  /** With `share`: never two calls of a shop in a row, so that a mended token is not broken at once. */
  apart: z.boolean().optional(),
  delayMs: z.int().nonnegative().optional(),
  retryAfterSeconds: z.int().nonnegative().optional(),
})
export type SandboxFault = z.infer<typeof SandboxFault>

export interface Faults {
  set(faults: readonly SandboxFault[]): void
  add(fault: SandboxFault): void
  clear(): void
  /** As they were set; those with a share say in `hits` how many calls they have hit. */
  list(): SandboxFault[]
  /** The first fault that fits, counted down. `kinds` narrows to faults that a caller can act on. */
  take(operation: string, shopCode: string | null, kinds?: ReadonlySet<string>): SandboxFault | null
}

/** The same seed and the same calls draw the same faults of those with a share. */
export function createFaults(seed = 1): Faults {
  let active: Drawn[] = []
  const dice = seeded(seed, FAULT_STREAM)
  return {
    set: (faults) => {
      active = faults.map(toDrawn)
    },
    add: (fault) => {
      active.push(toDrawn(fault))
    },
    clear: () => {
      active = []
    },
    list: () =>
      active.map(({ fault, hits }) => (fault.share === undefined ? { ...fault } : { ...fault, hits })),
    take(operation, shopCode, kinds) {
      const drawn = active.find(
        (one) =>
          (one.fault.operation === undefined || one.fault.operation === operation) &&
          (one.fault.shopCode === undefined || one.fault.shopCode === shopCode) &&
          (kinds === undefined || kinds.has(one.fault.kind)) &&
          isDrawn(one, shopCode ?? '', dice),
      )
      if (!drawn) return null
      const { fault } = drawn
      drawn.hits += 1
      if (fault.times !== undefined) {
        fault.times -= 1
        if (fault.times === 0) active = active.filter((one) => one !== drawn)
      }
      return fault
    },
  }
}

const FAULT_STREAM = -21

interface Drawn {
  fault: SandboxFault
  hits: number
  /** Shops whose last call it hit, where hits are to be apart. */
  hitLast: Set<string>
}

const toDrawn = (fault: SandboxFault): Drawn => ({ fault: { ...fault }, hits: 0, hitLast: new Set() })

function isDrawn({ fault: { share, apart }, hitLast }: Drawn, shopCode: string, dice: Seeded): boolean {
  if (share === undefined) return true
  if (hitLast.delete(shopCode)) return false
  const hit = dice.chance(share)
  if (hit && apart) hitLast.add(shopCode)
  return hit
}

/** Faults that need nothing of the mall. */
export const COMMON_FAULTS: ReadonlySet<string> = new Set([
  '429',
  '500',
  '503-json',
  '503-html',
  '503-empty',
  '200-html',
  '200-empty',
  'slow',
  'slow-undone',
  '500-done',
  'cut',
  'broken-body',
  'huge',
])

/**
 * Applies a common fault. `real` runs where the mall did the work and only the answer is spoilt (slow, cut,
 * broken, and 500-done); slow-undone is silent as long as slow, and nothing was done.
 */
export async function spoil(
  fault: SandboxFault,
  real: () => SandboxAnswer | Promise<SandboxAnswer>,
): Promise<SandboxAnswer> {
  const retry: Record<string, string> =
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
  const plain = PLAIN[fault.kind]
  if (plain) return { ...plain, headers: { ...plain.headers, ...retry } }
  if (fault.kind === 'slow-undone') return { status: 504, delayMs: fault.delayMs ?? 2000 }
  const answer = await real()
  if (fault.kind === '500-done') return PLAIN['500'] as SandboxAnswer
  if (fault.kind === 'slow') return { ...answer, delayMs: fault.delayMs ?? 2000 }
  if (fault.kind === 'cut') return { ...answer, cut: true }
  if (fault.kind === 'broken-body') return { ...answer, body: answer.body?.slice(0, -20) ?? '' }
  if (fault.kind === 'huge') return { ...answer, blanksBefore: HUGE_BYTES }
  throw new Error(`Unknown fault ${fault.kind}`)
}

const HUGE_BYTES = 200 * 1024 * 1024
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const JSON_TYPE = { 'content-type': 'application/json' }
const SORRY =
  '<!DOCTYPE html>\n<html><head><title>Service Temporarily Unavailable</title></head><body>ただいまメンテナンス中です</body></html>'

const PLAIN: Record<string, SandboxAnswer> = {
  '429': { status: 429, headers: JSON_TYPE, body: '{"message":"Too Many Requests"}' },
  '500': { status: 500, headers: JSON_TYPE, body: '{"message":"Internal Server Error"}' },
  '503-json': { status: 503, headers: JSON_TYPE, body: '{"message":"Service Unavailable"}' },
  '503-html': { status: 503, headers: HTML, body: SORRY },
  '503-empty': { status: 503 },
  '200-html': { status: 200, headers: HTML, body: SORRY },
  '200-empty': { status: 200, headers: JSON_TYPE, body: '' },
}

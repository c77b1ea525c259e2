import { SANDBOX_MALLS, type SandboxMall } from '../../sandbox/malls/index.ts'
import type { Ground } from './ground.ts'

/** Faults that hit a share of all calls at the malls, drawn from the run's seed. */

/** Longer than an adapter waits for an answer. */
const SILENCE_MS = 65_000

const KINDS: readonly Record<string, unknown>[] = [
  { kind: '429', retryAfterSeconds: 1 },
  { kind: '500' },
  { kind: '500-done' },
  { kind: '503-html' },
  { kind: '200-html' },
  { kind: 'slow', delayMs: SILENCE_MS },
  { kind: 'slow-undone', delayMs: SILENCE_MS },
  { kind: 'cut' },
  { kind: 'broken-body' },
]

/** A token that ran out is renewed, so the next call has a good one. */
const TOKENS: Partial<Record<SandboxMall, Record<string, unknown>>> = {
  yahoo: { kind: 'expired-token', apart: true },
  amazon: { kind: 'token-expired', apart: true },
}

/** `kinds`: only these; absent: all that the mall has. */
export async function spoilCalls(
  ground: Ground,
  { share, kinds }: { share: number; kinds?: readonly string[] },
): Promise<void> {
  for (const mall of SANDBOX_MALLS) {
    const token = TOKENS[mall]
    const faults = [...(token ? [token] : []), ...KINDS]
      .filter(({ kind }) => kinds === undefined || kinds.includes(String(kind)))
      .map((fault) => ({ ...fault, share }))
    await ground.atMall(mall, 'DELETE', 'calls')
    await ground.atMall(mall, 'PUT', 'faults', faults)
  }
}

/** @returns how many calls were hit, by kind, of how many */
export async function stopSpoiling(ground: Ground): Promise<{ hits: Record<string, number>; calls: number }> {
  const hits: Record<string, number> = {}
  let calls = 0
  for (const mall of SANDBOX_MALLS) {
    const faults = (await ground.atMall(mall, 'GET', 'faults')) as { kind: string; hits: number }[]
    for (const fault of faults) hits[nameOf(fault.kind)] = (hits[nameOf(fault.kind)] ?? 0) + fault.hits
    const counts = (await ground.atMall(mall, 'GET', 'calls')) as Record<string, number>
    calls += Object.values(counts).reduce((sum, count) => sum + count, 0)
    await ground.atMall(mall, 'DELETE', 'faults')
  }
  return { hits, calls }
}

const nameOf = (kind: string): string => (kind.includes('token') ? 'token-expired' : kind)

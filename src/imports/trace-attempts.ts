import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { Tracing } from '../platform/tracing.ts'
import type { DueRequest } from './requests/due.ts'

/** Traces one round of calls to the mall for its requests. */
export interface AttemptTrace {
  /** Runs the asking; its calls stand in the first request's trace, as one call brings many orders. */
  asking<T>(work: () => Promise<T>): Promise<T>
  answered(request: DueRequest, outcome: FetchOutcome['kind']): void
  /** All that was answered is stored. */
  written(): void
}

interface Shop {
  id: string
  marketplace: string
}

export function traceAttempts(
  tracing: Tracing,
  shop: Shop,
  wanted: readonly DueRequest[],
  now: () => number,
): AttemptTrace {
  const begun = now()
  const answers: { request: DueRequest; outcome: FetchOutcome['kind']; at: number }[] = []
  const facts = { shopId: shop.id, marketplace: shop.marketplace, orders: wanted.length }
  return {
    asking: (work) => (wanted[0] === undefined ? work() : tracing.within(wanted[0].id, work)),
    answered: (request, outcome) => void answers.push({ request, outcome, at: now() }),
    written() {
      const to = now()
      for (const { request, outcome, at } of answers) {
        const { id, requestedAt, attempts } = request
        // A first attempt tells how long the request stood in the row of its shop.
        if (attempts === 0)
          tracing.part(id, {
            name: 'waiting',
            from: Math.min(requestedAt.getTime(), begun),
            to: begun,
            facts: { shopId: shop.id },
          })
        tracing.part(id, { name: 'attempt', from: begun, to: at, facts: { ...facts, outcome } })
        tracing.part(id, { name: 'staging', from: at, to, facts: { shopId: shop.id } })
        const from = Math.min(requestedAt.getTime(), begun)
        if (outcome === 'found' || outcome === 'skipped')
          tracing.root(id, {
            name: 'import request',
            from,
            to,
            facts: { shopId: shop.id, marketplace: shop.marketplace, attempts: attempts + 1, outcome },
          })
      }
    },
  }
}

/** What `npm run mutate` plants faults in, and the tests that have to notice: by what those tests need. */

export interface Part {
  mutate: readonly string[]
  tests: readonly string[]
  /** Whether its tests need a Postgres. */
  stored: boolean
}

export const PARTS: Readonly<Record<string, Part>> = {
  logic: {
    mutate: [
      'src/site-changes/decide.ts',
      'src/reconciliation/plan.ts',
      'src/mail/intake/{decision,cursor}.ts',
      'src/mail/listener/{batches,held-leases,fair-share}.ts',
      'src/marketplaces/kit/checks.ts',
      'src/platform/http/address-guard.ts',
    ],
    tests: [
      'src/{reconciliation,mail,site-changes,platform/http,marketplaces/kit}/**/*.test.ts',
      'test/unit/{mail,site-changes}/**/*.test.ts',
    ],
    stored: false,
  },
  malls: {
    mutate: [
      'src/marketplaces/*/orders/{sums,to-amounts,list-orders}.ts',
      'src/marketplaces/kit/{mail-rules,walk-list}.ts',
    ],
    tests: [
      'src/marketplaces/**/*.test.ts',
      'test/malls/*/{list-orders,lists,to-order,sums,mail,conformance}.test.ts',
    ],
    stored: false,
  },
  stored: {
    mutate: [
      'src/orders/store/stage.ts',
      'src/orders/pull.ts',
      'src/site-changes/claim.ts',
      'src/reconciliation/settle.ts',
      'src/mail/intake/{intake,statement}.ts',
      'src/mail/listener/lease-store.ts',
      'src/http/auth.ts',
    ],
    tests: [
      'test/integration/{orders,imports,reconciliation,site-changes,mail,listener}/**/*.test.ts',
      'test/integration/http/http-isolation.test.ts',
    ],
    stored: true,
  },
}

/** The part that this process works on: the environment says, as Stryker and vitest take no arguments of ours. */
export function chosenPart(): { name: string; part: Part } {
  const name = process.env.MUTATE_PART ?? ''
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
  if (!part) throw new Error(`MUTATE_PART is one of ${Object.keys(PARTS).join(', ')}`)
  return { name, part }
}

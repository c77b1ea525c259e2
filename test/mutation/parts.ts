/**
 * What `npm run mutate` plants faults in, and the tests that have to notice: small parts, whose first run of
 * all tests is short.
 */

export interface Part {
  mutate: readonly string[]
  tests: readonly string[]
  /** Whether its tests need a Postgres. */
  stored: boolean
}

const logic = (mutate: readonly string[], tests: readonly string[]): Part => ({
  mutate,
  tests,
  stored: false,
})
const stored = (mutate: readonly string[], tests: readonly string[]): Part => ({
  mutate,
  tests,
  stored: true,
})

const ofEachMall = (name: string, part: (mall: string) => Part): Record<string, Part> =>
  Object.fromEntries(['amazon', 'aupay', 'rakuten', 'yahoo'].map((mall) => [`${name}-${mall}`, part(mall)]))

export const PARTS: Readonly<Record<string, Part>> = {
  decide: logic(['src/site-changes/decide.ts'], ['test/unit/site-changes/decide.test.ts']),
  plan: logic(
    ['src/reconciliation/plan.ts', 'src/imports/list-position.ts'],
    ['src/reconciliation/*.test.ts', 'src/imports/list-position.test.ts'],
  ),
  mails: logic(
    ['src/mail/intake/{intake,batch}.ts', 'src/mail/listener/{folder,supervisor}.ts'],
    [
      'src/mail/{intake,listener}/{intake,decision,batch,supervisor}.test.ts',
      'test/unit/mail/listener/{batches,mailbox-reader}.test.ts',
    ],
  ),
  guard: logic(
    ['src/platform/http/address-guard.ts', 'src/marketplaces/kit/money.ts'],
    [
      'src/platform/http/address-guard.test.ts',
      'src/marketplaces/kit/money.test.ts',
      'test/malls/money.test.ts',
    ],
  ),
  rules: logic(
    ['src/marketplaces/kit/{mail/rules,walk-list}.ts'],
    ['src/marketplaces/kit/{mail/rules,walk-list}.test.ts', 'src/mail/recognition/trust.test.ts'],
  ),
  ...ofEachMall('amounts', (mall) =>
    logic(
      [`src/marketplaces/${mall}/orders/{sums,to-amounts}.ts`],
      [`test/malls/${mall}/{to-amounts,to-order,sums}.test.ts`],
    ),
  ),
  ...ofEachMall('lists', (mall) =>
    logic(
      [`src/marketplaces/${mall}/orders/list-orders.ts`],
      // Not the tests of test/malls: on a busy machine their simulators answer behind the malls' own limits
      // of time.
      [`src/marketplaces/${mall}/orders/list-orders.test.ts`],
    ),
  ),
  keys: logic(['src/http/auth.ts'], ['src/http/auth.test.ts']),
  staging: logic(['src/orders/store/stage.ts'], ['src/orders/store/stage.test.ts']),
  pull: stored(['src/orders/pull.ts'], ['test/integration/orders/pull.test.ts']),
  claim: logic(['src/site-changes/claim.ts'], ['src/site-changes/claim.test.ts']),
  settle: logic(['src/reconciliation/settle.ts'], ['src/reconciliation/settle.test.ts']),
  intake: logic(['src/mail/intake/intake.ts'], ['src/mail/intake/intake.test.ts']),
  leases: stored(['src/mail/statements.ts'], ['test/integration/listener/lease-store.test.ts']),
}

/**
 * What this process works on: the environment says, as Stryker and vitest take no arguments of ours. Several
 * parts are one.
 */
export function chosenPart(): { name: string; part: Part } {
  const name = process.env.MUTATE_PART ?? ''
  const parts = name.split(',').map((one) => (Object.hasOwn(PARTS, one) ? PARTS[one] : undefined))
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) throw new Error(`MUTATE_PART is some of ${Object.keys(PARTS).join(', ')}`)
  const part = {
    mutate: known.flatMap(({ mutate }) => mutate),
    tests: [...new Set(known.flatMap(({ tests }) => tests))],
    stored: known.some(({ stored }) => stored),
  }
  return { name: known.length === 1 ? name : 'several', part }
}

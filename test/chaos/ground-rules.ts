import type { SandboxWrite } from '../../sandbox/kit/types.ts'
import { SANDBOX_MALLS } from '../../sandbox/malls/index.ts'
import type { Ground } from './ground.ts'

/** What all runs on the same ground have in common. */

/** Settings of the service; the malls' quotas are off, so that a run is not mostly waiting. */
export const settingsFor = (wish: {
  operatorKey: string
  seed: number
  sweepSeconds: number
}): Record<string, string> => ({
  OPERATOR_API_KEY: wish.operatorKey,
  ENCRYPTION_KEYS: `chaos:${Buffer.alloc(32, wish.seed % 256).toString('base64')}`,
  DATABASE_CONNECTIONS: '10',
  SWEEP_INTERVAL_SECONDS: String(wish.sweepSeconds),
  RAKUTEN_REQUESTS_PER_SECOND: '1000',
  YAHOO_REQUESTS_PER_SECOND: '1000',
  AUPAY_REQUESTS_PER_SECOND: '1000',
})

/** What all malls have in their books. */
export async function allWrites(ground: Ground): Promise<(SandboxWrite & { marketplace: string })[]> {
  const all = await Promise.all(
    SANDBOX_MALLS.map(async (marketplace) => {
      const { writes } = (await ground.atMall(marketplace, 'GET', 'writes')) as { writes: SandboxWrite[] }
      return writes.map((write) => ({ ...write, marketplace }))
    }),
  )
  return all.flat()
}

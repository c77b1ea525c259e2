import { setTimeout as sleep } from 'node:timers/promises'
import { READY_TO_SHIP, SANDBOX_MALLS, type SandboxMall } from '../../sandbox/malls/index.ts'
import { keyOf } from './arrivals.ts'
import { isPlain } from './changes.ts'
import type { Client, RegisteredShop } from './client.ts'
import type { Ground } from './ground.ts'
import type { History } from './history.ts'
import { type PulledOrder, startPuller } from './puller.ts'

export interface BringOptions {
  changes: number
  seed: number
  progress(text: string): void
  signal: AbortSignal
}

/** Some are not plain: gifts, for instance, are held. */
const SPARE = 1.15

/**
 * Places orders that are ready to be shipped, brings all of them here by their numbers, and takes as many of
 * each mall.
 */
export async function bringHere(
  { changes, seed, progress, signal }: BringOptions,
  ground: Ground,
  client: Client,
  history: History,
  shops: readonly RegisteredShop[],
): Promise<PulledOrder[]> {
  progress(`${changes} orders at ${shops.length} shops`)
  const turns = Array.from({ length: Math.ceil(shops.length / SANDBOX_MALLS.length) }, (_, index) =>
    SANDBOX_MALLS.map((mall) => shops.find((shop) => shop.mall === mall && shop.index === index)),
  ).flat() as RegisteredShop[]
  const numbers = new Map<RegisteredShop, string[]>(turns.map((shop) => [shop, []]))
  const placing = Math.ceil(changes * SPARE) + 2 * turns.length
  for (let n = 0; n < placing; n += 1) {
    const shop = turns[n % turns.length] as RegisteredShop
    const { orderNumber } = ground.malls[shop.mall].place({
      shopCode: shop.code,
      overrides: { ...READY_TO_SHIP[shop.mall], ...UNCONFIRMED[shop.mall] },
    })
    numbers.get(shop)?.push(orderNumber)
    history.note({
      process: 'buyer',
      f: 'order',
      type: 'ok',
      value: { order: keyOf(shop.mall, orderNumber), visibleAt: Date.now(), mails: 0, listedAfterMs: 0 },
    })
  }
  for (const [{ id }, orderNumbers] of numbers)
    if (orderNumbers.length > 0)
      await client.post('/orders/import', { shopId: id, orderNumbers }, `import-${id}`)
  const pulled: PulledOrder[] = []
  const puller = startPuller(client, seed, history, (orders) => void pulled.push(...orders))
  while (pulled.length < placing) await sleep(500, undefined, { signal })
  await puller.stop()
  return SANDBOX_MALLS.flatMap((mall, index) =>
    pulled
      .filter((order) => order.marketplace === mall && isPlain(order))
      .slice(0, Math.ceil((changes - index) / SANDBOX_MALLS.length)),
  )
}

const UNCONFIRMED: Partial<Record<SandboxMall, Record<string, unknown>>> = {
  aupay: { orderStatus: '新規受付' },
}

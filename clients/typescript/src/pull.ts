import type { Schemas, Torikomi } from './client.ts'
import { isInBetween, isPassing, isProblem, NoAnswer } from './errors.ts'
import { pauseMs, retrying } from './retry.ts'
import type { Batch, Erasures, Order, OrderStore, Selection } from './store.ts'

/**
 * 受注取込 that neither loses nor doubles an order. Each pull names the position that stands beside the stored orders, and is
 * answered with what lies behind it: a lost answer, a late copy, a crash and a restored backup all end in the next pull.
 */

export interface PullOptions extends Selection {
  signal?: AbortSignal
}

export interface KeepPullingOptions extends PullOptions {
  /** After a pull that brought all there was; 5,000 by default. */
  everyMs?: number
  /** Called with each error that is waited out, refusals too: once key or shop is mended, pulling goes on. */
  onError?: (error: unknown) => void
  /** Called with each batch that was stored. */
  onBatch?: (batch: Batch) => void
}

/** Until nothing is left. @returns how many orders were stored */
export async function pull(client: Torikomi, store: OrderStore, options: PullOptions = {}): Promise<number> {
  const { signal, ...selection } = options
  return opened(store, async () => {
    let orders = 0
    for (;;) {
      const batch = await pullOnce(client, store, selection, signal)
      orders += batch.orders.length
      if (isLast(batch)) return orders
    }
  })
}

/** Until the signal. The store's own errors end it as well: what cannot be stored must not be pulled past. */
export async function keepPulling(
  client: Torikomi,
  store: OrderStore,
  options: KeepPullingOptions = {},
): Promise<void> {
  const { signal, everyMs = 5_000, onError, onBatch, ...selection } = options
  const { retry, waiting } = client
  const watched = new WatchedStore(store)
  await opened(store, async () => {
    for (let failed = 0; !signal?.aborted; ) {
      let pause = 0
      try {
        const batch = await pullOnce(client, watched, selection, signal)
        if (batch.orders.length > 0) onBatch?.(batch)
        // Never before the batch in hand is stored: what is deleted would come back with it.
        if (watched.erasures) await followErasures(client, watched.erasures, signal)
        failed = 0
        pause = isLast(batch) ? everyMs : 0
      } catch (error) {
        if (signal?.aborted) return
        // A store may call this service too: its refusal is the store's own error.
        if (watched.isAtWork || (!isProblem(error) && !isPassing(error))) throw error
        onError?.(error)
        failed += 1
        pause = pauseMs(error, failed, retry, waiting.random)
      }
      if (pause > 0) await waiting.sleep(pause, signal).catch(() => undefined)
    }
  })
}

/** A batch that comes again may have others behind it, whatever is staged now. */
const isLast = ({ orders, remaining, again }: Batch): boolean =>
  !again && (orders.length === 0 || remaining === 0)

/** Knows whether an error came out of the store. */
class WatchedStore implements OrderStore {
  isAtWork = false
  readonly erasures?: Erasures
  readonly #store: OrderStore

  constructor(store: OrderStore) {
    this.#store = store
    const { erasures } = store
    if (erasures)
      this.erasures = {
        position: () => this.#watch(erasures.position()),
        erase: (orderIds, position) => this.#watch(erasures.erase(orderIds, position)),
      }
  }

  position() {
    return this.#watch(this.#store.position())
  }

  save(...given: Parameters<OrderStore['save']>) {
    return this.#watch(this.#store.save(...given))
  }

  async #watch<T>(work: Promise<T>): Promise<T> {
    this.isAtWork = true
    const done = await work
    this.isAtWork = false
    return done
  }
}

async function opened<T>(store: OrderStore, work: () => Promise<T>): Promise<T> {
  await store.open?.()
  try {
    return await work()
  } finally {
    await store.close?.()
  }
}

async function pullOnce(
  client: Torikomi,
  store: OrderStore,
  selection: Selection,
  signal?: AbortSignal,
): Promise<Batch> {
  const after = await store.position()
  const batch = await ask(client, after, selection, signal)
  const { orders, position, again } = batch
  // A batch whose orders are all purged has to be passed all the same; where nothing was left there is no batch.
  if (orders.length === 0 && !again) return batch
  // Another puller has stored this batch: the next pull begins where that one ended.
  return (await store.save(orders, position, batch)) === false ? { ...batch, orders: [], again: true } : batch
}

async function ask(
  client: Torikomi,
  after: string | null,
  selection: Selection,
  signal?: AbortSignal,
): Promise<Batch> {
  // A batch of 200 with its detail is some megabyte.
  const body = { limit: 200, ...selection, after }
  const call = { method: 'POST', path: '/v1/orders/pull', body, signal }
  const { retry, waiting } = client
  const mayTryAgain = (error: unknown) => isInBetween(error) && !isProblem(error, 'POSITION_UNKNOWN')
  const answer = await retrying(
    async () => asPull(await client.once(call), after),
    retry,
    waiting,
    signal,
    mayTryAgain,
  )
  const { pullId, orders, position, since, number, desk, remaining, replayed } = answer
  return {
    ...{ pullId, orders, position, after, number, desk, remaining },
    again: replayed,
    restored: after !== null && since !== after,
  }
}

interface Answer {
  pullId: string
  orders: Order[]
  since: string
  position: string
  number: number
  desk: string
  remaining: number
  replayed: boolean
}

/** A 200 that is no batch behind this position came from another server, as a proxy's page. */
function asPull(answer: unknown, after: string | null): Answer {
  const { position, orders } = (answer ?? {}) as Partial<Answer>
  if (typeof position !== 'string' || !Array.isArray(orders) || (orders.length > 0 && position === after))
    throw new NoAnswer('POST /v1/orders/pull: the answer is no batch')
  return answer as Answer
}

/** Tells all erasures behind the stored position of the change feed. */
export async function followErasures(
  client: Torikomi,
  { position: kept, erase }: Erasures,
  signal?: AbortSignal,
): Promise<void> {
  const stopping = signal ? { signal } : {}
  for (;;) {
    const after = await kept()
    if (after === null) return tellAllErased(client, erase, stopping)
    let page: Schemas['FeedPage']
    try {
      page = await client.get('/v1/changes', { query: { after, limit: 1_000 }, ...stopping })
    } catch (error) {
      if (!isProblem(error, 'POSITION_EXPIRED')) throw error
      return tellAllErased(client, erase, stopping)
    }
    const erased = page.changes.flatMap((row) =>
      row.kind === 'order' && row.data.what.includes('erased') ? [row.data.orderId] : [],
    )
    if (erased.length > 0 || page.position !== after) await erase(erased, page.position)
    if (!page.more) return
  }
}

/** By the list of orders, where the feed does not reach; the feed tells the rest from where it was before the list. */
async function tellAllErased(
  client: Torikomi,
  erase: Erasures['erase'],
  stopping: { signal?: AbortSignal },
): Promise<void> {
  const { position } = await client.get('/v1/changes', stopping)
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) }
    const { orders, nextCursor } = await client.get('/v1/orders', { query, ...stopping })
    const erased = orders.filter(({ erasedAt }) => erasedAt !== null).map(({ id }) => id)
    cursor = nextCursor
    if (erased.length > 0 || cursor === null) await erase(erased, cursor === null ? position : null)
  }
}

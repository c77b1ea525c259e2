import type { Schemas, Torikomi } from './client.ts'
import { isPassing, isProblem, NoAnswer } from './errors.ts'
import type { Journal, JournalEntry, Order, Pull, Selection } from './journal.ts'
import { pauseMs, retrying } from './retry.ts'

export interface Batch {
  pullId: string
  orders: Order[]
  /** Staged orders that were left when it was made. */
  remaining: number
  /** May have been given to the handler before: it was, and did not end, or the process ended meanwhile. */
  again: boolean
}

/**
 * Stores the orders. A batch counts as taken once this has ended; until then it is given again, also after a crash. So
 * store an order by its `id` as what replaces itself, and an order is stored once.
 */
export type BatchHandler = (batch: Batch) => Promise<void>

export interface PullerOptions extends Selection {
  journal: Journal
}

export interface KeepOptions {
  signal?: AbortSignal
  /** After a pull that brought all there was. */
  everyMs?: number
  /** Told of each error that is waited out: a refusal too, since whoever mends the key or the shop wants it to go on. */
  onError?: (error: unknown) => void
  /**
   * Ids of orders whose buyer had their data erased: delete what you keep of them. It is told again until it has ended, and may
   * name orders that you never had. Without it your copies stay, and you have to follow `GET /v1/changes` yourself.
   */
  onErased?: (orderIds: string[]) => Promise<void>
}

/**
 * 受注取込 that neither loses nor doubles an order: the key is on the disk before it is sent, and is sent again until its
 * batch is here; the batch is on the disk before it is handed over, and is handed over until the handler has ended.
 */
export class Puller {
  readonly #client: Torikomi
  readonly #journal: Journal
  readonly #selection: Selection

  constructor(client: Torikomi, { journal, ...selection }: PullerOptions) {
    this.#client = client
    this.#journal = journal
    // A batch of 200 with its detail is some megabyte.
    this.#selection = { limit: 200, ...selection }
  }

  /** Until nothing is staged any more. @returns how many orders were handed over */
  async all(handle: BatchHandler, signal?: AbortSignal): Promise<number> {
    return this.#opened(async () => {
      let orders = 0
      for (;;) {
        const batch = await this.#next(handle, signal)
        orders += batch.orders.length
        if (batch.remaining === 0 || batch.orders.length === 0) return orders
      }
    })
  }

  /** Until the signal. The handlers' own errors end it as well: what cannot be stored must not be pulled past. */
  async keep(handle: BatchHandler, options: KeepOptions = {}): Promise<void> {
    const { signal, everyMs = 5_000, onError, onErased } = options
    const { retry, waiting } = this.#client
    let isHandling = false
    const watched =
      <T>(handler: (told: T) => Promise<void>) =>
      async (told: T): Promise<void> => {
        isHandling = true
        await handler(told)
        isHandling = false
      }
    const handleBatch = watched(handle)
    const handleErased = onErased && watched(onErased)
    await this.#opened(async () => {
      for (let failed = 0; !signal?.aborted; ) {
        let pause = 0
        try {
          const { orders, remaining } = await this.#next(handleBatch, signal)
          // Never before the batch in hand is stored: what is deleted would come back with it.
          if (handleErased) await this.#tellErased(handleErased, signal)
          failed = 0
          pause = orders.length === 0 || remaining === 0 ? everyMs : 0
        } catch (error) {
          if (signal?.aborted) return
          // A handler may call this service too: its refusal is the handler's own error.
          if (isHandling || (!isProblem(error) && !isPassing(error))) throw error
          onError?.(error)
          failed += 1
          pause = pauseMs(error, failed, retry, waiting.random)
        }
        if (pause > 0) await waiting.sleep(pause, signal).catch(() => undefined)
      }
    })
  }

  async #opened<T>(work: () => Promise<T>): Promise<T> {
    await this.#journal.open()
    try {
      return await work()
    } finally {
      await this.#journal.close()
    }
  }

  async #next(handle: BatchHandler, signal?: AbortSignal): Promise<Batch> {
    const left = await this.#journal.read()
    const entry = left ?? { key: crypto.randomUUID(), selection: this.#selection }
    if (!left) await this.#journal.write(entry)
    const batch = entry.batch ?? (await this.#ask(entry, signal))
    if (batch.orders.length > 0) {
      if (!entry.batch) await this.#journal.write({ ...entry, batch })
      const { pullId, orders, remaining } = batch
      await handle({ pullId, orders, remaining, again: left !== null })
    }
    await this.#journal.write(null)
    return { ...batch, again: left !== null }
  }

  async #tellErased(handle: (orderIds: string[]) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const { position: kept } = this.#journal
    if (!kept) throw new Error('onErased needs a journal that keeps a position.')
    const stopping = signal ? { signal } : {}
    for (;;) {
      const after = await kept.read()
      if (after === null) return kept.write(await this.#tellAllErased(handle, stopping))
      let page: Schemas['FeedPage']
      try {
        page = await this.#client.get('/v1/changes', { query: { after, limit: 1_000 }, ...stopping })
      } catch (error) {
        if (!isProblem(error, 'POSITION_EXPIRED')) throw error
        return kept.write(await this.#tellAllErased(handle, stopping))
      }
      const erased = page.changes.flatMap((row) =>
        row.kind === 'order' && row.data.what.includes('erased') ? [row.data.orderId] : [],
      )
      if (erased.length > 0) await handle(erased)
      if (page.position !== after) await kept.write(page.position)
      if (!page.more) return
    }
  }

  /** By the list of orders, where the feed does not reach. @returns the position from which the feed tells the rest */
  async #tellAllErased(
    handle: (orderIds: string[]) => Promise<void>,
    stopping: { signal?: AbortSignal },
  ): Promise<string> {
    const { position } = await this.#client.get('/v1/changes', stopping)
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) }
      const { orders, nextCursor } = await this.#client.get('/v1/orders', { query, ...stopping })
      const erased = orders.filter(({ erasedAt }) => erasedAt !== null).map(({ id }) => id)
      if (erased.length > 0) await handle(erased)
      cursor = nextCursor
    }
    return position
  }

  #ask({ key, selection }: JournalEntry, signal?: AbortSignal): Promise<Pull> {
    const call = {
      method: 'POST',
      path: '/v1/orders/pull',
      body: selection,
      signal,
      headers: { 'idempotency-key': key },
    }
    const { retry, waiting } = this.#client
    return retrying(async () => asPull(await this.#client.once(call)), retry, waiting, signal)
  }
}

/** What says 200 and is no batch came from somebody else. */
function asPull(answer: unknown): Pull {
  const { pullId, orders } = (answer ?? {}) as Partial<Pull>
  if (typeof pullId !== 'string' || !Array.isArray(orders))
    throw new NoAnswer('POST /v1/orders/pull: the answer is no batch')
  return answer as Pull
}

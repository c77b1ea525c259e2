import type { Torikomi } from './client.ts'
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

  /** Until the signal. The handler's own errors end it as well: what cannot be stored must not be pulled past. */
  async keep(handle: BatchHandler, { signal, everyMs = 5_000, onError }: KeepOptions = {}): Promise<void> {
    const { retry, waiting } = this.#client
    let isHandling = false
    const watched: BatchHandler = async (batch) => {
      isHandling = true
      await handle(batch)
      isHandling = false
    }
    await this.#opened(async () => {
      for (let failed = 0; !signal?.aborted; ) {
        let pause = 0
        try {
          const { orders, remaining } = await this.#next(watched, signal)
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

  #ask({ key, selection }: JournalEntry, signal?: AbortSignal): Promise<Pull> {
    const call = {
      ...{ method: 'POST', path: '/v1/orders/pull', body: selection, signal },
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

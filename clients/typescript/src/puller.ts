import type { Torikomi } from './client.ts'
import { isPassing, NoAnswer } from './errors.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { keepPulling, pull } from './pull.ts'
import { retrying } from './retry.ts'
import type { Batch, OrderStore, Selection } from './store.ts'

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
  /** Called with each error that is waited out. */
  onError?: (error: unknown) => void
  /** Ids of orders whose buyer had their data erased: delete what you keep of them. */
  onErased?: (orderIds: string[]) => Promise<void>
}

/**
 * The form of release 1.0.0: the orders are stored by a handler, and the position behind them in a journal of its own.
 * @deprecated `pull` and `keepPulling` store both in one transaction, so that a backup of the orders brings its position
 */
export class Puller {
  readonly #client: Torikomi
  readonly #journal: Journal
  readonly #selection: Selection

  constructor(client: Torikomi, { journal, ...selection }: PullerOptions) {
    this.#client = client
    this.#journal = journal
    this.#selection = selection
  }

  /** Until nothing is left. @returns how many orders were handed over */
  all(handle: BatchHandler, signal?: AbortSignal): Promise<number> {
    return pull(this.#client, this.#storeOf(handle, undefined, signal), {
      ...this.#selection,
      ...(signal ? { signal } : {}),
    })
  }

  /** Until the signal. The handlers' own errors end it as well: what cannot be stored must not be pulled past. */
  keep(handle: BatchHandler, { onErased, ...options }: KeepOptions = {}): Promise<void> {
    const store = this.#storeOf(handle, onErased, options.signal)
    return keepPulling(this.#client, store, { ...this.#selection, ...options })
  }

  #storeOf(handle: BatchHandler, onErased: KeepOptions['onErased'], signal?: AbortSignal): OrderStore {
    const journal = this.#journal
    const { position: fed } = journal
    if (onErased && !fed) throw new Error('onErased needs a journal that keeps a position.')
    return {
      open: () => journal.open(),
      close: () => journal.close(),
      position: async () => {
        const entry = await journal.read()
        if (entry === null) return null
        if ('position' in entry) return entry.position
        await this.#finishKey(entry, handle, signal)
        return null
      },
      async save(orders, position, batch) {
        if (orders.length > 0) await handle(batch)
        await journal.write({ position })
      },
      ...(onErased && fed
        ? {
            erasures: {
              position: () => fed.read(),
              async erase(orderIds, position) {
                if (orderIds.length > 0) await onErased([...orderIds])
                if (position !== null) await fed.write(position)
              },
            },
          }
        : {}),
    }
  }

  /** The pull that release 1.0.0 did not end: its batch is no batch of a desk, and has no position. */
  async #finishKey(
    { key, selection, batch: known }: Extract<JournalEntry, { key: string }>,
    handle: BatchHandler,
    signal?: AbortSignal,
  ): Promise<void> {
    const headers = { 'idempotency-key': key }
    const call = { method: 'POST', path: '/v1/orders/pull', body: selection, headers, signal }
    const { retry, waiting } = this.#client
    const ask = async () => asBatch(await this.#client.once(call))
    const answer = known ?? (await retrying(ask, retry, waiting, signal, isPassing))
    const none = { position: '', after: null, number: 0, desk: '', restored: false }
    if (answer.orders.length > 0) await handle({ ...answer, ...none, again: true })
    await this.#journal.write(null)
  }
}

function asBatch(answer: unknown): Pick<Batch, 'pullId' | 'orders' | 'remaining'> {
  const { pullId, orders } = (answer ?? {}) as Partial<Batch>
  if (typeof pullId !== 'string' || !Array.isArray(orders))
    throw new NoAnswer('POST /v1/orders/pull: the answer is no batch')
  return answer as Batch
}

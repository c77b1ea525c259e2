import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { decodeCp932, encodeCp932 } from '../../src/platform/csv.ts'
import { toJapaneseRfc3339 } from '../../src/platform/japan-time.ts'
import { FILE_SENDER, mailWithFile } from '../support/mail/mail-with-file.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer, type Setup } from './client.ts'
import type { Ground } from './ground.ts'
import type { History } from './history.ts'

/**
 * 注文ファイル: a cart without an API among the malls. Each file has all of its orders so far; a person uploads
 * it on a bad line, or the cart mails it.
 */

const MARKETPLACE = 'connector'
/** As long as those of the shops behind connectors, so that a number alone does not tell whose it is. */
const FIRST_NUMBER = 9_000_001
/** A row that changes, a file sent twice, one that is mailed, one that comes late behind a newer one. */
const CHANGED = 0.1
const TWICE = 0.3
const MAILED = 0.4
const LATE = 0.3
const ANSWERS_LOST = 0.3
const EVERY_MS = 4_000
const LATE_MS = 9_000
/** A clock may have been set back an hour. */
const CLOCKS_MS = 2 * 60 * 60_000

interface CartOrder {
  number: string
  placedAt: number
  price: number
}

export interface FileShop {
  id: string
  /** Whose mails come there. */
  mailbox: string
}

/** Registers the shop; its cart mails to the first mailbox. */
export async function registerFileShop(setup: Setup, client: Client, ground: Ground): Promise<FileShop> {
  const wanted = {
    marketplace: MARKETPLACE,
    code: 'files-1',
    name: '注文ファイルの店',
    settings: { mailRules: { senders: [FILE_SENDER] } },
  }
  const { id } = await setup.post<{ id: string }>('/shops', wanted)
  await client.put(`/shops/${id}/order-form`, { preset: 'ne_hanyo' })
  return { id, mailbox: ground.mailboxes[0]?.user ?? '' }
}

export interface FileCart {
  /** Resolves when the last file, with all orders as the cart has them, was read. */
  finish(limitMs: number): Promise<void>
  /** Notes what the cart has: its orders' amounts, and the shipments that it takes over. */
  noteEnd(): Promise<void>
}

interface CartOptions {
  client: Client
  ground: Ground
  shop: FileShop
  seed: number
  history: History
  orders: number
  driveMs: number
  shipped(path: string): Promise<Buffer>
}

export function startFileCart(options: CartOptions): FileCart {
  const { client, ground, shop, seed, history, driveMs } = options
  const dice = seeded(seed, -29)
  const cart: CartOrder[] = []
  const mailed = new Set<string>()
  const late: Promise<void>[] = []
  const began = Date.now()
  let files = 0
  const path = `/shops/${shop.id}/order-files`
  const done = run()
  done.catch(() => undefined)

  async function run(): Promise<void> {
    while (cart.length < options.orders) {
      place(Math.min(options.orders, Math.ceil((options.orders * (Date.now() - began + EVERY_MS)) / driveMs)))
      for (const order of cart) if (dice.chance(CHANGED)) order.price += 10
      const file = write()
      if (dice.chance(MAILED)) await mail(file)
      else if (dice.chance(LATE)) late.push(uploadLate(file))
      else await upload(file)
      await sleep(EVERY_MS)
    }
  }

  function place(until: number): void {
    while (cart.length < until) {
      const order = { number: String(FIRST_NUMBER + cart.length), placedAt: Date.now(), price: 1_000 }
      cart.push(order)
    }
  }

  function write() {
    files += 1
    const rows = cart.map(({ number, placedAt, price }) =>
      [
        number,
        toJapaneseRfc3339(placedAt),
        '見本 花子',
        '福井県福井市1-1',
        '銀行振込',
        price,
        '皿',
        price,
        1,
        0,
        '見本 花子',
        '福井県福井市1-1',
        '',
        '9100005',
      ].join(),
    )
    const bytes = encodeCp932(`${[HEAD, ...rows].join('\r\n')}\r\n`)
    return { name: `orders-${files}.csv`, bytes, at: Date.now(), numbers: cart.map(({ number }) => number) }
  }

  /** From here on the service can know of them. */
  function noteKnown(numbers: readonly string[], how: 'mail' | 'upload'): void {
    for (const number of numbers) {
      if (mailed.has(number)) continue
      mailed.add(number)
      const order = keyOf(MARKETPLACE, number)
      const at = { visibleAt: Date.now(), mails: 1, listedAfterMs: 0 }
      const by = how === 'mail' ? { mailbox: shop.mailbox } : {}
      history.note({ process: 'cart', f: 'order', type: 'ok', value: { order, ...at, ...by } })
      history.note({ process: 'cart', f: 'mail', type: 'ok', value: { order } })
    }
  }

  async function mail({ name, bytes, at, numbers }: ReturnType<typeof write>): Promise<void> {
    const source = mailWithFile(name, bytes, { id: `${seed}-${name}`, to: shop.mailbox, at })
    for (let copy = dice.chance(TWICE) ? 2 : 1; copy > 0; copy -= 1)
      await ground.imap.deliver(shop.mailbox, source)
    noteKnown(numbers, 'mail')
  }

  /** @returns its id; null: too many wait to be read, and the next one has its orders too */
  async function upload({ name, bytes, at, numbers }: ReturnType<typeof write>): Promise<string | null> {
    const exportedAt = new Date(at).toISOString()
    const body = { fileName: name, file: bytes.toString('base64'), exportedAt }
    let id: string | null = null
    for (let copy = dice.chance(TWICE) ? 2 : 1; copy > 0; copy -= 1) {
      let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined
      for (;;) {
        try {
          const key = `file-${seed}-${name}-${copy}`
          id = (await client.post<{ id: string }>(path, body, key, loseAfterMs)).id
          break
        } catch (error) {
          if (/ → 409 /.test(String(error))) return id
          if (!(error instanceof NoAnswer)) throw error
          loseAfterMs = undefined
          await sleep(200)
        }
      }
    }
    noteKnown(numbers, 'upload')
    return id
  }

  async function uploadLate(file: ReturnType<typeof write>): Promise<void> {
    await sleep(LATE_MS)
    await upload(file)
  }

  return {
    async finish(limitMs) {
      await done
      await Promise.all(late)
      const until = Date.now() + limitMs
      for (let id: string | null = null; Date.now() < until; await sleep(1_000)) {
        id ??= await upload(write())
        const state = id && (await client.get<{ state: string }>(`${path}/${id}`).catch(() => null))?.state
        if (state === 'done') return
        if (state === 'failed') throw new Error(`the cart's last file failed: ${id}`)
      }
    },
    async noteEnd() {
      for (const { number, price } of cart)
        history.note({
          process: 'cart',
          f: 'cart',
          type: 'ok',
          value: { order: keyOf(MARKETPLACE, number), amount: price },
        })
      const time = { from: new Date(began - CLOCKS_MS), to: new Date(Date.now() + CLOCKS_MS) }
      const query = `from=${time.from.toISOString()}&to=${time.to.toISOString()}`
      const text = decodeCp932(await options.shipped(`/shops/${shop.id}/shipped-orders?${query}`))
      const lines = text.split('\r\n').slice(1, -1)
      for (const line of lines) {
        const [number = '', tracking = ''] = line.split(',')
        const value = { order: keyOf(MARKETPLACE, number), operation: 'ship', content: [tracking] }
        history.note({ process: 'cart', f: 'write', type: 'ok', value })
      }
    },
  }
}

const HEAD =
  '店舗伝票番号,受注日,受注名,受注住所１,支払方法,合計金額,商品名,商品価格,受注数量,出荷済フラグ,発送先名,発送先住所１,発送先住所２,発送郵便番号'

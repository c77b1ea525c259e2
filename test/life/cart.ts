import type { MallState } from '../../src/marketplaces/port/order.ts'
import { toJapaneseRfc3339 } from '../../src/platform/japan-time.ts'
import { FILE_SENDER, mailWithFile } from '../support/mail/mail-with-file.ts'
import type { Action } from './commands.ts'
import type { Life } from './life.ts'
import { FILES, SECOND, type World } from './world.ts'

/** A cart without an API: its orders come as files that a person or the cart itself sends, soon or late. */

const WORDS = { not_placed: '注文前', open: '未発送', shipped: '発送済', cancelled: '取消' } as const
/** The column map does not have it. */
const UNREAD = '確認中'
export type CartState = keyof typeof WORDS | 'unread'

/** What the cart says of an order: what a file has of it for ever. */
interface CartOrder {
  number: string
  placedAt: number
  buyer: string
  recipient: string
  phone: string
  email: string
  /** Of its goods; a buyer may change it, and change it back. */
  price: number
  state: CartState
}

export interface CartFile {
  name: string
  at: number
  bytes: Buffer
  /** It has no column of states: nobody has looked at it, so it is not taken. */
  lacks: boolean
  orders: ReadonlyMap<string, Readonly<CartOrder>>
}

export interface Cart {
  orders: Map<string, CartOrder>
  /** By name. */
  files: Map<string, CartFile>
  /** Orders that the newest file that was read does not bring, with its name. */
  keptOut: Map<string, string>
}

export const newCart = (): Cart => ({ orders: new Map(), files: new Map(), keptOut: new Map() })

const COLUMNS: Readonly<Record<string, [heading: string, of: (order: CartOrder) => string | number]>> = {
  orderNumber: ['注文番号', ({ number }) => number],
  orderedAt: ['注文日時', ({ placedAt }) => toJapaneseRfc3339(placedAt)],
  state: ['状態', ({ state }) => (state === 'unread' ? UNREAD : WORDS[state])],
  buyerName: ['注文者', ({ buyer }) => buyer],
  buyerPhone: ['電話', ({ phone }) => phone],
  buyerEmail: ['メール', ({ email }) => email],
  recipientName: ['送付先', ({ recipient }) => recipient],
  recipientPostalCode: ['送付先郵便番号', () => '060-0001'],
  recipientAddress1: ['送付先住所', () => '北海道架空市例示通1'],
  itemName: ['商品', () => '皿'],
  unitPrice: ['単価', ({ price }) => price],
  quantity: ['数量', () => 1],
}

/** Makes the shop and says how its files are read. */
export async function openFileShop(world: Pick<World, 'call'>): Promise<string> {
  const wanted = {
    marketplace: 'connector',
    code: 'files-1',
    name: '注文ファイルの店',
    settings: { mailRules: { senders: [FILE_SENDER] } },
  }
  const shop = await world.call('POST', '/shops', { body: wanted })
  const form = {
    label: 'いのちのカート',
    columns: Object.fromEntries(Object.entries(COLUMNS).map(([field, [heading]]) => [field, [heading]])),
    values: { state: Object.fromEntries(Object.entries(WORDS).map(([state, word]) => [word, state])) },
    shipped: {
      columns: [
        { heading: '注文番号', value: 'orderNumber' },
        { heading: '送り状番号', value: 'trackingNumber' },
      ],
    },
  }
  const set = await world.call('PUT', `/shops/${shop.body.id}/order-form`, { body: { form } })
  if (set.status !== 200) throw new Error(`the file shop could not be made: ${JSON.stringify(set.body)}`)
  return shop.body.id
}

/** A buyer orders there. @param kind `preorder`: it is in the cart, and ordered later */
export function placeInCart(
  { world, cart }: Life,
  person: Pick<CartOrder, 'buyer' | 'phone' | 'email'>,
  kind: Extract<Action, { do: 'order' }>['kind'],
): string {
  const number = String(9_000_001 + cart.orders.size)
  cart.orders.set(number, {
    ...person,
    number,
    placedAt: Math.floor(world.clock.now() / SECOND) * SECOND,
    recipient: person.buyer,
    price: PRICE,
    state: kind === 'preorder' ? 'not_placed' : 'open',
  })
  return number
}

const PRICE = 1_000

/** Staff of the cart may take an order back to 注文前, or give it a word that nobody mapped. */
const BEFORE: readonly CartState[] = ['not_placed', 'unread']

/** @param change a new price, or the first one again */
export function changeInCart(order: CartOrder | undefined, change: CartState | 'price' | 'price back'): void {
  const mayOpen = order !== undefined && BEFORE.includes(order.state) && change === 'open'
  if (!order || !(order.state === 'open' || mayOpen)) return
  if (change === 'price') order.price += 10
  else if (change === 'price back') order.price = PRICE
  else order.state = change
}

/** As it stands now, a second behind the one before at least: names and mails know no less. */
export async function writeFile({ world, cart }: Life, lacks = false): Promise<CartFile> {
  await world.setTime(world.clock.now() + SECOND)
  const columns = Object.entries(COLUMNS).flatMap(([field, one]) => (lacks && field === 'state' ? [] : [one]))
  const orders = new Map([...cart.orders].map(([number, order]) => [number, { ...order }]))
  const rows = [...orders.values()].map((order) => columns.map(([, of]) => of(order)).join())
  const text = [columns.map(([heading]) => heading).join(), ...rows, ''].join('\r\n')
  const name = `orders-${cart.files.size + 1}`
  const file = { name, at: world.clock.now(), bytes: Buffer.from(text), lacks, orders }
  cart.files.set(name, file)
  return file
}

const WAYS = {
  /** A person says when it was written. */
  async person({ call, shopIds }: World, { name, at, bytes }: CartFile) {
    const exportedAt = new Date(at).toISOString()
    const body = { fileName: `${name}.csv`, file: bytes.toString('base64'), exportedAt }
    return call('POST', `/shops/${shopIds[FILES]}/order-files`, { body })
  },
  /** Its name does. */
  async name({ call, shopIds }: World, { name, at, bytes }: CartFile) {
    const fileName = `${name} ${toJapaneseRfc3339(at).slice(0, 19).replaceAll(':', '-')}.csv`
    const body = { fileName, file: bytes.toString('base64') }
    return call('POST', `/shops/${shopIds[FILES]}/order-files`, { body })
  },
  /** Its mail does, whenever that comes. */
  async mail({ postRaw }: World, { name, at, bytes }: CartFile) {
    return postRaw(mailWithFile(`${name}.csv`, bytes, { id: name, to: 'orders@shop.example', at }))
  },
}

/** `back` 0: written now; else one of those before, which nobody has sent yet or somebody sends again. */
export async function sendFile(
  life: Life,
  { back, by, lacks }: Pick<Extract<Action, { do: 'file' }>, 'back' | 'by' | 'lacks'>,
) {
  if (life.cart.orders.size === 0) return null
  const old = back === 0 ? undefined : [...life.cart.files.values()].at(-back)
  return WAYS[by](life.world, old ?? (await writeFile(life, lacks)))
}

const FURTHER: readonly MallState[] = ['open', 'shipped', 'completed', 'cancelled']

/** What stands here of an order of the cart. */
export interface FromFile {
  orderNumber: string
  mallState: string
  /** Null: emptied, or no longer the file's own. */
  price: number | null
}

/**
 * By the files that were read to their end: the newest of them says what stands here, in whatever order they
 * came. One that is not ended may have brought some of its orders.
 * @param ours orders that a change of ours has shipped, or may have
 * @returns what is not so
 */
export function differsFromFiles(
  { files, keptOut }: Cart,
  ended: ReadonlySet<string>,
  begun: ReadonlySet<string>,
  here: ReadonlyMap<string, FromFile>,
  ours: ReadonlySet<string>,
): string | null {
  const taken = [...files.values()].filter(({ lacks }) => !lacks)
  const read = taken.filter(({ name }) => ended.has(name)).toSorted((one, other) => other.at - one.at)
  const mayBe = taken.filter(({ name }) => begun.has(name) && !ended.has(name))
  for (const number of new Set(read.flatMap(({ orders }) => [...orders.keys()]))) {
    const of = (file: CartFile | undefined) => file?.orders.get(number)
    const last = read.find(of)
    const is = here.get(number)
    if (keptOut.get(number) !== last?.name) keptOut.delete(number)
    if (!is) {
      if (of(last)?.state === 'open') return `order ${number} is open in ${last?.name} and not here`
      if (last) keptOut.set(number, last.name)
      continue
    }
    if (last && keptOut.has(number) && !mayBe.some((file) => file.at > last.at && of(file)?.state === 'open'))
      return `order ${number} is ${of(last)?.state} in ${last.name}, and an older file brought it`
    // What is not ordered yet, or not read, changes nothing that stands here.
    const newest = read.find((file) => !BEFORE.includes(of(file)?.state ?? 'unread'))
    const said = of(newest)
    if (!newest || !said) continue
    const beside = mayBe.filter(({ at }) => at > newest.at).flatMap((file) => of(file) ?? [])
    if (is.price !== null) {
      const prices = [said, ...beside].map(({ price }) => price)
      if (!prices.includes(is.price))
        return `order ${number} costs ${is.price}, and ${newest.name} says ${prices}`
    }
    const states: string[] = [said, ...beside].map(({ state }) => state)
    const isBehind = FURTHER.indexOf(is.mallState as MallState) < FURTHER.indexOf(said.state as MallState)
    if (isBehind || !(states.includes(is.mallState) || (is.mallState === 'shipped' && ours.has(number))))
      return `order ${number} is ${is.mallState}, and ${newest.name} says ${states}`
  }
  const known = new Set(
    [...read, ...mayBe].flatMap(({ orders }) =>
      [...orders.values()].filter(({ state }) => state === 'open').map(({ number }) => number),
    ),
  )
  for (const number of here.keys())
    if (!known.has(number)) return `order ${number} is here, and no file says that it is open`
  return null
}

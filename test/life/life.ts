import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SandboxEvent } from '../../sandbox/kit/types.ts'
import { READY_TO_SHIP } from '../../sandbox/malls/index.ts'
import { type EncryptionKeys, formatEncryptionKeys } from '../../src/platform/crypto/sealer.ts'
import { type DumpedRows, dumpRows, putRows } from '../support/database/personal-data.ts'
import { ops } from '../support/service/service.ts'
import { type HeldBack, holdBack, interleave, live, lose } from './actors.ts'
import { type Cart, changeInCart, newCart, placeInCart, sendFile, writeFile } from './cart.ts'
import type { Action, ChangeName, Command } from './commands.ts'
import { checkRetention, learnTerms, readSnapshot, type Snapshot, type Terms } from './watch.ts'
import {
  type Answer,
  BACKUP_KEY,
  DAY,
  FILES,
  type Ground,
  HOUR,
  MINUTE,
  type More,
  RAKUTEN,
  SECOND,
  SHOPS,
  type World,
} from './world.ts'

/** One history as it is played: what the world did, what was asked of the service, and what it answered. */

interface PlacedOrder {
  shop: 0 | 1 | 2 | 3
  number: string
  buyer: number
  placedAt: number
  /** Its newest mail; null: it comes by file. */
  event: SandboxEvent | null
  /** Nobody else's but a twin's: a buyer's name is made for each order, an edit's text for each edit. */
  names: string[]
  /** Somebody changed its address or moved it: what it may be packed with is no longer known here. */
  touched: boolean
  /** It was cancelled at Rakuten, or shipped there. */
  isClosed?: boolean
  /** A server that was restored from a backup of before it looks no further back than a sweep's 30 days. */
  outOfReach: boolean
}

interface AskedChange {
  id: string
  orderNumber: string
  action: string
  /** Tracking numbers that it carries. */
  numbers: string[]
}

interface Erased {
  at: number
  buyer: number
  by: 'phone' | 'email' | 'number'
  number: string | null
}

/** A program that takes orders over by position, and what it has stored. */
interface Program {
  /** It asked at least once. */
  begun: boolean
  /** Its desk is in use; null: somebody may have changed that. */
  inUse: boolean | null
  position: string | null
  /** Ids by order number: an order that comes again replaces itself. */
  orders: Map<string, string>
  /** What it had before each batch. */
  copies: { position: string | null; orders: Map<string, string> }[]
}

export interface OnHold {
  until: string | null
  reason: string | null
}

interface Copy {
  status: string
  mallState: string
  changeState: string
  version: number
}

/** Where in the feed what a copy says was written. */
type Place = readonly [xid: number, id: number]

/** A follower's copy of the orders, kept by the feed's rows or the webhook's. */
export type Replica = Map<string, Copy>

export interface Life {
  world: World
  ground: Ground
  orders: PlacedOrder[]
  /** Of the shop of files, with what it wrote. */
  cart: Cart
  /** Orders by the key under which they were handed over. */
  pulls: Map<string, string[]>
  newestKey: string | null
  programs: readonly Program[]
  /** Orders by the batch of a desk in which they came, as `desk number`. */
  batches: Map<string, string[]>
  /** Orders that left 自動受注取込, or came in, when there was a desk: one of them gets it. */
  owed: Set<string>
  /** Orders by the version on which an edit of theirs was accepted. */
  editedOn: Set<string>
  /** What an order's notes say since the newest edit that was certainly the last. */
  edited: Map<string, string>
  /** Orders that somebody may have moved without an answer: what they are on hold for is not known here. */
  movedUnseen: Set<string>
  /** With which day and reason an order last left 保留, or must be there now. */
  lastHold: Map<string, OnHold | null>
  holdNow: Map<string, OnHold | null>
  /** Numbers that somebody asked for: by how many calls at the mall had begun, and when. */
  asked: Map<string, { calls: number; at: number; by: string }>
  /** Kinds of mails that came, by number. */
  mailed: Set<string>
  /** Orders that a person did not want, and has not asked for again. */
  dismissed: Set<string>
  /** 自動仕分け: `mayBeOn` since they were once; `areOn` for certain. */
  rules: { mayBeOn: boolean; areOn: boolean }
  /** Orders that came into 新規受付 while the rules were on: who moved each last. */
  sorted: Map<string, 'rules' | 'others'>
  blocked: number
  rereads: number
  heldBack: (HeldBack & { goOn(): void })[]
  /** By change: the step of its newest claim, and whether its order was read in that step. */
  claimed: Map<string, { step: number; hasRead: boolean }>
  /** By order: the newest step that brought news of it from the mall. */
  learned: Map<string, number>
  /** Two commands are under way at once. */
  isBeside: boolean
  /** The step under way is one command, and each of its answers came. */
  isPlain: boolean
  /** It is the end of what was held back. */
  isResumed: boolean
  changes: AskedChange[]
  erased: Erased[]
  /** What each of the two people saw last, by order. */
  seen: Map<string, number>[]
  feed: { position: string | null; replica: Replica }
  hook: {
    replica: Replica
    places: Map<string, Place>
    taken: number
    on: boolean
    resets: number
    /** Positions that it took, and whether one may come again since an answer of it was not noted. */
    told: Set<string>
    mayRepeat: boolean
    /** Whether an edit of its address took effect is known. */
    isAddressKnown: boolean
    checked: number
  }
  terms: Map<string, Terms>
  backup: {
    /** The file, or what the standby has. */
    kept: string | DumpedRows
    at: number
    pulls: Map<string, string[]>
    batches: Map<string, string[]>
    changes: AskedChange[]
    erased: Erased[]
    apiKey: World['apiKey']
    keys: EncryptionKeys
  } | null
  restored: boolean
  folder: string | null
  /** What a client does that got no answer, once the process is there again. */
  unanswered: (() => Promise<void>)[]
  /** How many tracking numbers, texts and names were made. */
  made: number
  steps: number
  /** How all stood behind the step before. */
  watch: Snapshot | null
  /** When all that was due had been done, and nothing else has happened since; else 0. */
  tickedAt: number
}

export async function beginLife(ground: Ground, seed: number, more: More): Promise<Life> {
  const world = await ground.world(seed, more)
  const life: Life = {
    world,
    ground,
    orders: [],
    cart: newCart(),
    pulls: new Map(),
    newestKey: null,
    programs: [0, 1].map(() => ({
      begun: false,
      inUse: true,
      position: null,
      orders: new Map(),
      copies: [],
    })),
    batches: new Map(),
    owed: new Set(),
    editedOn: new Set(),
    edited: new Map(),
    movedUnseen: new Set(),
    lastHold: new Map(),
    holdNow: new Map(),
    asked: new Map(),
    mailed: new Set(),
    dismissed: new Set(),
    rules: { mayBeOn: false, areOn: false },
    sorted: new Map(),
    blocked: 0,
    rereads: 0,
    heldBack: [],
    claimed: new Map(),
    learned: new Map(),
    isBeside: false,
    isPlain: true,
    isResumed: false,
    changes: [],
    erased: [],
    seen: [new Map(), new Map()],
    feed: { position: null, replica: new Map() },
    hook: {
      replica: new Map(),
      places: new Map(),
      taken: 0,
      on: true,
      resets: 0,
      told: new Set(),
      mayRepeat: false,
      isAddressKnown: true,
      checked: 0,
    },
    terms: new Map(),
    backup: null,
    restored: false,
    folder: null,
    unanswered: [],
    made: 0,
    steps: 0,
    watch: null,
    tickedAt: 0,
  }
  const { body } = await world.call('GET', '/changes')
  life.feed.position = body.position
  return life
}

export async function endLife(life: Life): Promise<void> {
  await killHeldBack(life)
  await life.world.close()
  if (life.folder) await rm(life.folder, { recursive: true, force: true })
}

/** Something that must not be, whatever the history. */
export class Broken extends Error {
  constructor(what: string) {
    super(what)
    this.name = 'Broken'
  }
}

const BESIDE: ReadonlySet<string> = new Set(['crash', 'lose', 'hold', 'resume', 'both'])

export async function play(life: Life, command: Command): Promise<void> {
  const { world } = life
  life.steps += 1
  life.tickedAt = 0
  life.isPlain = !BESIDE.has(command.do)
  life.isResumed = command.do === 'resume'
  await askAnew(life)
  if (!life.isPlain || command.do === 'restore') life.hook.mayRepeat = true
  switch (command.do) {
    case 'crash': {
      await live(command.at, () => act(life, command.action, true))
      return askAnew(life)
    }
    case 'lose': {
      await lose(command.at, () => act(life, command.action, true))
      return askAnew(life)
    }
    case 'hold': {
      const { at, calls = 0, order } = command
      const about = order === undefined ? null : (orderAt(life, order)?.number ?? null)
      const back = await holdBack(at, { calls, about }, () => act(life, command.action, true))
      if (back === null) return askAnew(life)
      life.heldBack.push({ ...back, goOn: life.world.standStill() })
      return life.world.turnProcess()
    }
    case 'resume':
      return resume(life)
    case 'process':
      return life.world.turnProcess()
    case 'both': {
      const { admin } = life.world.service
      const isBlocked = async () => {
        const { rows } = await admin.query('select from pg_locks where not granted limit 1')
        return rows.length > 0
      }
      life.isBeside = true
      await interleave(
        command.runs,
        () => act(life, command.left, false),
        () => act(life, command.right, false),
        isBlocked,
      ).finally(() => {
        life.isBeside = false
      })
      return
    }
    case 'newKey':
      await killHeldBack(life)
      return world.startAnew(world.service.url, [world.nextKey(), ...world.keys])
    case 'rotateKeys':
      return rotateKeys(life)
    case 'rotateKey':
      return rotateKey(life, command.overlaps)
    case 'time':
      return passTime(life, command.ms)
    case 'backup':
    case 'standby':
      return backUp(life, command.do)
    case 'restore':
      return restore(life)
    default:
      return act(life, command, false)
  }
}

/** A client that got no answer asks once more. */
async function askAnew(life: Life): Promise<void> {
  for (const again of life.unanswered.splice(0)) await again()
}

async function resume(life: Life): Promise<void> {
  const back = life.heldBack.shift()
  if (!back) return
  // Until it has ended others would wait for it.
  await back.resume().finally(back.goOn)
  await askAnew(life)
}

async function killHeldBack({ heldBack }: Life): Promise<void> {
  for (const back of heldBack.splice(0)) await back.kill()
}

const present = <T>(value: T | undefined | null): T => {
  if (value === undefined || value === null) throw new Error('it was there a moment ago')
  return value
}

const orderAt = (life: Life, index: number): PlacedOrder | undefined =>
  life.orders[index % Math.max(1, life.orders.length)]

/** @param dying the answer may never come, so what it would say is unknown */
async function act(life: Life, action: Action, dying: boolean): Promise<void> {
  const { world } = life
  switch (action.do) {
    case 'order':
      return placeOrder(life, action)
    case 'mail': {
      const order = orderAt(life, action.order)
      if (!order?.event) return
      const event = action.kind ? { ...order.event, type: action.kind } : order.event
      return postMail(life, order, event, dying, action.stranger)
    }
    case 'work':
      return work(life)
    case 'import': {
      const order = orderAt(life, action.order)
      if (!order) return
      const body = { shopId: world.shopIds[order.shop], orderNumbers: [order.number] }
      const calls = world.readsSoFar()
      const answer = await world.call('POST', '/orders/import', { body })
      refused(dying, answer)
      if (!answer.body?.requested?.includes(order.number)) return
      noteAsked(life, order, calls, 'an import')
      if (!dying && !life.isBeside) life.dismissed.delete(order.number)
      return
    }
    case 'retry':
      return retry(life, action.order, dying)
    case 'retryAll':
      refused(dying, await world.call('POST', '/import-requests/retry', { body: {} }))
      return
    case 'dismiss':
      return dismiss(life, action.order, dying)
    case 'rules':
      return turnRules(life, action.on, dying)
    case 'sort':
      return world.task('sorting')
    case 'answerChange':
      return withOrder(life, action.order, async (id) => {
        const { rows } = await world.service.admin.query<{ id: string }>(
          `select id::text from site_changes where order_id = $1 and state in ('warning', 'failed') order by position desc limit 1`,
          [id],
        )
        if (rows[0]) refused(dying, await world.call('POST', `/site-changes/${rows[0].id}/${action.how}`))
      })
    case 'period': {
      const [from, to] = [world.clock.now() - action.days * DAY, world.clock.now()]
      const body = {
        shopId: world.shopIds[action.shop],
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      }
      refused(dying, await world.call('POST', '/orders/import', { body }))
      return
    }
    case 'settings': {
      const settings = {
        ...(action.confirms ? { onImport: { action: 'confirm', conditions: { noHolds: true } } } : {}),
        ...(action.completes ? { completeAfterDays: 2 } : {}),
      }
      const path = `/shops/${world.shopIds[action.shop]}`
      refused(dying, await world.call('PATCH', path, { body: { settings } }))
      return
    }
    case 'block':
      return block(life, action.buyer, dying)
    case 'fault': {
      const { kind, operation, times } = action
      world.sim.faults.add({ kind, operation, times, retryAfterSeconds: 20 })
      return
    }
    case 'reread':
      return withOrder(life, action.order, async (id) => {
        life.edited.delete(id)
        life.rereads += 1
        const headers = { 'idempotency-key': world.newId() }
        const body = { orderIds: [id], apply: 'all' }
        const ask = () => world.call('POST', '/orders/reimport', { headers, body })
        const answer = await ask()
        refused(dying, answer)
        if (answer.status >= 500) life.unanswered.push(async () => void (await ask()))
      })
    case 'edit':
      return edit(life, action, dying)
    case 'move':
      return withOrder(life, action.order, (id, order) => move(life, id, order, action, dying))
    case 'pull':
      return pull(life, action.again)
    case 'take':
      return void (await take(life, action, dying))
    case 'useDesk':
      return useDesk(life, action, dying)
    case 'putBack':
      return putBack(life, action)
    case 'accept':
      refused(dying, await world.call('POST', '/orders/accept', { body: { limit: action.limit } }))
      return
    case 'change':
      return withOrder(life, action.order, (id, order) => change(life, id, order, action.action, dying))
    case 'mallCancel': {
      const order = orderAt(life, action.order)
      if (order) cancelAtMall(life, order, action.lag)
      if (order && action.mailed) await postNews(life, order, dying)
      return
    }
    case 'mallAddress': {
      const order = orderAt(life, action.order)
      if (!order || order.shop >= RAKUTEN || isClosedAtMall(life, order)) return
      const name = nextName(life, '新町')
      order.names.push(name)
      order.touched = true
      eventOf(life, order, () => world.sim.edit(order.number, { Ship: { ShipAddress1: `${name}1-2-3` } }))
      if (action.mailed) await postNews(life, order, dying)
      return
    }
    case 'cartState':
    case 'cartPrice': {
      const change = action.do === 'cartState' ? action.to : action.back ? 'price back' : 'price'
      return changeInCart(cartOrderAt(life, action.order), change)
    }
    case 'file': {
      const answer = await sendFile(life, action)
      if (answer) refused(dying, answer)
      return
    }
    case 'write':
      await writeFile(life)
      return
    case 'read':
      return readFiles(life)
    case 'mallRelease': {
      const order = orderAt(life, action.order)
      changeInCart(cartOrderAt(life, action.order), 'open')
      if (!order || mallField(life, order, 'OrderStatus') !== '1') return
      const release = action.days === 0 ? '' : japanDay(world.clock.now() + action.days * DAY)
      const status = action.days === 0 ? { OrderStatus: '2' } : {}
      world.sim.edit(order.number, { ...status, Item: [{ ReleaseDate: release }] })
      return
    }
    case 'erase':
      return erase(life, action, dying)
    case 'retention':
      return retention(life, dying)
    case 'webhook': {
      life.hook.on = action.on
      const path = `/webhooks/${world.webhookId}`
      const answer = await world.call('PATCH', path, { body: { enabled: action.on } })
      // Whether it was switched is not known: nothing is said of it.
      if (dying) life.hook.on = false
      refused(dying, answer)
      return
    }
    case 'webhookEdit':
      return editWebhook(life, action.what, dying)
    case 'stray':
      return world.loseOnTheWay()
    case 'deaf':
      return world.deafen(action.on)
    case 'deliver':
      return world.service.worker.webhooks.round()
    case 'follow':
      return follow(life)
    case 'label':
      return withOrder(life, action.order, async (id) => {
        await world.call('POST', '/labels', {
          body: { orderIds: [id], format: 'yamato_b2', options: { service: 'takkyubin' } },
        })
      })
    case 'tracking':
      return withOrder(life, action.order, (id) => tracking(life, id, dying))
  }
}

/** A request that met the beginning of a new history, which the other command is at, is to come again. */
const isPutOff = ({ isBeside }: Life, { status, body }: Answer): boolean =>
  isBeside && status === 503 && body.code === 'UNAVAILABLE'

/** A client whose request was refused is told why; 5xx is a fault unless the process died over it. */
function refused(dying: boolean, answer: Answer): void {
  if (answer.status < 500 || dying) return
  throw new Broken(`a request was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

const japanDay = (ms: number): string => new Date(ms + 9 * HOUR).toISOString().slice(0, 10)

export const buyerOf = (buyer: number) => ({
  phone: `0901234560${buyer}`,
  email: `buyer${buyer}@life.example`,
})

function nextName(life: Life, what: string): string {
  life.made += 1
  return `${what}${['零', '壱', '弐', '参', '四', '伍', '六', '七', '八', '九'][life.made % 10]}${'甲乙丙丁戊己庚辛壬癸'[Math.floor(life.made / 10) % 10]}`
}

function placeOrder(life: Life, action: Extract<Action, { do: 'order' }>): Promise<void> {
  const { world } = life
  const { shop } = action
  if (shop === RAKUTEN) return placeForTwo(life, action)
  if (shop === FILES) return placeForFile(life, action)
  const twin = action.twin ? life.orders.findLast(({ buyer }) => buyer === action.buyer) : undefined
  const fullName = twin?.names[0] ?? `命田${nextName(life, '花子')}`
  const place = life.orders.length
  const reading = `ハナコ${'イロハニホヘトチリヌ'[place % 10]}${'ルヲワカヨタレソツネ'[Math.floor(place / 10) % 10]}`
  const { phone, email } = buyerOf(action.buyer)
  const person = (prefix: string) => ({
    [`${prefix}LastName`]: '命田',
    [`${prefix}FirstName`]: fullName.replace('命田', ''),
    // Two of a family share its reading alone; a buyer writes the given name's in more than one way.
    [`${prefix}LastNameKana`]: 'イノチダ',
    [`${prefix}FirstNameKana`]: reading,
    [`${prefix}PhoneNumber`]: phone,
    [`${prefix}ZipCode`]: '060-0001',
    [`${prefix}Prefecture`]: '北海道',
    [`${prefix}City`]: '架空市',
    [`${prefix}Address1`]: '例示通1',
    [`${prefix}Address2`]: '',
  })
  const { IsReadOnly, Ship, Pay } = READY_TO_SHIP.yahoo as Record<string, Record<string, string>>
  const seen = world.events.length
  const placed = world.sim.place({
    shopCode: SHOPS[shop],
    visibleAfterSeconds: (action.late ?? 0) * 60,
    overrides: {
      ...(action.kind === 'fresh' ? {} : { IsReadOnly }),
      ...(action.kind === 'preorder'
        ? {
            OrderStatus: '1',
            Item: [{ ReleaseDate: japanDay(world.clock.now() + action.days * DAY) }],
          }
        : {}),
      Pay: { ...Pay, ...person('Bill'), BillMailAddress: email },
      Ship: { ...Ship, ...person('Ship') },
    },
  })
  const order: PlacedOrder = {
    shop,
    number: placed.orderNumber,
    buyer: action.buyer,
    placedAt: world.clock.now(),
    event: present(world.events[seen]),
    names: [fullName],
    touched: false,
    outOfReach: false,
  }
  life.orders.push(order)
  if (!action.mailed) return Promise.resolve()
  return postNews(life, order, true)
}

/** It comes by the next file, which the cart may mail at once. */
async function placeForFile(life: Life, action: Extract<Action, { do: 'order' }>): Promise<void> {
  const buyer = `命田${nextName(life, '花子')}`
  life.orders.push({
    shop: FILES,
    number: placeInCart(life, { buyer, ...buyerOf(action.buyer) }, action.kind),
    buyer: action.buyer,
    placedAt: life.world.clock.now(),
    event: null,
    names: [buyer],
    // Its file may know of a partner later than its mall does.
    touched: true,
    outOfReach: false,
  })
  if (action.mailed) await sendFile(life, { back: 0, by: 'mail' })
}

const cartOrderAt = (life: Life, index: number) => life.cart.orders.get(orderAt(life, index)?.number ?? '')

/** Reads what came of the shop of files. */
async function readFiles({ world }: Life): Promise<void> {
  if (world.shopIds[FILES]) await world.task('order files')
}

/** An order of two recipients, each of whom gets a parcel of its own. */
async function placeForTwo(life: Life, action: Extract<Action, { do: 'order' }>): Promise<void> {
  const { world } = life
  const rakuten = present(world.rakuten)
  const names = [nextName(life, '花子'), nextName(life, '受取')]
  const { phone, email } = buyerOf(action.buyer)
  const person = (firstName = '') => ({
    familyName: '命田',
    firstName,
    phoneNumber1: phone.slice(0, 3),
    phoneNumber2: phone.slice(3, 7),
    phoneNumber3: phone.slice(7),
  })
  const seen = world.events.length
  const placed = rakuten.place({
    shape: 'two_recipients',
    visibleAfterSeconds: (action.late ?? 0) * 60,
    overrides: {
      ...READY_TO_SHIP.rakuten,
      OrdererModel: { ...person(names[0]), emailAddress: email },
      PackageModelList: names.map((name) => ({ SenderModel: person(name) })),
    },
  })
  const order: PlacedOrder = {
    shop: RAKUTEN,
    number: placed.orderNumber,
    buyer: action.buyer,
    placedAt: world.clock.now(),
    event: present(world.events[seen]),
    names: names.map((name) => `命田${name}`),
    // Where it goes is the mall's own choice here.
    touched: true,
    outOfReach: false,
  }
  life.orders.push(order)
  if (action.mailed) await postNews(life, order, true)
}

/** The newest that its mall mails, or its cart. */
async function postNews(life: Life, order: PlacedOrder, dying: boolean): Promise<void> {
  if (order.event) return postMail(life, order, order.event, dying)
  const answer = await sendFile(life, { back: 0, by: 'mail' })
  if (answer) refused(dying, answer)
}

/** Notes what asks for an order that is here: of others the mall's answer decides. */
async function postMail(
  life: Life,
  order: PlacedOrder,
  event: SandboxEvent,
  dying: boolean,
  stranger = false,
): Promise<void> {
  const { world } = life
  const name = `${order.number} ${event.type}`
  const isNews = !life.mailed.has(name) && !stranger
  life.mailed.add(name)
  const wasHere = await isHere(life, order.number)
  const calls = world.readsSoFar()
  const answer = await world.postMail(event, stranger)
  refused(dying, answer)
  if (answer.status < 300 && isNews && wasHere && event.type !== 'placed')
    noteAsked(life, order, calls, `a mail (${event.type})`)
}

function noteAsked(life: Life, { number, shop }: PlacedOrder, calls: number, by: string): void {
  if (shop === FILES) return
  life.asked.set(number, { calls, at: life.world.clock.now(), by })
}

async function retry(life: Life, index: number, dying: boolean): Promise<void> {
  const order = orderAt(life, index)
  if (!order) return
  const { world } = life
  const { rows } = await world.service.admin.query<{ id: string }>(
    `select id::text from import_requests where order_number = $1 and state <> 'done' order by requested_at desc, id limit 1`,
    [order.number],
  )
  if (!rows[0]) return
  const calls = world.readsSoFar()
  const answer = await world.call('POST', `/import-requests/${rows[0].id}/retry`)
  refused(dying, answer)
  if (answer.status === 200) noteAsked(life, order, calls, 'a retry')
}

async function dismiss(life: Life, index: number, dying: boolean): Promise<void> {
  const order = orderAt(life, index)
  if (!order) return
  const { world } = life
  const { rows } = await world.service.admin.query<{ id: string }>(
    `select id::text from import_requests where order_number = $1 and state <> 'done' order by requested_at desc, id limit 1`,
    [order.number],
  )
  if (!rows[0]) return
  life.dismissed.add(order.number)
  refused(dying, await world.call('POST', `/import-requests/${rows[0].id}/dismiss`))
}

/** Each holds for some orders of a history: one is unpaid, one has a twin, the others are left. */
const MOVE_RULES = [
  {
    code: 'unpaid',
    label: '入金待ち',
    to: 'awaiting_payment',
    all: [{ field: 'hold', is: 'equal', values: ['unpaid'] }],
  },
  {
    code: 'twin',
    label: '同梱の確認',
    to: 'on_hold',
    all: [{ field: 'mark', is: 'equal', values: ['combinable'] }],
    onHoldReason: '同梱できます。',
  },
  { code: 'rest', label: '残り', to: 'ready_to_ship', all: [] },
]

async function turnRules(life: Life, on: boolean, dying: boolean): Promise<void> {
  const answer = await life.world.call('PUT', '/move-rules', { body: { enabled: on, rules: MOVE_RULES } })
  refused(dying, answer)
  life.rules = { mayBeOn: true, areOn: on && answer.status === 200 && !dying && !life.isBeside }
  if (!life.rules.areOn) life.sorted.clear()
}

async function block(life: Life, buyer: number, dying: boolean): Promise<void> {
  const { world } = life
  const headers = { 'idempotency-key': world.newId() }
  const body = { kind: 'phone', value: buyerOf(buyer).phone }
  const ask = () => world.call('POST', '/blocked-buyers', { headers, body })
  life.blocked += 1
  const answer = await ask()
  refused(dying, answer)
  if (answer.status >= 500) life.unanswered.push(async () => void (await ask()))
}

async function editWebhook(life: Life, what: 'url' | 'secret', dying: boolean): Promise<void> {
  const { world } = life
  const path = `/webhooks/${world.webhookId}`
  if (what === 'secret') {
    const answer = await world.call('POST', `${path}/rotate-secret`, { body: { overlapHours: 0 } })
    refused(dying, answer)
    if (answer.status < 300) world.webhook.secrets.push(answer.body.secret)
    else world.webhook.secrets.push('')
    return
  }
  world.webhook.address += 1
  const answer = await world.call('PATCH', path, { body: { url: world.hookUrl() } })
  refused(dying, answer)
  life.hook.isAddressKnown = answer.status === 200 && !dying
}

const NEVER: OnHold = { until: null, reason: null }

async function move(
  life: Life,
  id: string,
  order: PlacedOrder,
  { to, days, restore }: Extract<Action, { do: 'move' }>,
  dying: boolean,
): Promise<void> {
  const { world } = life
  order.touched = true
  const until = days === undefined ? null : japanDay(world.clock.now() + days * DAY)
  const reason = days === undefined ? null : nextName(life, '保留理由')
  if (reason) order.names.push(reason)
  const onHold =
    to !== 'on_hold'
      ? {}
      : restore
        ? { restoreOnHold: true }
        : until
          ? { onHoldDate: until, onHoldReason: reason }
          : {}
  const answer = await world.call('POST', '/orders/move', { body: { orderIds: [id], to, ...onHold } })
  refused(dying, answer)
  // Null: how it last left 保留 is not known here.
  const last = life.lastHold.get(id) ?? (life.restored || life.lastHold.has(id) ? null : NEVER)
  const wanted = restore && to === 'on_hold' ? last : { until, reason }
  const [result] = answer.body?.orders ?? []
  if (answer.status !== 200 || dying || life.isBeside || !result || !wanted) life.movedUnseen.add(id)
  else if (to === 'on_hold' && (result.result === 'moved' || until !== null)) life.holdNow.set(id, wanted)
}

const simOrder = (life: Life, order: PlacedOrder) =>
  present(life.world.sim.store.all().find(({ orderNumber }) => orderNumber === order.number))

/** Of Yahoo!'s orders alone. */
const mallField = (life: Life, order: PlacedOrder, field: string): string =>
  order.shop >= RAKUTEN
    ? ''
    : ((simOrder(life, order).groups.OrderInfo as Record<string, string>)[field] ?? '')

const isClosedAtMall = (life: Life, order: PlacedOrder): boolean =>
  order.isClosed === true || ['4', '5'].includes(mallField(life, order, 'OrderStatus'))

function eventOf(life: Life, order: PlacedOrder, work: () => void): void {
  const seen = life.world.events.length
  work()
  order.event = life.world.events[seen] ?? order.event
}

function cancelAtMall(life: Life, order: PlacedOrder, lag: number): void {
  if (isClosedAtMall(life, order)) return
  const { world } = life
  if (order.shop === FILES) {
    changeInCart(life.cart.orders.get(order.number), 'cancelled')
    return
  }
  if (order.shop === RAKUTEN) {
    order.isClosed = true
    if (world.writes().some(({ orderNumber }) => orderNumber === order.number)) return
    eventOf(life, order, () => present(world.rakuten).cancel(order.number))
    return
  }
  const kept = world.details.get(order.number)
  eventOf(life, order, () => world.sim.cancel(order.number))
  if (lag > 0 && kept) world.lags.set(order.number, { kept, left: lag })
}

/** The order's id here, for commands that a client gives by it. */
async function withOrder(
  life: Life,
  index: number,
  work: (id: string, order: PlacedOrder) => Promise<void>,
): Promise<void> {
  const order = orderAt(life, index)
  if (!order) return
  const { rows } = await life.world.service.admin.query<{ id: string }>(
    'select id::text from orders where order_number = $1',
    [order.number],
  )
  if (rows[0]) await work(rows[0].id, order)
}

async function edit(
  life: Life,
  { order: index, by, blind }: Extract<Action, { do: 'edit' }>,
  dying: boolean,
): Promise<void> {
  const { world } = life
  await withOrder(life, index, async (id, order) => {
    const { status, body } = await world.call('GET', `/orders/${id}`)
    if (status !== 200) return
    const seen = present(life.seen[by])
    const version = (blind && seen.get(id)) || body.version
    seen.set(id, body.version)
    if (!body.detail) return
    const name = nextName(life, '改名')
    order.names.push(name)
    order.touched = true
    const [first, ...others] = body.detail.recipients
    const recipients = [{ ...first, person: { ...first.person, givenName: name } }, ...others]
    const headers = { 'if-match': `"${version}"` }
    life.edited.delete(id)
    const isAlone = !dying && !life.isBeside
    const answer = await world.call('PATCH', `/orders/${id}`, {
      headers,
      body: { recipients, notes: { shop: name } },
    })
    refused(dying, answer)
    if (answer.status !== 200) return
    const on = `${id} ${version}`
    if (life.editedOn.has(on))
      throw new Broken(`two edits were accepted on version ${version} of ${order.number}`)
    life.editedOn.add(on)
    if (isAlone && !(await isReread(life, id))) life.edited.set(id, name)
  })
}

/** An import that was asked for before would replace the edit. */
async function isReread({ world }: Life, id: string): Promise<boolean> {
  const { rows } = await world.service.admin.query(
    'select from reimport_orders where order_id = $1 and finished_at is null limit 1',
    [id],
  )
  return rows.length > 0
}

async function pull(life: Life, again: boolean): Promise<void> {
  const { world } = life
  // As the docs have it: a client keeps its key until that brought a batch.
  const isUsed = life.newestKey !== null && life.pulls.has(life.newestKey)
  const key = life.newestKey !== null && (again || !isUsed) ? life.newestKey : world.newId()
  life.newestKey = key
  const headers = { 'idempotency-key': key }
  const { status, body } = await world.call('POST', '/orders/pull', { headers, body: {} })
  if (status !== 200) return
  checkHandedOver(body)
  if (!body.replayed && body.orders.some((one: { status: string }) => one.status !== 'new'))
    throw new Broken('an order was handed over in another status than 新規受付')
  const ids = body.orders.map(({ id }: { id: string }) => id)
  const known = life.pulls.get(key)
  if (known && known.length > 0 && known.join() !== ids.join())
    throw new Broken(`the key ${key} was answered with two batches`)
  if (ids.length === 0) return
  life.pulls.set(key, ids)
}

/** The first program asks at its key's own desk, the other one names its desk. */
const DESKS = [{}, { desk: '梱包場' }] as const

/** @returns whether there was a batch */
async function take(
  life: Life,
  { desk, limit }: Omit<Extract<Action, { do: 'take' }>, 'do'>,
  dying: boolean,
): Promise<boolean> {
  const { world, batches, restored } = life
  const program = present(life.programs[desk])
  program.begun = true
  const after = program.position
  const asked = { after, ...(limit === undefined ? {} : { limit }), ...DESKS[desk] }
  const { status, body } = await world.call('POST', '/orders/pull', { body: asked })
  if (isPutOff(life, { status, body })) return false
  refused(dying, { status, body })
  if (status >= 500) return false
  if (program.inUse !== true && body.reason === 'desk_closed') return false
  if (program.inUse === false && !dying && !life.isBeside && life.isPlain)
    throw new Broken(`a pull at a desk out of use was answered ${status}`)
  if (status !== 200) throw new Broken(`a pull at its own position was answered ${status}: ${body.code}`)
  if (after !== null && body.since !== after && !restored)
    throw new Broken(`a pull behind ${after} was answered from ${body.since}`)
  if ((body.position === body.since) !== (body.orders.length === 0))
    throw new Broken(`a batch of ${body.orders.length} orders leads from ${body.since} to ${body.position}`)
  checkHandedOver(body)
  const ids: string[] = body.orders.map(({ id }: { id: string }) => id)
  if (ids.length > 0) {
    const name = `${body.desk} ${body.number}`
    const known = batches.get(name)
    if (known && known.join() !== ids.join()) throw new Broken(`the batch ${name} was told as two`)
    if (!known && body.replayed === false && limit !== undefined && ids.length > limit)
      throw new Broken(`${ids.length} orders were handed over, and ${limit} were asked for`)
    batches.set(name, ids)
  }
  // Nobody waits for the answer any more: the program has gone on.
  if (dying || program.position !== after) return ids.length > 0
  if (ids.length > 0) program.copies.push({ position: after, orders: new Map(program.orders) })
  for (const { id, orderNumber } of body.orders) program.orders.set(orderNumber, id)
  program.position = body.position
  return ids.length > 0
}

async function useDesk(
  life: Life,
  { desk, inUse }: Omit<Extract<Action, { do: 'useDesk' }>, 'do'>,
  dying: boolean,
): Promise<void> {
  const { world } = life
  const program = present(life.programs[desk])
  const { rows } = await world.service.admin.query<{ id: string }>(
    `select id::text from desks where (name like 'key:%') = $1`,
    [desk === 0],
  )
  if (!rows[0]) return
  program.inUse = null
  const answer = await world.call('PATCH', `/desks/${rows[0].id}`, { body: { inUse } })
  refused(dying, answer)
  // Of one that is held back nobody knows when it ends.
  if (answer.status === 200 && !dying && !life.isBeside && life.heldBack.length === 0) program.inUse = inUse
}

function putBack(life: Life, { desk, batches }: Extract<Action, { do: 'putBack' }>): void {
  const program = present(life.programs[desk])
  const at = Math.max(0, program.copies.length - batches)
  const [copy] = program.copies.splice(at)
  if (copy) Object.assign(program, { position: copy.position, orders: new Map(copy.orders) })
}

interface HandedOver {
  replayed: boolean
  orders: { orderedAt: string; status: string }[]
}

function checkHandedOver({ orders, replayed }: HandedOver): void {
  const placed = orders.map(({ orderedAt }) => Date.parse(orderedAt))
  if (placed.some((at, index) => index > 0 && at < (placed[index - 1] ?? 0)))
    throw new Broken('a pull was not handed over in the order in which the buyers ordered')
  if (!replayed && orders.some(({ status }) => status === 'auto_imported'))
    throw new Broken('an order was handed over and stands in 自動受注取込 still')
}

/** All is sealed under the first key when it says that it is done: the others may go, from every process. */
async function rotateKeys(life: Life): Promise<void> {
  const { world } = life
  const { url } = world.service
  if (world.keys.length === 1) return
  await killHeldBack(life)
  await runOps(life, ['keys', 'rotate'], url)
  await world.startAnew(url, [world.keys[0]])
}

async function rotateKey(life: Life, overlaps: boolean): Promise<void> {
  const { world } = life
  const { apiKey } = world
  const path = `/api-keys/${apiKey.id}/rotate`
  const answer = await world.call('POST', path, { body: { overlapHours: overlaps ? 24 : 0 } })
  if (answer.status >= 300) throw new Broken(`an API key could not be rotated: ${answer.status}`)
  if (!overlaps && (await world.call('GET', '/desks')).status !== 401)
    throw new Broken('an API key that ended by its rotation opens still')
  Object.assign(apiKey, { id: answer.body.id, key: answer.body.key })
}

async function change(
  life: Life,
  orderId: string,
  order: PlacedOrder,
  action: ChangeName,
  dying: boolean,
): Promise<void> {
  const { world } = life
  life.made += 1
  const trackingNumber = String(400_000_000_000 + life.made)
  const secondNumber = String(500_000_000_000 + life.made)
  const shippedOn = japanDay(world.clock.now())
  const [first, second] = order.shop === RAKUTEN ? await recipientsOf(life, orderId) : []
  const wanted = {
    confirm: { action: 'confirm' },
    ship: { action: 'ship', shippedOn, parcels: [{ carrier: 'yamato', trackingNumber, ...first }] },
    parts: {
      action: 'ship',
      shippedOn,
      parcels: [
        { carrier: 'yamato', trackingNumber, ...first },
        { carrier: 'yamato', trackingNumber: secondNumber, ...second },
      ],
    },
    correct: { action: 'correct_shipment', parcels: [{ trackingNumber, ...first }] },
    complete: { action: 'complete', afterDays: 2 },
    fee: { action: 'change_content', shippingFee: 100 + life.made },
    hold: { action: 'hold' },
    release: { action: 'release' },
    cancel: { action: 'cancel', reason: '210' },
    memo: { action: 'memo', memo: `メモ${life.made}` },
  }[action] as { action: string; parcels?: { trackingNumber: string }[] }
  const headers = { 'idempotency-key': world.newId() }
  const ask = () =>
    world.call('POST', '/site-changes', { headers, body: { changes: [{ orderId, ...wanted }] } })
  const take = (answer: Answer) => {
    for (const { id } of answer.body?.changes ?? [])
      life.changes.push({
        id,
        orderNumber: order.number,
        action: wanted.action,
        numbers: (wanted.parcels ?? []).map((parcel) => parcel.trackingNumber),
      })
  }
  const answer = await ask()
  refused(dying, answer)
  if (answer.status < 500) take(answer)
  else life.unanswered.push(async () => take(await ask()))
}

/** As a client reads them in the order; nobody's where its content is gone. */
async function recipientsOf({ world }: Life, orderId: string): Promise<{ recipientId: string }[]> {
  const { status, body } = await world.call('GET', `/orders/${orderId}`)
  if (status !== 200 || !body.detail) return []
  return body.detail.recipients.map(({ id }: { id: string }) => ({ recipientId: id }))
}

async function tracking(life: Life, orderId: string, dying: boolean): Promise<void> {
  const { world } = life
  const { rows } = await world.service.admin.query<{ key: string }>(
    'select key from labels where order_id = $1 limit 1',
    [orderId],
  )
  if (!rows[0]) return
  life.made += 1
  const number = trackingNumber(life.made)
  const file = Buffer.from(`お客様管理番号,伝票番号\r\n${rows[0].key},${number}\r\n`).toString('base64')
  const headers = { 'idempotency-key': world.newId() }
  const body = { file, apply: true, format: 'yamato_b2' }
  const ask = () => world.call('POST', '/labels/tracking', { headers, body })
  const answer = await ask()
  refused(dying, answer)
  if (answer.status >= 500) life.unanswered.push(async () => void (await ask()))
}

/** Twelve digits of which the last is the rest by seven. */
function trackingNumber(n: number): string {
  const base = 40_000_000_000 + n
  return `${base}${base % 7}`
}

async function erase(life: Life, action: Extract<Action, { do: 'erase' }>, dying: boolean): Promise<void> {
  const { world } = life
  const order = orderAt(life, action.order)
  if (!order) return
  const { phone, email } = buyerOf(order.buyer)
  const body = { phone: { phone }, email: { email }, number: { orderNumber: order.number } }[action.by]
  const headers = { 'idempotency-key': world.newId() }
  const at = world.clock.now()
  const ask = () => world.call('POST', '/erasure', { headers, body })
  const note = async ({ status }: Answer) => {
    if (status !== 200) return
    const number = action.by === 'number' ? order.number : null
    // By number only what is here is erased.
    if (number !== null && !(await isHere(life, number))) return
    life.erased.push({ at, buyer: order.buyer, by: action.by, number })
  }
  const answer = await ask()
  refused(dying, answer)
  await note(answer)
  if (answer.status >= 500)
    life.unanswered.push(async () => {
      const again = await ask()
      if (answer.body.code === 'TIMEOUT' && world.clock.now() - at < AT_WORK_MS && saysEnded(again))
        throw new Broken('a request that is at work still is said to have ended')
      await note(again)
    })
}

/** So long a request may go on behind its time-out, at least. */
const AT_WORK_MS = 4 * MINUTE

const saysEnded = ({ status, body }: Answer): boolean => status === 409 && body.reason === 'outcome_unknown'

async function isHere(life: Life, number: string): Promise<boolean> {
  const { rows } = await life.world.service.admin.query('select from orders where order_number = $1', [
    number,
  ])
  return rows.length > 0
}

async function retention(life: Life, dying: boolean): Promise<void> {
  const isAlone = !dying && life.heldBack.length === 0 && !life.isBeside
  const before = isAlone ? await readSnapshot(life) : null
  if (before) learnTerms(life, life.watch, before)
  await life.world.task('retention')
  if (before) await checkRetention(life, before)
}

const MOST_TURNS = 30

async function work(life: Life): Promise<void> {
  const { world } = life
  const { shopWorker, scheduler } = world.service.worker
  await readFiles(life)
  const ids = new Set([...(await scheduler.tick()), ...world.woken])
  const handed = new Map(world.handed)
  world.woken.clear()
  world.handed.clear()
  for (const id of [...ids].toSorted()) {
    for (let turn = 0; ; turn++) {
      const commit = turn === 0 ? handed.get(id) : undefined
      if ((await shopWorker.run(id, new AbortController().signal, commit)) === 'done') break
      if (turn === MOST_TURNS) throw new Broken('a shop’s turns come to no end')
    }
  }
  if (life.rules.mayBeOn) await world.task('sorting')
  if (life.steps % FIGURES_EVERY === 0) await world.task('figures')
}

/** Counted on the way too, so that days are counted again after they have changed. */
const FIGURES_EVERY = 4

/** Reads the feed to its end, as a program does that keeps a copy of all orders. */
async function follow(life: Life): Promise<void> {
  const { world, feed } = life
  for (;;) {
    const path = `/changes?after=${encodeURIComponent(present(feed.position))}`
    const { status, body } = await world.call('GET', path)
    if (status === 410) {
      feed.position = body.position
      await readLists(life, feed.replica)
      continue
    }
    if (isPutOff(life, { status, body })) return
    if (status !== 200) throw new Broken(`the feed answered ${status}: ${JSON.stringify(body)}`)
    for (const { kind, data } of body.changes) {
      if (kind === 'reset') await readLists(life, feed.replica)
      else if (kind === 'order') takeRow(feed.replica, data)
    }
    feed.position = body.position
    if (!body.more) return
  }
}

/**
 * Takes what the webhook was sent since the last look. After a failure rows come out of order; their position
 * tells which is newer.
 */
async function takeDeliveries(life: Life): Promise<void> {
  const { hook, world } = life
  for (const { type, position, data, status } of world.deliveries.slice(hook.taken)) {
    // Whoever answers 500 has kept nothing.
    if (status !== 200) continue
    if (type === 'reset') {
      hook.resets += 1
      hook.places.clear()
      await readLists(life, hook.replica)
    } else if (type === 'order') {
      const id = String(data.orderId)
      const place = placeOf(present(position))
      if (isBehind(place, hook.places.get(id))) continue
      hook.places.set(id, place)
      takeRow(hook.replica, data)
    }
  }
  hook.taken = world.deliveries.length
}

function placeOf(position: string): Place {
  const [xid, id] = position.split('-').map(Number)
  return [present(xid), present(id)]
}

const isBehind = ([xid, id]: Place, known: Place | undefined): boolean =>
  known !== undefined && (xid < known[0] || (xid === known[0] && id < known[1]))

function takeRow(replica: Replica, data: Record<string, unknown>): void {
  const { orderId, status, mallState, changeState, version } = data as unknown as Copy & { orderId: string }
  const known = replica.get(orderId)
  if (known && known.version > version) return
  replica.set(orderId, { status, mallState, changeState, version })
}

async function readLists(life: Life, replica: Replica): Promise<void> {
  replica.clear()
  const { body } = await life.world.call('GET', '/orders?limit=500')
  for (const { id, status, mallState, changeState, version } of body.orders)
    replica.set(id, { status, mallState, changeState, version })
}

/**
 * Tasks that run in the background all the time; each is asked for where it matters and is otherwise too
 * dear.
 */
const EACH_TICK = ['sweeps', 'held orders', 'expired site changes'] as const

async function tick(life: Life): Promise<void> {
  for (const name of EACH_TICK) await life.world.task(name)
  await work(life)
  life.tickedAt = life.world.clock.now()
  await life.world.service.worker.webhooks.round()
}

/** Longest time in which nobody looks: an outage of that length is made good by the sweep after it. */
const LONGEST_GAP = 20 * DAY

/** A long time passes with the service at work: it is looked at soon, and then a few times on the way. */
async function passTime(life: Life, ms: number): Promise<void> {
  const { world } = life
  const end = world.clock.now() + ms
  // A fault that waits for its call has not lasted for months, in which nobody would have looked.
  if (ms > DAY) world.sim.faults.clear()
  if (ms >= HOUR) {
    await moveTime(life, world.clock.now() + 90 * SECOND)
    await tick(life)
  }
  while (world.clock.now() < end) {
    await moveTime(life, Math.min(end, world.clock.now() + LONGEST_GAP))
    if (ms >= HOUR) await tick(life)
    if (ms > DAY) await retention(life, false)
  }
}

/** What the mall does by itself when its time has come. */
async function moveTime(life: Life, to: number): Promise<void> {
  const { world } = life
  await world.setTime(to)
  for (const order of life.orders) {
    if (mallField(life, order, 'OrderStatus') !== '1') continue
    const release = simOrder(life, order).items[0]?.fields.ReleaseDate ?? ''
    if (release !== '' && Date.parse(`${release}T00:00:00+09:00`) <= to)
      world.sim.edit(order.number, { OrderStatus: '2' })
  }
}

/** By the held time: what a restore plans for now must not lie months ahead of the history. */
async function runOps(
  { world }: Life,
  args: readonly string[],
  url: string,
  keys = world.keys,
): Promise<void> {
  const env = { DATABASE_URL: url, BACKUP_KEY, ENCRYPTION_KEYS: formatEncryptionKeys(keys) }
  const { code, output } = await ops(args, env, undefined, world.clock)
  if (code !== 0) throw new Broken(`ops ${args.join(' ')} ended with ${code}: ${output}`)
}

async function backUp(life: Life, how: 'backup' | 'standby'): Promise<void> {
  const { world, pulls, batches, changes, erased } = life
  life.backup = {
    kept: how === 'standby' ? await dumpRows(world.service.url) : await backupFile(life),
    at: world.clock.now(),
    pulls: new Map(pulls),
    batches: new Map(batches),
    apiKey: { ...world.apiKey },
    keys: world.keys,
    changes: [...changes],
    erased: [...erased],
  }
}

async function backupFile(life: Life): Promise<string> {
  life.folder ??= await mkdtemp(join(tmpdir(), 'torikomi-life-'))
  const file = join(life.folder, `backup-${life.steps}`)
  await runOps(life, ['backup', file], life.world.service.url)
  return file
}

/** A sweep looks back 30 days after a long stop, and begins at a day's beginning. */
const REACH = 29 * DAY

async function restore(life: Life): Promise<void> {
  const { backup, world, ground } = life
  if (!backup) return
  await killHeldBack(life)
  const { url } = await ground.other()
  const known = new Set(world.keys.map(({ id }) => id))
  // Keys are kept elsewhere as long as there are backups from before.
  const keys: EncryptionKeys = [...world.keys, ...backup.keys.filter(({ id }) => !known.has(id))]
  if (typeof backup.kept === 'string') {
    await runOps(life, ['restore', backup.kept], url, keys)
    await runOps(life, ['resume'], url, keys)
  } else await putRows(url, backup.kept)
  await world.startAnew(url, keys)
  life.restored = true
  const now = world.clock.now()
  for (const order of life.orders)
    order.outOfReach ||= now - backup.at > REACH && now - order.placedAt > REACH
  // What was done after the backup is gone with the old server; what it did at the mall is not.
  life.pulls = new Map(backup.pulls)
  life.batches = new Map(backup.batches)
  Object.assign(world.apiKey, backup.apiKey)
  // Which of the receiver's addresses and whether it is on says the backup.
  Object.assign(life.hook, { on: false, isAddressKnown: false })
  life.erased = [...backup.erased]
  for (const seen of life.seen) seen.clear()
  for (const program of life.programs) program.inUse = null
  for (const known of [life.owed, life.editedOn, life.edited, life.lastHold, life.holdNow, life.asked])
    known.clear()
  life.watch = null
  for (const known of [life.terms, life.claimed, life.learned, life.sorted]) known.clear()
  life.rules.areOn = false
}

/** Lets time pass until nothing waits any more but for what is far ahead. */
export async function comeToRest(life: Life): Promise<void> {
  const { world } = life
  while (life.heldBack.length > 0) await resume(life)
  world.sim.faults.clear()
  world.deafen(false)
  const answer = await world.call('PATCH', `/webhooks/${world.webhookId}`, { body: { enabled: true } })
  if (answer.status >= 300) throw new Broken(`the webhook could not be switched on: ${answer.status}`)
  life.hook.on = true
  await sendFile(life, { back: 0, by: 'person' })
  const begun = world.clock.now()
  for (let round = 0; ; round++) {
    await tick(life)
    const now = world.clock.now()
    const next = await nextDue(life)
    const rested = now - begun >= AT_LEAST
    if (next === null && rested) break
    if (next !== null && next - begun > AT_MOST && rested) break
    if (round >= MOST_ROUNDS) throw new Broken(`it comes to no rest: ${JSON.stringify(await waiting(life))}`)
    const soon = next === null ? now + 13 * HOUR : Math.max(next + 1, now + SECOND)
    const step = round < FINE_ROUNDS ? soon : Math.max(soon, now + 6 * HOUR)
    await moveTime(life, rested ? step : Math.min(step, now + 13 * HOUR))
  }
  for (const desk of [0, 1] as const) await useDesk(life, { desk, inUse: true }, false)
  // The client asks until its key brought a batch, and then for what is left.
  for (let most = 3; most > 0; most--) await pull(life, most === 3)
  for (const desk of [0, 1] as const)
    for (let most = MOST_BATCHES; life.programs[desk]?.begun && (await take(life, { desk }, false)); most--)
      if (most === 0) throw new Broken('a program comes to no end of its batches')
  for (let looks = 0; looks < LOOKS; looks++) await world.task('marks')
  if (life.rules.mayBeOn) await world.task('sorting')
  await world.service.worker.webhooks.round()
  await follow(life)
  await takeDeliveries(life)
}

const MOST_BATCHES = 100
/** The task goes on where its process was: to the end, begins anew, and is round. */
const LOOKS = 3
/** Two sweeps. */
const AT_LEAST = 26 * HOUR
const AT_MOST = 12 * DAY
const FINE_ROUNDS = 12
const MOST_ROUNDS = 70

/** Everything that waits for a time, but for the sweeps, which go on for ever. */
async function nextDue(life: Life): Promise<number | null> {
  const { admin } = life.world.service
  const { rows } = await admin.query<{ at: Date | null }>(NEXT_DUE)
  const at = rows[0]?.at ?? null
  const again = await nextAskedAgain(life)
  return at === null ? again : Math.min(at.getTime(), again ?? Number.POSITIVE_INFINITY)
}

/** What was given up although the mall lists it is asked for again at the time that is told. */
async function nextAskedAgain({ world }: Life): Promise<number | null> {
  const { rows } = await world.service.admin.query<{ number: string }>(GIVEN_UP)
  let first: number | null = null
  for (const { number } of rows) {
    const { body } = await world.call('GET', `/why?number=${number}&live=false`)
    if (body.next) first = Math.min(Date.parse(body.next.at), first ?? Number.POSITIVE_INFINITY)
  }
  return first
}

const GIVEN_UP = `
select distinct w.order_number as number from swept_orders w
join import_requests r on r.shop_id = w.shop_id and r.order_number = w.order_number and r.state = 'failed'
where w.state = 'open' and not exists (select from orders o where o.shop_id = w.shop_id and o.order_number = w.order_number)`

const NEXT_DUE = `
select min(at) as at from (
  select next_attempt_at as at from import_requests where state = 'waiting'
  union all select greatest(next_attempt_at, lease_until) from site_changes where state in ('queued', 'changing')
  union all select next_attempt_at from import_scans where state = 'waiting'
  union all select next_ask_at from swept_orders
  union all select greatest(d.next_attempt_at, w.lease_until) from webhook_deliveries d join webhooks w on w.id = d.webhook_id
    where d.state = 'waiting' and w.enabled
) due`

async function waiting(life: Life): Promise<unknown[]> {
  const { rows } = await life.world.service.admin.query(`
    select 'import' as what, order_number, state::text, outcome as code, next_attempt_at from import_requests where state = 'waiting'
    union all select 'change ' || action, order_id::text, state::text, code, next_attempt_at from site_changes where state in ('queued', 'changing')
    union all select 'delivery', kind, state::text, last_code, next_attempt_at from webhook_deliveries where state = 'waiting'`)
  return rows
}

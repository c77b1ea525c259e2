import { isDeepStrictEqual } from 'node:util'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { MALL, pick, toOrderColumns } from '../../src/orders/store/columns.ts'
import { findPersonalData } from '../support/database/personal-data.ts'
import { differsFromFiles, type FromFile } from './cart.ts'
import { Broken, buyerOf, type Life, type Replica } from './life.ts'
import {
  checkBetween,
  checkBoard,
  checkDeliveries,
  checkPages,
  detailOf,
  learnTerms,
  readSnapshot,
  type Snapshot,
} from './watch.ts'
import { DAY, FILES, HOUR, MINUTE } from './world.ts'

/** What must be true of an order's life: after each step, and when nothing waits any more. */

export async function checkStep(life: Life): Promise<void> {
  checkBatches(life)
  const { watch } = life
  const now = await readSnapshot(life)
  learnTerms(life, watch, now)
  checkWrites(life)
  life.watch = now
  checkBetween(life, watch, now)
  const { hook } = life
  checkDeliveries(life, hook.checked, life.isPlain)
  hook.checked = life.world.deliveries.length
  await checkRows(life)
  await checkFiles(life, now)
  await checkAsked(life, now)
  // Where nobody died or stood still, staging marks at once; the task that looks again is for the others.
  const isUndisturbed = life.isPlain && life.heldBack.length === 0 && !life.restored && watch !== null
  if (isUndisturbed && [...now.orders.keys()].some((number) => !watch.orders.has(number)))
    await checkCombinable(life, (number) => !watch.orders.has(number))
  if (life.steps % BOARD_EVERY === 0) await checkBoard(life)
}

const BOARD_EVERY = 3

export async function checkRest(life: Life): Promise<void> {
  await checkStep(life)
  await checkBoard(life)
  await checkPages(life, present(life.watch))
  checkHandedOver(life)
  await checkPrograms(life)
  await checkKeys(life)
  await checkStaged(life)
  await checkAgreement(life)
  await checkKeptContent(life)
  await checkChanges(life)
  await checkErased(life)
  await checkShippedFile(life, present(life.watch))
  checkSorted(life, present(life.watch))
  await checkCopies(life)
  await checkFigures(life)
  await checkCombinable(life)
}

/** 受注取込: an order is in one batch, whether a key or a desk has it. */
function checkBatches({ pulls, batches }: Life): void {
  const batchOf = new Map<string, string>()
  for (const [key, ids] of [...pulls, ...batches])
    for (const id of ids) {
      if (batchOf.has(id)) throw new Broken(`order ${id} was handed over under ${batchOf.get(id)} and ${key}`)
      batchOf.set(id, key)
    }
}

const present = <T>(value: T | null): T => {
  if (value === null) throw new Error('each step leaves one')
  return value
}

/** What left 自動受注取込 by a pull is in a batch that a client has: each asked until there was nothing more. */
function checkHandedOver({ pulls, batches, watch }: Life): void {
  const handed = new Set([...pulls.values(), ...batches.values()].flat())
  for (const { id, orderNumber, pullId } of present(watch).orders.values())
    if ((pullId !== null) !== handed.has(id))
      throw new Broken(
        `order ${orderNumber} is ${pullId ? '' : 'not '}in a batch, and a client has it ${handed.has(id)}`,
      )
}

/**
 * Where programs take orders over, one of them has each order that came in or left 自動受注取込 since: in its
 * own books, whatever answers it lost and however often it was put back.
 */
async function checkPrograms(life: Life): Promise<void> {
  const { orders, desks } = present(life.watch)
  for (const number of life.owed) {
    const order = orders.get(number)
    if (order && !order.purged && order.pullId === null)
      throw new Broken(
        `order ${number} (${order.status}) is in no batch, and there are ${desks.length} desks`,
      )
  }
  const { body } = await life.world.call('GET', '/desks')
  const names: string[] = body.desks.map(({ desk }: { desk: string }) => desk)
  if (names.length > life.programs.length) throw new Broken(`two programs ask at the desks ${names}`)
  for (const order of orders.values()) {
    const at = names.indexOf(order.desk ?? '')
    const owner = order.desk === null ? null : DESK_OF(order.desk)
    if (order.desk !== null && at < 0) throw new Broken(`the desk ${order.desk} is in no list`)
    for (const [desk, program] of life.programs.entries()) {
      const hasIt = program.orders.get(order.orderNumber) === order.id
      if (hasIt !== (desk === owner) && (!life.restored || desk === owner))
        throw new Broken(
          `order ${order.orderNumber} is in a batch of ${order.desk}, and program ${desk} has it ${hasIt}`,
        )
    }
  }
  for (const { desk, number, position } of body.desks) {
    const last = Math.max(0, ...[...life.batches.keys()].map((name) => numberAt(name, desk)))
    if (number !== last) throw new Broken(`the desk ${desk} is said to be at ${number}, and is at ${last}`)
    const asked = { body: { after: position } }
    const answer = await life.world.call('POST', '/orders/pull', asked)
    if (answer.status !== 200 || answer.body.orders.length > 0)
      throw new Broken(`behind the position of ${desk} a pull was answered ${answer.status} with orders`)
  }
}

/** The first program's desk is its key's. */
const DESK_OF = (name: string): number => (name.startsWith('key:') ? 0 : 1)

function numberAt(batch: string, desk: string): number {
  const [name, number] = batch.split(' ')
  return name === desk ? Number(number) : 0
}

/** An entry for each request that was accepted, however often it was repeated. */
async function checkKeys({ world, blocked, rereads }: Life): Promise<void> {
  const { rows } = await world.service.admin.query<{ n: number }>(
    'select count(*)::int as n from blocked_buyers',
  )
  const reimports = await world.service.admin.query<{ n: number }>('select count(*)::int as n from reimports')
  if ((reimports.rows[0]?.n ?? 0) > rereads)
    throw new Broken(`${reimports.rows[0]?.n} imports were made anew by ${rereads} requests`)
  if ((rows[0]?.n ?? 0) > blocked) throw new Broken(`${rows[0]?.n} buyers are blocked by ${blocked} requests`)
}

/** The calls that each action may make, once each. */
const CALLS_OF: Readonly<Record<string, readonly string[]>> = {
  orderStatusChange: ['confirm', 'complete', 'ship', 'hold', 'release', 'cancel'],
  orderShipStatusChange: ['ship', 'correct_shipment'],
  orderChange: ['change_content', 'confirm', 'ship', 'correct_shipment', 'memo', 'hold', 'release'],
}

/**
 * No call is made twice for one change: of equal ones there are no more than changes that may have asked for
 * them. A call with tracking numbers is that of a change which carries these, so that a shipment which is
 * written twice is not taken for its correction.
 */
function checkWrites({ world, changes }: Life): void {
  const [repeated] = world.strays.repeated
  if (repeated) throw new Broken(repeated)
  checkTaken(world, changes)
  const counts = new Map<string, { count: number; most: number }>()
  for (const { operation, orderNumber, what, content = [] } of world.writes()) {
    const own = changes.filter((change) => change.orderNumber === orderNumber)
    const carried = new Set(content.map((text) => text.replaceAll('-', '')))
    const numbers = own.flatMap((change) => change.numbers).filter((number) => carried.has(number))
    const asked = own.filter(
      (change) =>
        CALLS_OF[operation]?.includes(change.action) !== false &&
        numbers.every((number) => change.numbers.includes(number)),
    )
    const told = numbers.length > 0 ? numbers.toSorted().join() : JSON.stringify(what)
    const key = `${orderNumber} ${operation} ${told}`
    const known = counts.get(key) ?? { count: 0, most: asked.length }
    counts.set(key, { ...known, count: known.count + 1 })
  }
  for (const [key, { count, most }] of counts)
    if (count > most) throw new Broken(`written ${count} times at the mall for ${most} changes: ${key}`)
}

/** A call that the mall has answered is not sent again, though a second one may change nothing there. */
function checkTaken({ taken }: Life['world'], changes: Life['changes']): void {
  for (const [body, same] of Map.groupBy(taken, (call) => call.body)) {
    if (same.length === 1) continue
    const { operation } = present(same[0] ?? null)
    const bare = body.replaceAll('-', '')
    const asked = changes.filter(
      ({ orderNumber, action, numbers }) =>
        body.includes(orderNumber) &&
        CALLS_OF[operation]?.includes(action) &&
        numbers.every((number) => bare.includes(number)),
    )
    if (same.length > asked.length)
      throw new Broken(`${operation} was called ${same.length} times for ${asked.length} changes`)
  }
}

interface FileRow {
  name: string
  state: string
  attempts: number
  message: string | null
}

async function readFileRows({ world }: Life): Promise<FileRow[]> {
  if (!world.shopIds[FILES]) return []
  const { rows } = await world.service.admin.query<FileRow>(
    "select substring(file_name from '^orders-[0-9]+') as name, state, attempts, message from order_files",
  )
  return rows
}

const IS_OF_STAFF = new Set(['moved', 'pulled', 'edited', 'change_requested'])

/** Orders that come by file are as the newest of the files says that were read. */
async function checkFiles(life: Life, { orders, events, changes }: Snapshot): Promise<void> {
  const rows = await readFileRows(life)
  if (rows.length === 0) return
  const lacking = rows.find(({ name, state }) => state === 'done' && life.cart.files.get(name)?.lacks)
  if (lacking) throw new Broken(`the file ${lacking.name} has no states, and was taken unseen`)
  // Their content is what staff work with: a file that differs is told, and an import anew takes it.
  const ofStaff = new Set(
    [...events.values()].flatMap(({ kind, orderId }) => (IS_OF_STAFF.has(kind) ? [orderId] : [])),
  )
  const here = new Map<string, FromFile>()
  for (const number of life.cart.orders.keys()) {
    const order = orders.get(number)
    if (!order) continue
    const price = ofStaff.has(order.id) ? null : (detailOf(life, order)?.items[0]?.unitPrice ?? null)
    here.set(number, { orderNumber: number, mallState: order.mallState, price })
  }
  const ended = new Set(rows.flatMap(({ name, state }) => (state === 'done' ? [name] : [])))
  const begun = new Set(rows.flatMap(({ name, attempts }) => (attempts > 0 ? [name] : [])))
  const ships = [...changes.values()].filter(({ action }) => action === 'ship')
  const ours = new Set(ships.map(({ orderNumber }) => orderNumber))
  const differs = differsFromFiles(life.cart, ended, begun, here, ours)
  if (differs) throw new Broken(differs)
}

/** So many times a file is begun, at most: it may end its process. */
const MOST_BEGUN = 5

/** Each file was read, and the cart gets each number that an order of it was shipped with. */
async function checkShippedFile(life: Life, { at, orders, changes }: Snapshot): Promise<void> {
  const { world, cart } = life
  if (!world.shopIds[FILES]) return
  for (const { name, state, attempts, message } of await readFileRows(life)) {
    const wanted = cart.files.get(name)?.lacks || attempts > MOST_BEGUN ? 'failed' : 'done'
    if (state !== wanted) throw new Broken(`the file ${name} is ${state} and should be ${wanted}: ${message}`)
  }
  const time = `from=${new Date(at - 7 * DAY).toISOString()}&to=${new Date(at + 1).toISOString()}`
  const { status, text } = await world.readText(`/shops/${world.shopIds[FILES]}/shipped-orders?${time}`)
  if (status !== 200) throw new Broken(`the file for the cart was answered ${status}: ${text}`)
  for (const { action, state, orderNumber, finishedAt, parameters } of changes.values()) {
    const order = orders.get(orderNumber)
    if (
      !cart.orders.has(orderNumber) ||
      action !== 'ship' ||
      state !== 'succeeded' ||
      order?.content === null
    )
      continue
    const isCorrected = [...changes.values()].some(
      (other) => other.orderNumber === orderNumber && other.action === 'correct_shipment',
    )
    if ((finishedAt ?? 0) <= at - 7 * DAY || isCorrected) continue
    for (const { trackingNumber } of parameters.parcels ?? [])
      if (trackingNumber && !text.includes(`${orderNumber},${trackingNumber}`))
        throw new Broken(`order ${orderNumber} was shipped with ${trackingNumber}, and the cart is not told`)
  }
}

/** A receiver may be away for three days. */
const FEWEST_ATTEMPTS = 10

/** What the rows say of themselves. */
async function checkRows({ world }: Life): Promise<void> {
  const { rows } = await world.service.admin.query<{ what: string }>(`
    select 'order ' || order_number || ' failed to be stored: ' || coalesce(outcome, '') as what from import_requests
      where state = 'failed' and outcome = 'ORDER_UNSTORABLE'
    union all
    select 'order ' || o.order_number || ' is in a batch that is not there' from orders o
      where o.pull_id is not null and not exists (select from pulls p where p.id = o.pull_id)
    union all
    select 'order ' || o.order_number || ' is ' || o.change_state || ' without a change under way' from orders o
      where o.change_state in ('queued', 'changing') and not exists (
        select from site_changes c where c.order_id = o.id and c.state in ('queued', 'changing'))
    union all
    select 'a delivery of ' || kind || ' was given up after ' || attempts || ' attempts' from webhook_deliveries
      where state = 'failed' and finished_at = last_attempt_at and attempts < ${FEWEST_ATTEMPTS}`)
  if (rows[0]) throw new Broken(rows[0].what)
}

interface Row {
  id: string
  orderNumber: string
  status: string
  mallState: string
  mallStatus: string
  mallSubStatus: string | null
  holds: string[]
  flags: string[]
  marks: string[]
  version: number
  changeState: string
  trackedParcels: number | null
  purgedAt: Date | null
  erasedAt: Date | null
  pulledAt: Date | null
  stagedAt: Date
  endedAt: Date | null
  hasDetail: boolean
  sealedDetail: Buffer | null
  orderedAt: Date
  shopId: string
  billedAmount: number | null
  shipBy: string | null
}

async function readRows({ world }: Life): Promise<Map<string, Row>> {
  const { rows } = await world.service.admin.query<Row>(`
    select id::text, order_number as "orderNumber", status::text, mall_state as "mallState", mall_status as "mallStatus",
      mall_sub_status as "mallSubStatus", holds, flags, marks, version, change_state::text as "changeState", tracked_parcels as "trackedParcels",
      purged_at as "purgedAt", erased_at as "erasedAt", pulled_at as "pulledAt", staged_at as "stagedAt", ended_at as "endedAt",
      sealed_detail is not null as "hasDetail", sealed_detail as "sealedDetail", ordered_at as "orderedAt",
      shop_id::text as "shopId", billed_amount::float8 as "billedAmount", ship_by as "shipBy" from orders`)
  return new Map(rows.map((row) => [row.orderNumber, row]))
}

interface Waiting {
  number: string
  at: Date
}

/** An order is read half a minute behind the end of its hold, as malls let go a little late. */
const READ_WITHIN_MS = MINUTE

async function readWaiting({ world }: Life): Promise<Map<string, Waiting>> {
  const { rows } = await world.service.admin.query<Waiting>(
    `select order_number as number, next_attempt_at as at from import_requests where state = 'waiting'
    union all select order_number, next_ask_at from swept_orders where next_ask_at is not null
    union all select order_number, next_check_at from orders where next_check_at <= $1`,
    [new Date(world.clock.now() + READ_WITHIN_MS)],
  )
  return new Map(rows.map((row) => [row.number, row]))
}

/** Yahoo!’s API has an order for 180 days; what was given up is asked for once a week at least. */
const ASKED_AGAIN_MS = (180 - 7) * DAY
const isPastAsking = (verdict: string, placedAt: number, now: number): boolean =>
  (verdict === 'failed' || verdict === 'never_at_mall') && now - placedAt > ASKED_AGAIN_MS

const isUnwanted = ({ dismissed }: Life, number: string, verdict: string): boolean =>
  verdict === 'not_wanted' && dismissed.has(number)

/**
 * Each order of the mall is here, or whoever asks is told why not and what comes next, and something asks for
 * it.
 */
async function checkStaged(life: Life): Promise<void> {
  const [rows, waiting] = [await readRows(life), await readWaiting(life)]
  for (const { number, shop, outOfReach, placedAt } of life.orders) {
    if (rows.has(number) || shop === FILES) continue
    const now = life.world.clock.now()
    const { verdict, next } = await askWhy(life, number, outOfReach)
    if (outOfReach) {
      // Nothing here says when it was placed: the mall does.
      if (verdict !== 'too_old' && verdict !== 'cancelled_before')
        throw new Broken(`order ${number} is out of reach and told as ${verdict}`)
      continue
    }
    if (isPastAsking(verdict, placedAt, now) || isUnwanted(life, number, verdict)) continue
    if (!(next && Date.parse(next.at) > now))
      throw new Broken(`order ${number} is at the mall and not here, and no next time is told (${verdict})`)
    const at = waiting.get(number)?.at
    if (!(at && at.getTime() > now))
      throw new Broken(`order ${number} is at the mall and not here, and nothing asks for it`)
  }
}

/**
 * What an order at the mall may be told as while it is not here: by a request that waits for it, without one,
 * and either way.
 */
const ASKED_FOR: ReadonlySet<string> = new Set([
  ...['being_asked', 'retrying', 'held_at_mall', 'mall_unaware', 'mail_doubted'],
])
const NOT_ASKED_FOR: ReadonlySet<string> = new Set(['no_trace', 'sweep_ahead'])
const STOPPED: ReadonlySet<string> = new Set(['mall_away', 'quota_used', 'shop_stopped'])
/** The second: its buyer was erased before it came in. */
const IS_HERE: ReadonlySet<string> = new Set(['staged', 'emptied'])
const MOST_ASKED = 3

/** At any moment: of the newest orders of the mall that are not here, why, and when something happens. */
async function checkAsked(life: Life, { orders: rows, swept, requests: all }: Snapshot): Promise<void> {
  const missing = life.orders.filter(
    ({ number, shop, outOfReach }) => !outOfReach && shop !== FILES && !rows.has(number),
  )
  if (missing.length === 0) return
  // The refresh that a payment's or change's mail asks for stages an order that is not here.
  const requests = all.filter(({ purpose }) => purpose !== 'reimport')
  const now = life.world.clock.now()
  for (const { number, placedAt } of missing.slice(-MOST_ASKED)) {
    const { verdict, next } = await askWhy(life, number, false)
    // Beside a command that stands still others of its process go on, and may have staged it since.
    if (IS_HERE.has(verdict) && (await readRows(life)).has(number)) continue
    const of = requests.filter((request) => request.number === number)
    const waiting = of.find(({ state }) => state === 'waiting')
    // Before its first sweep is planned nothing is known of a number that no mail names.
    if (verdict === 'unknown' && of.length === 0 && !swept) continue
    const isTrue =
      STOPPED.has(verdict) || (waiting ? ASKED_FOR.has(verdict) : of.length > 0 || NOT_ASKED_FOR.has(verdict))
    if (!isTrue || (verdict === 'mail_doubted' && waiting?.trust !== 'unknown'))
      throw new Broken(`order ${number} is not here and told as ${verdict} (${JSON.stringify(of)})`)
    if (isPastAsking(verdict, placedAt, now) || isUnwanted(life, number, verdict)) continue
    // What was due has just been done: what comes next lies ahead.
    const isAhead = next && Date.parse(next.at) >= now + (life.tickedAt === now ? 1 : 0)
    if (!isAhead)
      throw new Broken(`order ${number} is not here and no next time is told (${verdict} ${next?.at})`)
  }
}

async function askWhy(
  { world }: Life,
  number: string,
  live: boolean,
): Promise<{ verdict: string; next: { at: string } | null }> {
  const { status, body } = await world.call('GET', `/why?number=${number}&live=${live}`)
  if (status !== 200) throw new Broken(`why was answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Older ones are no longer compared with the mall, unless something holds them. */
const COMPARED_MS = 30 * DAY
const SHIPPABLE = new Set(['auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold'])

/**
 * What the mall says of what may still be shipped and what we say of it agree, or it is asked for again at a
 * time.
 */
async function checkAgreement(life: Life): Promise<void> {
  const [rows, waiting] = [await readRows(life), await readWaiting(life)]
  const now = life.world.clock.now()
  const compared = life.orders.filter(({ number, shop }) => {
    const row = rows.get(number)
    if (shop === FILES || !row || !SHIPPABLE.has(row.status) || row.mallState !== 'open') return false
    return row.holds.length > 0 || now - row.orderedAt.getTime() < COMPARED_MS
  })
  for (const shop of life.world.shopIds.keys()) {
    const here = compared.filter((order) => order.shop === shop)
    if (here.length === 0) continue
    const atMall = await life.world.readMall(
      shop,
      here.map(({ number }) => number),
    )
    for (const { number } of here) {
      const [row, mall] = [rows.get(number), atMall.get(number)]
      const at = waiting.get(number)?.at
      if (!row || !mall || (at && at.getTime() > now)) continue
      const differs = differenceOf(row, mall) ?? feeDifference(life, row, mall)
      if (differs) throw new Broken(`order ${number}: ${differs}, and nothing asks for it again`)
    }
  }
}

const COMPARED = ['mallStatus', 'mallState', 'holds'] as const

function differenceOf(row: Row, mall: NormalisedOrder): string | null {
  const columns = pick(toOrderColumns(mall), MALL) as unknown as Record<string, unknown>
  for (const name of COMPARED)
    if (!isDeepStrictEqual(columns[name], row[name]))
      return `the mall says ${name} ${JSON.stringify(columns[name])}, we say ${JSON.stringify(row[name])}`
  return null
}

/** Postage is changed by us alone in a history: what was written and confirmed is what the order says. */
function feeDifference({ world }: Life, row: Row, mall: NormalisedOrder): string | null {
  if (!row.sealedDetail) return null
  const own = world.sealer.of(world.tenantId)
  const { charges } = own.openJson<NormalisedOrder>(`order:${row.id}:detail`, row.sealedDetail)
  const [here, there] = [charges.shipping, mall.charges.shipping]
  return here === there ? null : `the mall says postage ${there}, we say ${here}`
}

/**
 * An order that waits for its release, or for a change of ours, keeps what is needed to ship it. One that
 * staff have closed here waits for nothing, whatever the mall still says of it.
 */
async function checkKeptContent(life: Life): Promise<void> {
  for (const row of (await readRows(life)).values()) {
    if (row.erasedAt || row.hasDetail || !SHIPPABLE.has(row.status)) continue
    const released =
      row.holds.includes('not_released') || row.holds.some((hold) => /release|reserv/.test(hold))
    if (released || ['queued', 'changing'].includes(row.changeState))
      throw new Broken(
        `order ${row.orderNumber} was emptied although it waits: ${row.holds} ${row.changeState}`,
      )
  }
}

interface ChangeRow {
  id: string
  orderNumber: string
  action: string
  state: string
  code: string | null
  nextAttemptAt: Date
}

/** Each change has ended or has a time; what was asked and confirmed is what the order says. */
async function checkChanges(life: Life): Promise<void> {
  const { rows } = await life.world.service.admin.query<ChangeRow>(`
    select c.id::text, o.order_number as "orderNumber", c.action, c.state::text, c.code, c.next_attempt_at as "nextAttemptAt"
    from site_changes c join orders o on o.id = c.order_id order by c.position`)
  const now = life.world.clock.now()
  for (const row of rows)
    if (['queued', 'changing'].includes(row.state) && row.nextAttemptAt.getTime() <= now)
      throw new Broken(
        `change ${row.action} of ${row.orderNumber} is ${row.state} (${row.code}) and due, and nobody takes it`,
      )
  if (life.restored) return
  const known = new Map(rows.map((row) => [row.id, row]))
  for (const { id, orderNumber, action } of life.changes)
    if (!known.has(id)) throw new Broken(`change ${action} of ${orderNumber} was accepted and is not there`)
}

const isErasedBy = ({ at, buyer, number }: Life['erased'][number], order: Life['orders'][number]): boolean =>
  number === null ? order.buyer === buyer && order.placedAt <= at : order.number === number

/** Of a buyer who was erased nothing is left of any order that was placed before. */
async function checkErased(life: Life): Promise<void> {
  if (life.erased.length === 0) return
  const names = new Set<string>()
  for (const one of life.erased)
    for (const order of life.orders)
      if (isErasedBy(one, order)) for (const name of order.names) names.add(name)
  for (const order of life.orders)
    if (!life.erased.some((one) => isErasedBy(one, order))) for (const name of order.names) names.delete(name)
  const gone = life.erased.filter(
    ({ buyer, at, number }) =>
      number === null && life.orders.every((order) => order.buyer !== buyer || order.placedAt <= at),
  )
  const { service, sealer } = life.world
  const found = await findPersonalData(service.database.pool, sealer, {
    names: [...names],
    phones: gone.filter(({ by }) => by === 'phone').map(({ buyer }) => buyerOf(buyer).phone),
    emails: gone.filter(({ by }) => by === 'email').map(({ buyer }) => buyerOf(buyer).email),
  })
  if (found.length > 0)
    throw new Broken(
      `of an erased buyer is left: ${found.map(({ table, column, how, kind }) => `${table}.${column} (${how} ${kind})`).join(', ')}`,
    )
}

/**
 * Two open orders of one buyer for one address are both 同梱候補, whichever came first and whoever staged them.
 * @param isNew looks only at those that one of these is for the parcel of
 */
async function checkCombinable(life: Life, isNew?: (number: string) => boolean): Promise<void> {
  const rows = await readRows(life)
  const open = life.orders.filter(({ number, touched }) => {
    const row = rows.get(number)
    return !touched && row?.hasDetail && row.mallState === 'open' && SHIPPABLE.has(row.status)
  })
  // A person's edit may make two addresses one, so only what nobody touched says that it has no partner.
  for (const { number, touched, names } of isNew ? [] : life.orders) {
    const row = rows.get(number)
    if (touched || !row?.hasDetail || !row.marks.includes('combinable')) continue
    const partners = life.orders.filter(
      ({ number: other, names: of }) => other !== number && of[0] === names[0],
    )
    const isOpen = (other: Row | undefined) => other?.mallState === 'open' && SHIPPABLE.has(other.status)
    if (!isOpen(row) || !partners.some((other) => isOpen(rows.get(other.number))))
      throw new Broken(`order ${number} is 同梱候補, and no open one is for ${names[0]}`)
  }
  for (const [name, twins] of Map.groupBy(open, ({ names }) => names[0]))
    for (const { number } of twins.length > 1 && twins.some((one) => isNew?.(one.number) ?? true)
      ? twins
      : [])
      if (!rows.get(number)?.marks.includes('combinable'))
        throw new Broken(
          `order ${number} is not 同梱候補, although ${twins.length} open ones are for ${name}`,
        )
}

const UNPAID = 'unpaid'

/** The rules have looked at each order that is theirs, as it is now. */
function checkSorted({ rules, sorted }: Life, { orders }: Snapshot): void {
  for (const order of orders.values()) {
    const { id, orderNumber, status, sorting, mallState, holds, marks, changeState, purged } = order
    if (sorting === 'due' && !['queued', 'changing'].includes(changeState))
      throw new Broken(`order ${orderNumber} waits for the rules of 自動仕分け`)
    if (!rules.areOn || purged || sorted.get(id) !== 'rules' || mallState !== 'open') continue
    const to = holds.includes(UNPAID)
      ? 'awaiting_payment'
      : marks.includes('combinable')
        ? 'on_hold'
        : 'ready_to_ship'
    if (status !== to && (to !== 'ready_to_ship' || holds.length === 0))
      throw new Broken(`order ${orderNumber} is ${status}, and the rules of 自動仕分け say ${to}`)
  }
}

const COUNTED = ['orders', 'amount', 'cancelled', 'cancelledAmount', 'due', 'inTime'] as const
type Counted = Record<(typeof COUNTED)[number], number>
const LEFT_THE_HOUSE = new Set(['shipped', 'completed'])
const dayInJapan = (at: Date | number): string => new Date(Number(at) + 9 * HOUR).toISOString().slice(0, 10)

/** The figures by day are those of the orders as they are, whatever was counted on the way. */
async function checkFigures(life: Life): Promise<void> {
  await life.world.task('figures')
  const today = dayInJapan(life.world.clock.now())
  const reckoned = new Map<string, Counted>()
  for (const row of (await readRows(life)).values()) {
    const key = `${dayInJapan(row.orderedAt)} ${row.shopId}`
    const day = reckoned.get(key) ?? {
      orders: 0,
      amount: 0,
      cancelled: 0,
      cancelledAmount: 0,
      due: 0,
      inTime: 0,
    }
    const isGone = row.mallState === 'cancelled' || row.status === 'cancelled'
    const hasLeft = LEFT_THE_HOUSE.has(row.mallState) || LEFT_THE_HOUSE.has(row.status)
    day.orders += 1
    day.amount += row.billedAmount ?? 0
    if (isGone) {
      day.cancelled += 1
      day.cancelledAmount += row.billedAmount ?? 0
    } else if (row.shipBy !== null) {
      if (hasLeft || row.shipBy < today) day.due += 1
      if (hasLeft && row.endedAt !== null && dayInJapan(row.endedAt) <= row.shipBy) day.inTime += 1
    }
    reckoned.set(key, day)
  }
  const days = [...reckoned.keys()].map((key) => key.slice(0, 10)).toSorted()
  if (days.length === 0) return
  const path = `/figures?per=shop&limit=1000&from=${days[0]}&to=${days.at(-1)}`
  const { status, body } = await life.world.call('GET', path)
  if (status !== 200) throw new Broken(`the figures were answered ${status}: ${JSON.stringify(body)}`)
  const told = new Map<string, Counted>(
    body.figures.map((row: Counted & { day: string; shopId: string }) => [`${row.day} ${row.shopId}`, row]),
  )
  for (const [key, own] of reckoned) {
    const theirs = told.get(key)
    const differing = COUNTED.filter((name) => theirs?.[name] !== own[name])
    if (differing.length > 0)
      throw new Broken(
        `the figures of ${key} say ${JSON.stringify(theirs ?? null)}, and the orders ${JSON.stringify(own)} (${differing})`,
      )
  }
  for (const [key, { orders }] of told)
    if (orders > 0 && !reckoned.has(key))
      throw new Broken(`the figures of ${key} count ${orders} orders that are not there`)
}

/** Who follows the feed, or is sent it, knows at rest what the lists say. */
async function checkCopies(life: Life): Promise<void> {
  const rows = await readRows(life)
  for (const [name, replica] of [
    ['the feed', life.feed.replica],
    ['the webhook', life.hook.replica],
  ] as [string, Replica][]) {
    for (const { id, orderNumber, status, mallState, changeState, version } of rows.values()) {
      const copy = replica.get(id)
      const real = { status, mallState, changeState, version }
      if (!isDeepStrictEqual(copy, real))
        throw new Broken(
          `${name} left a follower with ${JSON.stringify(copy ?? null)} of order ${orderNumber}, which is ${JSON.stringify(real)}`,
        )
    }
  }
}

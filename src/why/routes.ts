import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import { clientGone } from '../http/answers.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { type ImportCaller, type ImportDeps, importOrders, retryRequest } from '../imports/import-orders.ts'
import { type ReimportDeps, reimportOrders } from '../imports/reimport.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { requestSweeps } from '../reconciliation/statements.ts'
import { openEarly } from '../shops/attention.ts'
import { decide, stoppedBy, toReason } from './decide.ts'
import { type FactDeps, readFacts } from './facts.ts'
import {
  ShopReasons,
  WaitingOrders,
  WaitingQuery,
  Why,
  WhyActed,
  WhyAction,
  WhyMail,
  WhyQuery,
} from './schemas.ts'
import { OLDEST, OPEN_REQUEST, ORDER_OF_NUMBER, WAITING } from './statements.ts'
import { answerWhy, answerWhyOfMail, dayOf, type WhyCaller, type WhyDeps } from './why.ts'

const AN_ID = '0199c0de-0000-7000-8000-000000000001'

const callerIn = (request: FastifyRequest): WhyCaller => ({
  tenantId: tenantOf(request),
  shops: shopsOf(request),
})

/** 「この注文はなぜ来ていないのか」. Paths are relative to /v1, behind a tenant's key. */
export const whyRoutes =
  (deps: WhyDeps & ActionDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'getWhy',
      at: 'GET /v1/why',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'filtered'),
      cost: 'waits',
      tools: ['why'],
      summary: 'Why is this order not here? (注文が来ていない理由)',
      description:
        'One verdict about one order, from all that is stored (orders, import requests and their attempts, the mall’s lists, ' +
        'mails, what keeps a shop from its mall) and from what the mall says of the number now. With its evidence, what happens ' +
        'next and when, and what a person can do. Where a part of a number, or a buyer and a day, may mean several orders, they ' +
        'are `candidates`. Nothing is imported by this call; nothing of a buyer is in the answer.',
      query: WhyQuery,
      answers: { 200: Why },
      run: (request, reply) => answerWhy(deps, callerIn(request), request.query, clientGone(reply)),
    })

    operation(app, {
      id: 'getWhyOfMail',
      at: 'POST /v1/why',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'filtered'),
      cost: 'waits',
      audit: [],
      summary: 'Why is the order of this mail not here? (貼り付けたメールの注文が来ていない理由)',
      description:
        'Takes the source of a mail, or its sender, subject and text, reads it as mails of the mailboxes are read, and answers ' +
        'as GET /v1/why does for the number in it. The mail is not kept.',
      body: json(
        WhyMail.meta({
          examples: [{ subject: '注文確認', text: '[受注番号] 123456-20260115-0000000001', live: false }],
        }),
        '1 MiB',
      ),
      repeat: 'safe',
      answers: { 200: Why },
      run: (request, reply) => answerWhyOfMail(deps, callerIn(request), request.body, clientGone(reply)),
    })

    operation(app, {
      id: 'listWaitingOrders',
      at: 'GET /v1/why/waiting',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      summary: 'All orders that the shops wait for, and why (取込待ちの受注と理由)',
      description: 'Newest first, each with the verdict of GET /v1/why without asking the mall.',
      query: WaitingQuery,
      answers: { 200: WaitingOrders },
      run: (request) => {
        const { shopId, ...page } = request.query
        return readWaiting(deps, tenantOf(request), page, shopId === undefined ? shopsOf(request) : [shopId])
      },
    })

    operation(app, {
      id: 'listShopReasons',
      at: 'GET /v1/why/shops',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      summary: 'Reasons for which each shop’s imports wait (店舗ごとの取込待ちの理由)',
      description:
        'The verdict of GET /v1/why about the order that each shop waits for longest, one whose calls break first.',
      answers: { 200: ShopReasons },
      run: (request) => readShopReasons(deps, tenantOf(request), shopsOf(request)),
    })

    operation(app, {
      id: 'actOnWhy',
      at: 'POST /v1/why/actions',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by shop'),
      cost: 'light',
      audit: [],
      summary: 'Do what an answer offers (理由への対応)',
      description:
        'import_now ends whatever the order was waiting for, a lane that an outage closed included. It is only begun here: ' +
        'each attempt stands in `evidence` of GET /v1/why, and GET /v1/events sends the board after each.',
      body: json(
        WhyAction.meta({
          examples: [{ action: 'import_now', shopId: AN_ID, number: '123456-20260115-0000000001' }],
        }),
        '64 KiB',
      ),
      repeat: { key: 'same answer' },
      answers: { 202: WhyActed },
      run: async (request) => act(deps, callerOf(request), request.body),
    })
  }

type ActionDeps = ImportDeps & ReimportDeps
type Wanted = z.infer<typeof WhyAction>
type Acted = z.infer<typeof WhyActed>

const NOTHING = { requestId: null, reimportId: null, scanId: null }

/**
 * Runs an action that an answer of `answerWhy` offers; only begins it. How it goes stands in the next answer,
 * and the stream of events sends the board after each attempt.
 * @throws AppError NOT_FOUND for another tenant's shop or an order that is not here, VALIDATION_FAILED,
 * CONFLICT
 */
function act(deps: ActionDeps, caller: ImportCaller, wanted: Wanted): Promise<Acted> {
  switch (wanted.action) {
    case 'import_now':
      return importNow(deps, caller, wanted.shopId, numberOf(wanted))
    case 'reread':
      return reread(deps, caller, wanted.shopId, numberOf(wanted))
    case 'look_at_day':
      return lookAtDay(deps, caller, wanted)
  }
}

function numberOf({ number }: Wanted): string {
  if (number !== undefined) return number
  throw invalid([{ field: 'number', message: '受注番号を指定してください。', code: 'required' }])
}

async function importNow(
  deps: ActionDeps,
  caller: ImportCaller,
  shopId: string,
  number: string,
): Promise<Acted> {
  const open = await readOpen(deps, caller.tenantId, shopId, number)
  if (open) await retryRequest(deps, caller.tenantId, open)
  else {
    const accepted = await importOrders(deps, caller, { shopId, orderNumbers: [number] })
    if (accepted.alreadyHere.length > 0) return { ...NOTHING, message: 'この受注は取込済みです。' }
  }
  // A person who asks now is reason enough for one call to a mall that fell silent.
  const opened = await openEarly(deps.pool, { shopId }, dateNow(deps.clock))
  if (opened.length > 0) await deps.wakeQueue.wake([shopId])
  const requestId = open ?? (await readOpen(deps, caller.tenantId, shopId, number))
  return { ...NOTHING, requestId, message: 'モールに照会します。結果はこの画面に表示されます。' }
}

/** The request that waits for the number, or the newest that was given up. */
async function readOpen(
  { pool }: ActionDeps,
  tenantId: string,
  shopId: string,
  number: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>(OPEN_REQUEST({ tenant: tenantId, shop: shopId, number }))
  return rows[0]?.id ?? null
}

async function reread(
  deps: ActionDeps,
  caller: ImportCaller,
  shopId: string,
  number: string,
): Promise<Acted> {
  const { rows } = await deps.pool.query<{ id: string }>(
    ORDER_OF_NUMBER({ tenant: caller.tenantId, shop: shopId, number }),
  )
  const orderIds = rows.map(({ id }) => id)
  if (orderIds.length === 0)
    throw new AppError('NOT_FOUND', 'この受注は取り込まれていません。今すぐ取り込むを実行してください。')
  const { reimportId } = await reimportOrders(deps, caller, { orderIds, apply: 'none' })
  return { ...NOTHING, reimportId, message: 'モールの内容を再確認します。' }
}

async function lookAtDay(deps: ActionDeps, caller: ImportCaller, { shopId, day }: Wanted): Promise<Acted> {
  const now = dateNow(deps.clock)
  const { from, to } = dayOf(day ?? japaneseDay(now.getTime()))
  const period = { from: from.toISOString(), to: to.toISOString() }
  const { scan } = await importOrders(deps, caller, { shopId, ...period })
  await requestSweeps(deps.pool, [shopId], now)
  return { ...NOTHING, scanId: scan?.id ?? null, message: 'その日の注文をモールの一覧から取り込みます。' }
}

const Cursor = z.tuple([CursorTime, z.uuid()])
type WaitingRow = { id: string; shopId: string; orderNumber: string; requestedAt: Date }
/** Later than any. */
const NEWEST: [string, string] = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

/**
 * One page of the orders that the shops wait for, newest first, each with its reason and what comes next.
 * @param shops those that the caller is bound to or asks for; null: all of the tenant
 */
export async function readWaiting(
  deps: FactDeps & { clock: Clock },
  tenantId: string,
  { cursor, limit }: Pick<z.infer<typeof WaitingQuery>, 'cursor' | 'limit'>,
  shops: readonly string[] | null,
): Promise<z.infer<typeof WaitingOrders>> {
  const [at, id] = cursor === undefined ? NEWEST : decodeCursor(cursor, Cursor)
  const { rows } = await deps.pool.query<WaitingRow>(
    WAITING({ tenant: tenantId, shops, beforeAt: at, before: id, limit: limit + 1 }),
  )
  const page = pageOf(rows, limit, (row) => [row.requestedAt.toISOString(), row.id])
  const asked = page.rows.map(({ orderNumber, shopId }) => ({ number: orderNumber, shopId }))
  const all = await readFacts(deps, tenantId, asked, shops, dateNow(deps.clock))
  const orders = asked.flatMap(({ number, shopId }, index) => {
    const facts = all[index]
    if (!facts) return []
    const { verdict, message, since, next } = decide(number, facts)
    return [{ orderNumber: number, shopId, verdict, message, since, next }]
  })
  return { orders, nextCursor: page.nextCursor }
}

type Reason = z.infer<typeof ShopReasons>['shops'][number]

/**
 * Explains what holds each shop's imports up now, for the light and the quota clock: the verdict about the
 * oldest order whose calls break, else about the oldest that waits, else what stops the shop.
 * @param shops those that the caller is bound to; null: all of the tenant
 */
export async function readShopReasons(
  deps: FactDeps & { clock: Clock },
  tenantId: string,
  shops: readonly string[] | null,
): Promise<z.infer<typeof ShopReasons>> {
  const now = dateNow(deps.clock)
  const { rows } = await deps.pool.query<{ shopId: string; orderNumber: string | null }>(
    OLDEST({ tenant: tenantId, shops, lookedAt: LOOKED_AT }),
  )
  const waiting = rows.flatMap(({ shopId, orderNumber }) =>
    orderNumber === null ? [] : [{ shopId, orderNumber }],
  )
  // The last is for the shops themselves.
  const asked = [...waiting.map(({ orderNumber: number, shopId }) => ({ number, shopId })), { number: '' }]
  const all = await readFacts(deps, tenantId, asked, shops, now)
  const reasons = (all.at(-1)?.shops ?? []).map((shop): Reason => {
    const index = waiting.findIndex(({ shopId }) => shopId === shop.id)
    const [facts, number] = [all[index], waiting[index]?.orderNumber ?? null]
    if (facts && number !== null) {
      const { verdict, message, since, next } = decide(number, facts)
      return { shopId: shop.id, orderNumber: number, verdict, message, since, next }
    }
    const stopped = stoppedBy(shop, now, now)
    const none = { shopId: shop.id, orderNumber: null, verdict: null, message: null, since: null, next: null }
    return stopped ? { ...none, ...toReason(stopped) } : none
  })
  return { shops: reasons, nextCursor: null }
}

/** Limit of a shop's oldest waiting orders that are searched for one whose calls break. */
const LOOKED_AT = 200

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import { importOrders } from '../../../src/imports/import-orders.ts'
import { createImportRoutes } from '../../../src/imports/routes.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

let database: TestDatabase
let bench: ImportBench
let other: ImportBench
let app: App
const woken: string[] = []
beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
  other = await importBench(database)
  const tenants: Record<string, string> = { ours: bench.tenantId, theirs: other.tenantId }
  const deps = {
    ...bench.deps,
    marketplaces: new Map<MarketplaceName, typeof bench.mall>([['rakuten', bench.mall]]),
    wakeQueue: { wake: async (shopIds: readonly string[]) => void woken.push(...shopIds) },
  }
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => {
      const tenantId = tenants[key]
      if (!tenantId) throw new AppError('UNAUTHENTICATED', '-')
      return { kind: 'client', tenantId, apiKeyId: newId(), role: 'owner', shopIds: null }
    },
    clientRoutes: [createOrderRoutes(deps), createImportRoutes(deps)],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
  const wanted = numbers(5)
  for (const [index, number] of wanted.entries()) {
    bench.mall.place(number, { orderedAt: `2026-01-0${index + 1}T12:00:00+09:00` })
  }
  await bench.want(wanted)
  await bench.run()
})
afterAll(async () => {
  await app?.close()
  await database.close()
})

async function call(
  method: 'GET' | 'POST',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  key = 'ours',
) {
  const reply = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  return { status: reply.statusCode, headers: reply.headers, body: reply.body && reply.json() }
}

describe('GET /orders', () => {
  it('takes many ids, several statuses, a batch, and what changed since', async () => {
    const numbersOf = async (query: string, key = 'ours') => {
      const { status, body } = await call('GET', `/orders?${query}`, undefined, {}, key)
      expect(status).toBe(200)
      return body.orders.map((order: { orderNumber: string }) => order.orderNumber)
    }
    const all: { id: string; orderNumber: string }[] = (await call('GET', '/orders')).body.orders
    const [newest, , third] = all
    const strangers = Array.from({ length: 498 }, newId)
    const ids = [third?.id, ...strangers, newest?.id].join(',')
    expect(await numbersOf(`ids=${ids}&limit=500`)).toEqual([newest?.orderNumber, third?.orderNumber])
    expect(await numbersOf(`ids=${third?.id}`, 'theirs')).toEqual([])
    const tooMany = await call('GET', `/orders?ids=${[...strangers, newId(), newId(), newId()]}`)
    expect([tooMany.status, tooMany.body.errors[0].field]).toEqual([422, 'ids'])
    expect(
      (await call('GET', '/orders?ids=x,y')).body.errors.map(({ field }: { field: string }) => field),
    ).toEqual([...['ids[0]', 'ids[1]']])

    const { body } = await call('POST', '/orders/pull', { limit: 2 }, { 'idempotency-key': newId() })
    const pulled = [...all.slice(-2)].map(({ orderNumber }) => orderNumber)
    expect(await numbersOf(`pullId=${body.pullId}`)).toEqual(pulled)
    const both = 'statuses=new,auto_imported'
    expect(await numbersOf(both)).toEqual(all.map(({ orderNumber }) => orderNumber))
    expect(await numbersOf('statuses=new,shipped')).toEqual(pulled)
    const pages: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await call('GET', `/orders?${both}&sort=oldest&limit=2${cursor && `&cursor=${cursor}`}`)
      pages.push(...page.body.orders.map((order: { orderNumber: string }) => order.orderNumber))
      cursor = page.body.nextCursor
    }
    expect(pages).toEqual(all.map(({ orderNumber }) => orderNumber).reverse())
    expect((await call('GET', `/orders?${both}&total=true&limit=1`)).body.total).toBe(5)

    await database.db.order.updateMany({
      where: { tenantId: bench.tenantId },
      data: { status: 'auto_imported' },
    })
    // A time in JSON has whole milliseconds: what was made in the one before must be over.
    await database.pool.query('select pg_sleep(0.02)')
    const { rows } = await database.pool.query('select now() as now')
    const since = rows[0].now.toISOString()
    expect(await numbersOf(`updatedSince=${since}`)).toEqual([])
    await database.pool.query('update orders set status = $2 where id = $1', [third?.id, 'new'])
    expect(await numbersOf(`updatedSince=${since}`)).toEqual([third?.orderNumber])
    expect(await numbersOf(`updatedSince=${since}`, 'theirs')).toEqual([])
    expect(
      await numbersOf(`updatedSince=${new Date(rows[0].now.getTime() - 3_600_000).toISOString()}`),
    ).toEqual(all.map(({ orderNumber }) => orderNumber))
    const early = new Date(bench.deps.clock.now() - 31 * 86_400_000).toISOString()
    expect(await call('GET', `/orders?updatedSince=${early}`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'updatedSince', code: 'too_early' }] },
    })
    await database.pool.query('update orders set status = $2 where id = $1', [third?.id, 'auto_imported'])
  })

  it('pages through all orders, newest first, each once', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await call('GET', `/orders?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...body.orders.map((order: { orderNumber: string }) => order.orderNumber))
      cursor = body.nextCursor
    }
    expect(seen).toEqual(numbers(5).toReversed())
  })

  it('filters, and has the detail only when asked for', async () => {
    const { body } = await call(
      'GET',
      `/orders?status=auto_imported&shopId=${bench.shopId}&marketplace=rakuten&changeState=none`,
    )
    expect(body.orders).toHaveLength(5)
    expect(body.orders[0]).not.toHaveProperty('detail')
    expect((await call('GET', '/orders?status=shipped')).body.orders).toEqual([])
    const full = await call('GET', '/orders?detail=true&limit=1')
    expect(full.body.orders[0].detail.buyer.familyName).toBe('髙橋')
  })

  it('oldest first on request, with cursors of that order', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await call('GET', `/orders?sort=oldest&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...body.orders.map((order: { orderNumber: string }) => order.orderNumber))
      cursor = body.nextCursor
    }
    expect(seen).toEqual(numbers(5))
  })

  it('by the end of a number, a mark, a hold, the kind of payment', async () => {
    const [first = ''] = numbers(5)
    const { id } = (await call('GET', `/orders?number=${first}`)).body.orders[0]
    await database.pool.query(
      `update orders set marks = '{gift}', holds = '{unpaid}', payment_kind = 'cod' where id = $1`,
      [id],
    )
    const found = async (query: string): Promise<string[]> =>
      (await call('GET', `/orders?${query}`)).body.orders.map(
        (order: { orderNumber: string }) => order.orderNumber,
      )
    expect(await found(`numberEnd=${first.slice(-4)}`)).toEqual([first])
    // No pattern of the database's.
    expect(await found('numberEnd=%25%25')).toEqual([])
    expect(await found('mark=gift')).toEqual([first])
    expect(await found('hold=true')).toEqual([first])
    expect(await found('hold=false')).toHaveLength(4)
    expect(await found('paymentKind=cod&mark=gift&hold=true')).toEqual([first])
    expect(await found('paymentKind=cod&hold=false')).toEqual([])
    await database.pool.query(
      `update orders set marks = '{}', holds = '{}', payment_kind = 'credit_card' where id = $1`,
      [id],
    )
  })

  it.each([
    ['sort=random', 'sort'],
    ['status=sold', 'status'],
    ['limit=1001', 'limit'],
    ['cursor=abc', 'cursor'],
    ['shop=1', 'shop'],
  ])('refuses %s', async (query, field) => {
    const { status, body } = await call('GET', `/orders?${query}`)
    expect(status).toBe(422)
    expect(body.errors[0].field).toBe(field)
  })
})

describe('GET /orders/{id}', () => {
  it('has the detail, the version as ETag, and the timeline', async () => {
    const { id } = (await call('GET', '/orders?limit=1')).body.orders[0]
    const { status, headers, body } = await call('GET', `/orders/${id}`)
    expect(status).toBe(200)
    expect(headers.etag).toMatch(/^"1-[\w-]{27}"$/)
    expect(body.detail.notes.buyer).toBe('①午前中に希望')
    const timeline = await call('GET', `/orders/${id}/timeline`)
    expect(timeline.body.events).toMatchObject([{ kind: 'staged', actor: 'worker' }])
  })

  it('has another revision and ETag after whatever it shows has changed, and answers 304 until then', async () => {
    const { id } = (await call('GET', '/orders?limit=1')).body.orders[0]
    const urls = [`/orders/${id}`, '/orders', '/orders?detail=true&total=true']
    const tags = async (known: string[] = []) => {
      const answers = await Promise.all(
        urls.map((url, n) => call('GET', url, undefined, known[n] ? { 'if-none-match': known[n] } : {})),
      )
      const statuses = new Set(answers.map(({ status }) => status))
      return { statuses: [...statuses], tags: answers.map(({ headers }) => `${headers.etag}`), answers }
    }
    const revision = async () => (await call('GET', `/orders/${id}`)).body.revision
    const changes: Parameters<typeof database.db.order.update>[0]['data'][] = [
      { changeState: 'queued' },
      { changeState: 'succeeded' },
      { marks: ['repeat_buyer'] },
      { refreshedAt: new Date('2026-02-01T00:00:00Z') },
      { status: 'ready_to_ship', version: { increment: 1 } },
    ]
    for (const data of changes) {
      const before = await tags()
      const rises = await revision()
      const again = await tags(before.tags)
      expect(again).toMatchObject({ statuses: [304], tags: before.tags })
      expect(again.answers.map(({ body }) => body)).toEqual(['', '', ''])
      await database.db.order.update({ where: { id }, data })
      const after = await tags(before.tags.map((tag) => `"x", W/${tag}`))
      expect(after.statuses).toEqual([200])
      for (const [n, tag] of after.tags.entries()) expect(tag).not.toBe(before.tags[n])
      expect(await revision()).toBeGreaterThan(rises)
    }
    await database.db.order.update({
      where: { id },
      data: { status: 'auto_imported', marks: [], changeState: 'none' },
    })
  })

  it('does not exist for another tenant', async () => {
    const { id } = (await call('GET', '/orders?limit=1')).body.orders[0]
    expect((await call('GET', `/orders/${id}`, undefined, {}, 'theirs')).status).toBe(404)
    expect((await call('GET', `/orders/${id}/timeline`, undefined, {}, 'theirs')).status).toBe(404)
    expect((await call('GET', '/orders', undefined, {}, 'theirs')).body.orders).toEqual([])
    expect((await call('GET', '/orders/not-an-id')).status).toBe(404)
  })
})

describe('POST /orders/import', () => {
  const post = (body: unknown, key = 'ours') => call('POST', '/orders/import', body, {}, key)

  it('requests what is not here and wakes the shop', async () => {
    const [here = '', , , , , fresh = ''] = numbers(6)
    const { status, body } = await post({ shopId: bench.shopId, orderNumbers: [here, fresh, fresh] })
    expect(status).toBe(202)
    expect(body).toMatchObject({ requested: [fresh], alreadyHere: [{ orderNumber: here }], scan: null })
    expect(woken).toContain(bench.shopId)
    const list = await call('GET', '/import-requests?state=waiting')
    expect(list.body.importRequests).toMatchObject([{ orderNumber: fresh, source: 'person', orderId: null }])
  })

  it('names the number that cannot be this shop’s', async () => {
    const [good = ''] = numbers(7).slice(6)
    const { status, body } = await post({
      shopId: bench.shopId,
      orderNumbers: [good, good, '999999-20260101-1'],
    })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ field: 'orderNumbers[2]' }])
    expect(await database.db.importRequest.count({ where: { orderNumber: good } })).toBe(0)
  })

  it.each([
    ['nothing', {}, 'orderNumbers'],
    ['both', { orderNumbers: ['123456-1'], from: '2026-01-01T00:00:00Z' }, 'orderNumbers'],
    ['only from', { from: '2026-01-01T00:00:00Z' }, 'to'],
    ['an empty period', { from: '2026-01-02T00:00:00Z', to: '2026-01-02T00:00:00Z' }, 'from'],
    [
      'a period before the mall’s memory',
      { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' },
      'from',
    ],
    ['a number with blanks', { orderNumbers: ['1 2'] }, 'orderNumbers[0]'],
    ['too many numbers', { orderNumbers: numbers(1_001) }, 'orderNumbers'],
  ])('refuses %s', async (_, more, field) => {
    const { status, body } = await post({ shopId: bench.shopId, ...more })
    expect(status).toBe(422)
    expect(body.errors[0].field).toBe(field)
  })

  it('does not know another tenant’s shop', async () => {
    expect((await post({ shopId: bench.shopId, orderNumbers: ['123456-1'] }, 'theirs')).status).toBe(404)
  })
})

describe('import of a period', () => {
  it('lists window by window and page by page, and imports what is not here', async () => {
    const mine = await importBench(database, { listWindowDays: 10, listPage: 3 })
    const deps = {
      ...mine.deps,
      marketplaces: new Map<MarketplaceName, typeof mine.mall>([['rakuten', mine.mall]]),
      wakeQueue: { wake: async () => undefined },
    }
    const wanted = numbers(8)
    for (const [index, number] of wanted.entries()) {
      mine.mall.place(number, { orderedAt: new Date(Date.UTC(2025, 11, 1 + index * 2)).toISOString() })
    }
    await mine.want(wanted.slice(0, 2))
    await mine.run()
    const { scan } = await importOrders(
      deps,
      { tenantId: mine.tenantId, actor: 'key:test' },
      { shopId: mine.shopId, from: '2025-12-01T00:00:00Z', to: '2025-12-25T00:00:00Z' },
    )
    await mine.run()
    expect(
      mine.mall.listCalls.map(({ window, page }) => [window.from.getUTCDate(), window.to.getUTCDate(), page]),
    ).toEqual([
      // A window of several pages is read until two readings agree.
      ...[
        [1, 11, null],
        [1, 11, '3'],
      ],
      ...[
        [1, 11, null],
        [1, 11, '3'],
      ],
      [11, 21, null],
      [21, 25, null],
    ])
    expect(await database.db.order.count({ where: { shopId: mine.shopId } })).toBe(8)
    expect(await database.db.importScan.findUnique({ where: { id: scan?.id ?? '' } })).toMatchObject({
      state: 'done',
      listed: 8,
      requested: 6,
    })
  })
})

describe('POST /import-requests/{id}/retry', () => {
  it('begins a failed request anew, refuses one that is done', async () => {
    const [number = ''] = numbers(20).slice(19)
    bench.mall.answer(number, {
      kind: 'failed',
      orderNumber: number,
      failure: failure('rejected', { code: 'NO' }),
    })
    await bench.want([number])
    await bench.run()
    const failed = (await call('GET', '/import-requests?state=failed')).body.importRequests[0]
    expect(failed).toMatchObject({ orderNumber: number, outcome: 'NO', nextAttemptAt: null })

    bench.mall.place(number)
    const retried = await call('POST', `/import-requests/${failed.id}/retry`)
    expect(retried).toMatchObject({ status: 200, body: { state: 'waiting', attempts: 0, outcome: null } })
    await bench.run()
    const again = await call('POST', `/import-requests/${failed.id}/retry`)
    expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    expect((await call('POST', `/import-requests/${failed.id}/retry`, undefined, {}, 'theirs')).status).toBe(
      404,
    )
  })
})

describe('POST /import-requests/{id}/dismiss', () => {
  it('ends what nobody wants, until the number is asked for again', async () => {
    const [number = ''] = numbers(30).slice(29)
    await bench.want([number])
    await bench.run()
    const [request] = (await call('GET', '/import-requests?state=waiting&outcome=NOT_FOUND')).body
      .importRequests
    const path = `/import-requests/${request.id}/dismiss`
    expect((await call('POST', path, undefined, {}, 'theirs')).status).toBe(404)
    const dismissed = await call('POST', path)
    expect(dismissed).toMatchObject({ status: 200, body: { state: 'done', outcome: 'dismissed' } })
    expect((await call('POST', path)).body).toEqual(dismissed.body)
    const timesAsked = () => bench.mall.calls.flat().filter((asked) => asked === number).length
    const before = timesAsked()
    bench.clock.advance(3_600_000)
    await bench.run()
    expect(timesAsked()).toBe(before)

    bench.mall.place(number)
    await bench.want([number], { source: 'person' })
    await bench.run()
    const done = (await call('GET', '/import-requests?outcome=staged')).body.importRequests[0]
    expect(done).toMatchObject({ orderNumber: number, state: 'done' })
    expect((await call('POST', `/import-requests/${done.id}/dismiss`)).status).toBe(409)
  })
})

describe('GET /board', () => {
  it('counts by shop, and shows what stands still', async () => {
    await database.db.shop.update({
      where: { id: other.shopId },
      data: { attentionCode: 'KEY', attentionMessage: '更新してください。', attentionSince: new Date() },
    })
    await makeMailbox(database.db, { tenantId: other.tenantId, state: 'attention', attentionCode: 'LOGIN' })
    const theirs = (await call('GET', '/board', undefined, {}, 'theirs')).body
    expect(theirs).toMatchObject({
      staged: 0,
      attention: 2,
      shops: [{ attention: { code: 'KEY' } }],
      mailboxes: [{ state: 'attention' }],
    })
    const ours = (await call('GET', '/board')).body
    expect(ours.staged).toBeGreaterThanOrEqual(5)
    expect(ours.shops).toMatchObject([
      { shopId: bench.shopId, staged: ours.staged, attention: null, laneClosedUntil: null },
    ])
  })
})

describe('GET /board, for the status bar', () => {
  it('counts the desk’s statuses by shop, and says when an import and a mail last came', async () => {
    const before = (await call('GET', '/board')).body
    expect(before).toMatchObject({ new: 0, readyToShip: 0, awaitingPayment: 0, onHold: 0 })
    const move = (from: string, to: string) =>
      database.pool.query(
        `update orders set status = $1::order_status where id in (select id from orders where shop_id = $2 and status = $3::order_status limit 1)`,
        [to, bench.shopId, from],
      )
    await move('auto_imported', 'ready_to_ship')
    await move('auto_imported', 'on_hold')
    const lastMailAt = new Date('2026-01-06T00:00:00.000Z')
    await makeMailbox(database.db, { tenantId: bench.tenantId, lastMailAt })
    const after = (await call('GET', '/board')).body
    expect(after).toMatchObject({
      staged: before.staged - 2,
      new: 0,
      readyToShip: 1,
      onHold: 1,
      shops: [{ readyToShip: 1, onHold: 1, comparedAt: null }],
      mailboxes: [{ lastMailAt: lastMailAt.toISOString() }],
    })
    expect(after.shops[0].importedAt).toMatch(/^20\d\d-/)
    await move('ready_to_ship', 'auto_imported')
    await move('on_hold', 'auto_imported')
    await database.db.mailbox.deleteMany({ where: { tenantId: bench.tenantId } })
  })
})

describe('GET /board, while the work goes on', () => {
  it('counts an order that is read again later as here, and one that is held back as waiting', async () => {
    const [known = '', held = ''] = numbers(32).slice(30)
    const before = (await call('GET', '/board')).body
    const later = new Date(bench.clock.now() + 3_600_000)
    bench.mall.place(known, {}, later)
    bench.mall.answer(held, { kind: 'pending', orderNumber: held, retryAt: later, message: '支払い待ち' })
    await bench.want([known, held])
    await bench.run()
    const after = (await call('GET', '/board')).body
    expect(after.staged - before.staged).toBe(1)
    expect(after.importing - before.importing).toBe(1)
  })

  it('shows what the mall gives notice of, without calling for attention', async () => {
    const seen = { firstSeenAt: new Date(bench.clock.now() - 1_000), lastSeenAt: new Date(bench.clock.now()) }
    await database.db.shopNotice.create({
      data: {
        shopId: bench.shopId,
        code: 'YAHOO_KEY_MISSING',
        message: '公開鍵を設定してください。',
        ...seen,
      },
    })
    const { body } = await call('GET', '/board')
    expect(body.shops[0].notices).toEqual([
      {
        code: 'YAHOO_KEY_MISSING',
        message: '公開鍵を設定してください。',
        since: seen.firstSeenAt.toISOString(),
        lastSeenAt: seen.lastSeenAt.toISOString(),
      },
    ])
    expect(body.attention).toBe(0)
    expect((await call('GET', '/board', undefined, {}, 'theirs')).body.shops[0].notices).toEqual([])
  })
})

describe('POST /orders/pull', () => {
  it('refuses a key that is none, and one beside a position', async () => {
    const { status, body } = await call('POST', '/orders/pull', {}, { 'idempotency-key': '' })
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' })
    for (const both of [{ after: null }, { desk: 'till' }])
      expect(await call('POST', '/orders/pull', both, { 'idempotency-key': 'k-0' })).toMatchObject({
        status: 422,
        body: { errors: [{ field: Object.keys(both)[0], code: 'one_of' }] },
      })
    const blank = await call('POST', '/orders/pull', {}, { 'idempotency-key': 'a b' })
    expect(blank).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } })
  })

  it('answers the batch, again by key and by id', async () => {
    const key = { 'idempotency-key': 'k-1' }
    const first = await call('POST', '/orders/pull', { limit: 2 }, key)
    expect(first.status).toBe(200)
    expect(first.body.orders).toHaveLength(2)
    expect(first.body.orders[0]).toMatchObject({
      status: 'new',
      detail: { buyer: { familyName: '髙橋' } },
      detailMissing: null,
    })
    expect((await call('POST', '/orders/pull', { limit: 2 }, key)).body).toEqual({
      ...first.body,
      replayed: true,
    })
    expect((await call('GET', `/pulls/${first.body.pullId}`)).body).toEqual({ ...first.body, replayed: true })
    expect((await call('GET', `/pulls/${first.body.pullId}`, undefined, {}, 'theirs')).status).toBe(404)
    const reused = await call('POST', '/orders/pull', { limit: 3 }, key)
    expect(reused).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    expect((await call('POST', '/orders/pull', { limit: 1_001 }, { 'idempotency-key': 'k-2' })).status).toBe(
      422,
    )
  })
})

describe('POST /orders/pull by position', () => {
  it('answers the batch behind the position, and says that a key is deprecated', async () => {
    const { body: desk } = await call('POST', '/orders/pull', { limit: 1, desk: 'till' })
    expect(desk).toMatchObject({ number: 1, orders: [{}], replayed: false })
    const { body: next } = await call('POST', '/orders/pull', { after: desk.position })
    expect(next).toMatchObject({ since: desk.position, desk: desk.desk })
    expect((await call('POST', '/orders/pull', { after: null, desk: 'till' })).body).toEqual({
      ...desk,
      replayed: true,
    })
    expect((await call('GET', `/pulls/${desk.pullId}`)).body).toMatchObject({ desk: desk.desk, number: 1 })
    expect((await call('GET', '/desks')).body.desks).toMatchObject([
      { desk: 'till', number: 2, keyName: null },
    ])
    const dry = await call('POST', '/orders/pull', { after: null, desk: 'till', dryRun: true })
    expect(dry.body).toMatchObject({ number: 1, dryRun: true, replayed: true })
    for (const wrong of ['ａ b', 'x'.repeat(41), '\u200b', ''])
      expect((await call('POST', '/orders/pull', { desk: wrong })).status).toBe(422)
    const { statusCode, headers } = await app.inject({
      method: 'POST',
      url: '/v1/orders/pull',
      headers: { authorization: 'Bearer ours', 'idempotency-key': 'old' },
      payload: {},
    })
    expect([statusCode, headers.sunset]).toEqual([200, 'Wed, 01 Dec 2027 00:00:00 GMT'])
  })

  it('is not what the board does', async () => {
    // Those that stand there again were handed over once.
    const { body } = await call('POST', '/orders/accept', {})
    expect(body.orders.length).toBeGreaterThan(0)
    expect(body).toMatchObject({ remaining: 0, desks: [{ desk: 'till' }] })
  })
})

describe('the OpenAPI document', () => {
  it('describes every route of this area', async () => {
    const document = (await app.inject({ method: 'GET', url: '/openapi.json' })).json()
    for (const path of [
      '/orders',
      '/orders/{id}',
      '/orders/{id}/timeline',
      '/orders/import',
      '/orders/pull',
      '/pulls/{id}',
      '/board',
    ]) {
      expect(document.paths[`/v1${path}`], path).toBeDefined()
    }
    const header = document.paths['/v1/orders/pull'].post.parameters.find(
      (p: { name: string }) => p.name === 'Idempotency-Key',
    )
    expect(header.description).toMatch(/冪等キー/)
  })
})

describe('the board under load', () => {
  it('adds up at every moment while orders are staged and pulled, and pulls get each order once', async () => {
    const wanted = numbers(700).slice(100)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const begun = (await call('GET', '/board')).body
    const total = await database.db.order.count({ where: { shopId: bench.shopId } })
    const pulled: string[] = []
    let staging = true
    const stage = bench.run().finally(() => {
      staging = false
    })
    const boards: { staged: number; importing: number }[] = []
    async function pullAll(name: string): Promise<void> {
      for (let n = 0, remaining = 1; staging || remaining > 0; n++) {
        const { body } = await call(
          'POST',
          '/orders/pull',
          { limit: 90 },
          { 'idempotency-key': `${name}-${n}` },
        )
        pulled.push(...body.orders.map((order: { orderNumber: string }) => order.orderNumber))
        remaining = body.remaining
        boards.push((await call('GET', '/board')).body)
      }
    }
    await Promise.all([stage, pullAll('a'), pullAll('b')])
    expect(pulled.filter((number) => wanted.includes(number)).toSorted()).toEqual(wanted.toSorted())
    expect(new Set(pulled).size).toBe(pulled.length)
    for (const { staged, importing } of boards) {
      expect(staged + importing).toBeLessThanOrEqual(total + begun.importing)
      expect(Math.min(staged, importing)).toBeGreaterThanOrEqual(0)
    }
    expect((await call('GET', '/board')).body).toMatchObject({
      staged: 0,
      importing: begun.importing - wanted.length,
    })
  })
})

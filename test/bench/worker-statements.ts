import type { Pool, PoolClient } from 'pg'
import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import { readDue } from '../../src/imports/import-job.ts'
import { readShopsWithDueRequests, requestImports } from '../../src/imports/requests/statements.ts'
import { createResultWriter } from '../../src/imports/results/write-results.ts'
import { readShopsWithDueScans } from '../../src/imports/statements.ts'
import type { SeenMail } from '../../src/mail/intake/batch.ts'
import { createIntake } from '../../src/mail/intake/intake.ts'
import { recogniseMail } from '../../src/mail/recognition/judge.ts'
import { parseMail } from '../../src/mail/recognition/parse-mail.ts'
import type { Marketplaces } from '../../src/marketplaces/index.ts'
import { systemClock } from '../../src/platform/clock.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { present } from '../../src/platform/narrow.ts'
import { applyPage } from '../../src/reconciliation/page.ts'
import { readShopsWithDueSweeps } from '../../src/reconciliation/statements.ts'
import { claimChanges } from '../../src/site-changes/claim.ts'
import { firstPage, readDueShops } from '../../src/worker/statements.ts'
import type { History } from '../support/database/history.ts'
import { makeMailbox, makeShop, newId, sampleOrder, testSealer } from '../support/fixtures.ts'
import { workingShop } from '../support/imports/import-bench.ts'
import { rakutenOrder } from '../support/malls/sandbox-orders.ts'
import { testMalls } from '../support/malls/test-malls.ts'

/**
 * What a worker and a listener ask and write all day long, each undone, so that every turn finds the same
 * rows.
 */
export interface WorkerStatement {
  name: string
  run(): Promise<unknown>
}

const TOGETHER = 20

export async function workerStatements(
  { db, pool }: Database,
  { tenantId, shopIds }: History,
): Promise<WorkerStatement[]> {
  const marketplaces = testMalls()
  const base = {
    sealer: testSealer,
    clock: systemClock,
    newId,
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    marketplaces,
    wakeQueue: { wake: async () => undefined },
  }
  // The history's own ids are its transactions', and those of this server may be the same.
  await pool.query(`select setval(pg_get_serial_sequence('events', 'id'), 1000000000)`)
  const old = present(shopIds[1])
  const shop = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  const mailbox = await makeMailbox(db, {
    tenantId,
    shopIds: [shop.id],
    leaseOwner: 'bench',
    uidValidity: 1n,
    lastUid: 0n,
  })
  const numbers = Array.from({ length: TOGETHER }, (_, n) => `123456-20991231-${String(n).padStart(10, '0')}`)
  const mails = await Promise.all(numbers.map((orderNumber, n) => seen(orderNumber, n + 1, marketplaces)))
  const now = () => new Date()
  return [
    {
      name: 'worker: due shops',
      run: () =>
        readDueShops(
          pool,
          DUE.map((read) => ({ dueShops: (at, of) => read(pool, at, of) })),
          now(),
          firstPage(1_000),
        ),
    },
    { name: 'worker: due requests of a shop', run: () => readDue(pool, old, now(), 300) },
    {
      name: 'worker: due changes of a shop',
      run: () => claimChanges({ pool, sealer: testSealer }, old, newId(), now(), 10, () => []),
    },
    {
      name: 'worker: a page of a sweep',
      run: () =>
        undone(pool, async (client) => {
          const at = now()
          const orders = listed(at)
          await applyPage(client, old, orders, { from: at, liveFrom: at, since: at, at })
        }),
    },
    {
      name: `worker: intake of ${TOGETHER} mails`,
      run: () =>
        undonePool(pool, (own) =>
          createIntake({ ...base, pool: own })({
            mailbox: { id: mailbox.id, tenantId },
            leaseOwner: 'bench',
            ignored: 0,
            from: { uidValidity: 1n, lastUid: 0 },
            to: { uidValidity: 1n, lastUid: TOGETHER },
            shops: [{ id: shop.id, marketplace: 'rakuten', code: shop.code }],
            mails,
          }),
        ),
    },
    {
      name: `worker: staging of ${TOGETHER} orders`,
      run: () =>
        undonePool(pool, async (own) => {
          const asked = { tenantId, shopId: shop.id, purpose: 'import', source: 'mail' } as const
          await requestImports(
            own,
            base,
            numbers.map((orderNumber) => ({ ...asked, orderNumber })),
          )
          const working = await workingShop(own, shop.id, now().getTime())
          const due = await readDue(own, shop.id, now(), TOGETHER)
          const write = createResultWriter({ ...base, pool: own }, working, () => undefined)
          await write(
            due.map((request) => ({
              request,
              outcome: {
                kind: 'found',
                orderNumber: request.orderNumber,
                raw: '{}',
                order: sampleOrder(request.orderNumber),
              },
            })),
          )
        }),
    },
  ]
}

const DUE = [readShopsWithDueRequests, readShopsWithDueScans, readShopsWithDueSweeps]

/** Numbers of the history, half of which are here. */
const listed = (at: Date) =>
  Array.from({ length: 100 }, (_, n) => ({
    orderNumber: `shop-${String(n * 7).padStart(9, '0')}`,
    orderedAt: at,
    mallStatus: '300',
    mallState: 'open' as const,
  }))

async function seen(orderNumber: string, uid: number, marketplaces: Marketplaces): Promise<SeenMail> {
  const to = 'orders@sandbox.example'
  const event = { type: 'placed', order: { ...rakutenOrder, orderNumber } } as const
  const source = composeMail(event, { to, charset: 'utf-8', shape: 'plain' })
  const mail = await parseMail(source)
  const recognition = present(recogniseMail(mail, marketplaces, []))
  const { subject, from, text } = mail
  return {
    uid,
    size: source.length,
    messageId: `<${uid}@sandbox.example>`,
    subject,
    from,
    to: [to],
    sentAt: new Date(),
    recognition,
    text,
    trust: 'verified' as const,
  }
}

/** So that each turn finds the same rows. */
export async function undone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    return await work(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** The same for what begins and ends transactions of its own: within this one they are steps of it. */
const undonePool = <T>(pool: Pool, work: (pool: Pool) => Promise<T>): Promise<T> =>
  undone(pool, (client) => {
    const within = new Proxy(client, {
      get(target, name) {
        if (name === 'connect') return async () => within
        if (name === 'release') return () => undefined
        if (name !== 'query') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)
        return (text: unknown, ...rest: unknown[]) =>
          typeof text === 'string' && /^(begin|commit)$/.test(text)
            ? Promise.resolve()
            : (target.query as (...given: unknown[]) => unknown)(text, ...rest)
      },
    })
    return work(within as unknown as Pool)
  })

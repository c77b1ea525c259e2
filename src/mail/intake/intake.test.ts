import pg from 'pg'
import { describe, expect, test } from 'vitest'
import type { MailKind } from '../../marketplaces/port/mail-rules.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { systemClock } from '../../platform/clock.ts'
import { createSealer } from '../../platform/crypto/sealer.ts'
import { LeaseLost } from '../../platform/errors.ts'
import { createMetrics } from '../../platform/metrics.ts'
import { systemRandom } from '../../platform/random.ts'
import type { Tracing } from '../../platform/tracing.ts'
import type { IntakeBatch, MailboxShop, SeenMail } from './batch.ts'
import { type Answer, createIntake, type IntakeDeps, STORE_BATCH } from './intake.ts'

type Span = Parameters<Tracing['part']>[1]

const NOW = Date.parse('2026-01-15T03:00:00Z')
const MINUTE = 60_000

const fake = (
  name: 'rakuten' | 'amazon' | 'shopify',
  ownsOrderNumber: Marketplace['ownsOrderNumber'],
  since: Marketplace['since'] = '1.0.0',
) => {
  const mall: Partial<Marketplace> = { name, since, label: name, shopCodeLabel: '店舗ID', ownsOrderNumber }
  return [name, mall as Marketplace] as const
}
const marketplaces = new Map([
  fake('rakuten', (code, number) => number.startsWith(`${code}-`)),
  fake('amazon', () => null),
  fake('shopify', () => null, '1.2.0'),
])
const shop = (id: string, marketplace: MailboxShop['marketplace'], code: string) => ({
  id,
  marketplace,
  code,
})
const SHOPS = [shop('r1', 'rakuten', '111111'), shop('r2', 'rakuten', '222222'), shop('a1', 'amazon', 'A1')]

const mail = (
  orderNumbers: string[],
  more: Partial<SeenMail> = {},
  kind: MailKind = 'new_order',
): SeenMail => ({
  uid: 5,
  size: 1_000,
  messageId: '<a@mall>',
  subject: '注文',
  from: [],
  to: [],
  sentAt: null,
  text: '',
  trust: 'verified',
  recognition: { marketplace: 'rakuten', kind, orderNumbers, reason: null },
  ...more,
})
const unreadable = (more: Partial<SeenMail> = {}) => mail([], more)
const batchOf = (mails: readonly SeenMail[], more: Partial<IntakeBatch> = {}): IntakeBatch => ({
  mailbox: { id: 'box', tenantId: 't1' },
  leaseOwner: 'me',
  shops: SHOPS,
  mails,
  ignored: 0,
  from: { uidValidity: 1n, lastUid: 4 },
  to: { uidValidity: 1n, lastUid: 5 },
  ...more,
})

type Stored = Partial<Answer> | 'nothing' | { fails: unknown }
interface MailRow {
  id: string
}

/**
 * A database that answers statements in turn with `answers`, and a record of everything else that was sent.
 */
function house(...answers: Stored[]) {
  const asked: string[] = []
  const stored: unknown[][] = []
  const beside = new Map<string, Promise<unknown>>()
  const told: { woken: string[][]; logged: unknown[]; counted: unknown[] } = {
    woken: [],
    logged: [],
    counted: [],
  }
  const spans: { id: string; span: Span }[] = []
  const query = async (statement: string | { text: string; values: unknown[] }) => {
    if (typeof statement === 'string') {
      asked.push(/^\s*(begin|commit|rollback)/.exec(statement)?.[1] ?? statement)
      return { rows: [] }
    }
    if (statement.text !== STORE_BATCH.sql) {
      const [shops, at] = statement.values
      asked.push(`${statement.text.startsWith('select') ? 'lock' : 'compare'} ${String(shops)}`)
      if (at !== undefined) expect(at).toEqual(new Date(NOW))
      return { rows: [] }
    }
    asked.push('store')
    stored.push(statement.values)
    const answer = answers.shift() ?? {}
    if (answer === 'nothing') return { rows: [] }
    if ('fails' in answer) throw answer.fails
    const fresh = (JSON.parse(String(statement.values[0])) as MailRow[]).map(({ id }) => id)
    return { rows: [{ moved: true, fresh, shopIds: [], toList: [], ...answer }] }
  }
  const client = { query, on: () => undefined, off: () => undefined, release: () => undefined }
  const counter = (name: string) => ({
    inc: (labels: unknown, by = 1) =>
      void (by > 0 && told.counted.push([name, ...Object.values(labels ?? {}), by])),
  })
  const metrics = createMetrics()
  let ids = 0
  const deps: IntakeDeps = {
    pool: Object.assign(new pg.Pool(), { query, connect: async () => client }),
    sealer: createSealer([{ id: 'test', key: new Uint8Array(32), bindsTenant: true }], systemRandom),
    clock: { ...systemClock, now: () => NOW },
    newId: () => `id-${++ids}`,
    log: {
      info: (...line: unknown[]) => void told.logged.push(['info', ...line]),
      warn: (...line: unknown[]) => void told.logged.push(['warn', ...line]),
    },
    metrics: {
      mails: Object.assign(metrics.mails, counter('mails')),
      mailsByTrust: Object.assign(metrics.mailsByTrust, counter('trust')),
    },
    marketplaces,
    wakeQueue: { wake: async (ids) => void told.woken.push([...ids]) },
  }
  const tracing = { part: (id: string, span: Span) => void spans.push({ id, span }) }
  const rows = <T>(at: number) => JSON.parse(String(stored.at(-1)?.[at])) as T[]
  return {
    asked,
    stored,
    told,
    spans,
    deps,
    rows,
    intake: createIntake(deps),
    traced: createIntake({ ...deps, tracing }),
    /** With a place for a turn in this process, or without one. */
    besideTurns: (isFree: boolean) =>
      createIntake({
        ...deps,
        wakeQueue: {
          ...deps.wakeQueue,
          wakeEarly: (shopId, commit) => {
            beside.set(shopId, commit)
            return isFree
          },
        },
      }),
    beside,
  }
}

describe('what is stored', () => {
  test('mails, what they ask for, and from where to where the mailbox was read, in one statement', async () => {
    const { intake, asked, stored, told, rows } = house({ shopIds: ['r2'] })
    const result = await intake(
      batchOf([mail(['222222-1']), mail(['222222-2'], { uid: 6 }, 'shipped')], { ignored: 3 }),
    )
    expect(asked).toEqual(['store'])
    const [, ...values] = stored[0] ?? []
    expect([...values.slice(0, 9), values[10]]).toEqual([
      'box',
      'me',
      '1',
      '4',
      '1',
      '5',
      3,
      new Date(NOW),
      true,
      0,
    ])
    expect(rows(0)).toMatchObject([
      { id: 'id-1', uid: 5, tenant_id: 't1' },
      { id: 'id-2', uid: 6 },
    ])
    expect(rows(10)).toMatchObject([
      {
        id: 'id-3',
        tenant_id: 't1',
        shop_id: 'r2',
        order_number: '222222-1',
        purpose: 'import',
        source: 'mail',
        mail_id: 'id-1',
        trust: 'verified',
        due_at: new Date(NOW).toISOString(),
      },
    ])
    expect(told.woken).toEqual([['r2']])
    expect(result).toEqual({ recognised: 2, unreadable: 0, duplicates: 0 })
  })

  test('a first reading has nothing before it, and a batch of nothing was no mail', async () => {
    const { intake, stored } = house()
    await intake(batchOf([], { from: null }))
    await intake(batchOf([], { ignored: 1 }))
    expect(stored.map((values) => [values[3], values[4], values[9]])).toEqual([
      [null, null, false],
      ['1', '4', true],
    ])
  })

  test('nothing at all when another process holds the mailbox', async () => {
    for (const answer of [{ moved: false }, 'nothing'] as const) {
      const { intake, told } = house(answer)
      const refused = intake(batchOf([mail(['111111-1'])]))
      await expect(refused).rejects.toThrow(LeaseLost)
      await expect(refused).rejects.toThrow('the mailbox is held by another process')
      expect(told).toEqual({ woken: [], logged: [], counted: [] })
    }
  })

  test('a transaction that lost to another one is made again, alone or with its comparison', async () => {
    const lost = { fails: Object.assign(new Error('deadlock detected'), { code: '40P01' }) }
    const alone = house(lost)
    await alone.intake(batchOf([mail(['111111-1'])]))
    expect(alone.asked).toEqual(['store', 'store'])
    const compared = house(lost)
    await compared.intake(batchOf([unreadable()]))
    const once = ['begin', 'lock r1,r2', 'store']
    expect(compared.asked).toEqual([...once, 'rollback', ...once, 'compare r1,r2', 'commit'])
  })
})

describe('whose list is read soon', () => {
  const compared = async (batch: IntakeBatch, answer: Stored = {}) => {
    const { intake, asked, told } = house(answer)
    await intake(batch)
    return { asked, woken: told.woken[0] }
  }

  test('all shops of the mall whose mail could not be read: locked first, then compared and woken', async () => {
    expect(await compared(batchOf([unreadable()]), { shopIds: ['a1'] })).toEqual({
      asked: ['begin', 'lock r1,r2', 'store', 'compare r1,r2', 'commit'],
      woken: ['a1', 'r1', 'r2'],
    })
  })

  test('none for a mail that was read before', async () => {
    expect(await compared(batchOf([unreadable()]), { fresh: [] })).toEqual({
      asked: ['begin', 'lock r1,r2', 'store', 'commit'],
      woken: [],
    })
  })

  test('all of a mailbox that was replaced', async () => {
    const to = { uidValidity: 2n, lastUid: 5 }
    expect((await compared(batchOf([], { to }))).asked).toContain('compare r1,r2,a1')
    expect((await compared(batchOf([], { to, from: null }))).asked).toEqual(['store'])
  })

  test.each([
    [{ refused: 1, vanished: 0 }, true],
    [{ refused: 0, vanished: 1 }, true],
    [{ refused: 2, vanished: 1 }, true],
    [{ refused: 0, vanished: 0 }, false],
  ])('all where mails could not be had: %o', async (gaps, unseen) => {
    const { intake, asked, stored, told } = house()
    await intake(batchOf([], { gaps }))
    expect(asked.includes('compare r1,r2,a1')).toBe(unseen)
    expect(stored[0]?.[11]).toBe(gaps.refused)
    expect(told.logged).toEqual(
      unseen ? [['warn', { mailboxId: 'box', ...gaps }, 'mailbox: mails could not be had']] : [],
    )
  })

  test('a shop of which strangers name five numbers at once', async () => {
    const strangers = (count: number, trust: SeenMail['trust'], code = '222222') =>
      Array.from({ length: count }, (_, at) => mail([`${code}-${at}`], { trust, uid: at + 5 }))
    expect((await compared(batchOf(strangers(5, 'unknown')))).asked).toContain('compare r2')
    expect((await compared(batchOf(strangers(4, 'unknown')))).asked).toEqual(['store'])
    expect((await compared(batchOf(strangers(6, 'verified')))).asked).toEqual(['store'])
    const two = [...strangers(4, 'unknown'), ...strangers(4, 'unknown', '111111')]
    expect((await compared(batchOf(two))).asked).toEqual(['store'])
  })

  test('a shop of which many strangers’ numbers wait already, once', async () => {
    expect(await compared(batchOf([mail(['111111-1'])]), { toList: ['r1'], shopIds: ['r1'] })).toEqual({
      asked: ['store', 'compare r1'],
      woken: ['r1'],
    })
    const both = await compared(batchOf([unreadable()]), { toList: ['r2', 'a1'] })
    expect(both.asked).toContain('compare r1,r2,a1')
    expect(both.woken).toEqual(['r1', 'r2', 'a1'])
  })
})

describe('what is told of it', () => {
  test('how many were read, not to be read, or known, by trust, and how many were no mall’s', async () => {
    const { intake, told } = house({ fresh: ['id-1', 'id-2', 'id-3'] })
    const mails = [mail(['111111-1']), mail(['111111-2'], { trust: 'unknown' }), unreadable(), unreadable()]
    const result = await intake(batchOf(mails, { ignored: 7 }))
    expect(result).toEqual({ recognised: 2, unreadable: 1, duplicates: 1 })
    expect(told.counted).toEqual([
      ['mails', 'recognised', 2],
      ['mails', 'unreadable', 1],
      ['mails', 'duplicate', 1],
      ['mails', 'ignored', 7],
      ...['verified', 'unknown', 'verified', 'verified'].map((trust) => ['trust', trust, 1]),
    ])
    expect(told.logged).toEqual([
      ['info', { mailboxId: 'box', ...result, ignored: 7 }, 'mailbox: mails read'],
    ])
  })

  test('nothing but a count of the mails of a later mall of which the mailbox has no shop', async () => {
    const recognition = (orderNumbers: string[]) => ({
      marketplace: 'shopify' as const,
      kind: 'new_order' as const,
      orderNumbers,
      reason: null,
    })
    const mails = [['1001'], []].map((numbers) => mail([], { recognition: recognition(numbers) }))
    const without = house()
    expect(await without.intake(batchOf(mails, { ignored: 1 }))).toEqual({
      recognised: 0,
      unreadable: 0,
      duplicates: 0,
    })
    expect(without.rows(0)).toEqual([])
    expect(without.told.counted).toEqual([['mails', 'ignored', 3]])

    const withOne = house({ fresh: ['id-1', 'id-2'] })
    const shops = [...SHOPS, shop('s1', 'shopify', 'mihon-shop')]
    expect(await withOne.intake(batchOf(mails, { shops }))).toMatchObject({ recognised: 1, unreadable: 1 })
    expect(withOne.rows(0)).toHaveLength(2)
  })

  test('nothing in the log of a look that found no mail of a mall', async () => {
    const { intake, told } = house()
    await intake(batchOf([], { ignored: 2 }))
    expect(told.logged).toEqual([])
    expect(told.counted).toEqual([['mails', 'ignored', 2]])
  })

  test.each([
    ['from when it was sent', NOW - 5 * MINUTE, NOW - 5 * MINUTE],
    ['up to an hour ago', NOW - 60 * MINUTE, NOW - 60 * MINUTE],
    ['of now, if it says that it is older', NOW - 60 * MINUTE - 1, NOW],
    ['of now, if it says that it is yet to come', NOW + 1, NOW],
    ['of now, if it says nothing', null, NOW],
  ])('a trace begins with the mail, %s', async (_, sentAt, from) => {
    const { traced, spans } = house()
    await traced(batchOf([mail(['111111-1'], { sentAt: sentAt === null ? null : new Date(sentAt) })]))
    expect(spans).toEqual([
      {
        id: 'id-2',
        span: {
          name: 'mail',
          from,
          to: NOW,
          facts: { mailId: 'id-1', shopId: 'r1', mailboxId: 'box', trust: 'verified' },
        },
      },
    ])
  })

  test('no trace of what was known', async () => {
    const { traced, spans } = house({ fresh: ['id-2'] })
    await traced(batchOf([mail(['111111-1']), mail(['111111-2'])]))
    expect(spans.map(({ span }) => span.facts?.mailId)).toEqual(['id-2'])
  })
})

describe('a shop with a place in this process', () => {
  test('begins its turn beside the statement, and gets what that stored', async () => {
    const { besideTurns, beside, told } = house({ shopIds: ['r2'], preloaded: ['id-2'] })
    const sentAt = new Date(NOW - MINUTE)
    await besideTurns(true)(batchOf([mail(['222222-1'], { sentAt })]))
    expect(await beside.get('r2')).toMatchObject([
      {
        id: 'id-2',
        tenantId: 't1',
        shopId: 'r2',
        orderNumber: '222222-1',
        purpose: 'import',
        source: 'mail',
        mailId: 'id-1',
        mailSeenAt: new Date(NOW),
        mailKind: 'new_order',
        mailSentAt: sentAt,
        orderId: null,
        requestedAt: new Date(NOW),
        attempts: 0,
        brokenAttempts: 0,
        asks: 0,
        trust: 'verified',
        priority: 0,
      },
    ])
    expect(told.woken).toEqual([[]])
  })

  test('is woken behind it for what it did not get', async () => {
    const { besideTurns, beside, told } = house({ shopIds: ['r2'], preloaded: ['id-2'] })
    await besideTurns(true)(batchOf([mail(['222222-1', '222222-2'])]))
    expect(await beside.get('r2')).toHaveLength(1)
    expect(told.woken).toEqual([['r2']])
  })

  test('is not woken for a mail that was read before', async () => {
    const { besideTurns, beside, told } = house({ fresh: [] })
    await besideTurns(true)(batchOf([mail(['222222-1'])]))
    expect(await beside.get('r2')).toBeNull()
    expect(told.woken).toEqual([[]])
  })

  test('is woken behind it where the place was taken', async () => {
    const { besideTurns, told } = house({ shopIds: ['r2'], preloaded: ['id-2'] })
    await besideTurns(false)(batchOf([mail(['222222-1'])]))
    expect(told.woken).toEqual([['r2']])
  })

  test('hears of a statement that failed', async () => {
    const { besideTurns, beside } = house('nothing')
    await expect(besideTurns(true)(batchOf([mail(['222222-1'])]))).rejects.toThrow(LeaseLost)
    await expect(beside.get('r2')).rejects.toThrow(LeaseLost)
  })

  test('waits for the commit of strangers’ mails, of many, and of what brings a comparison', async () => {
    const many = Array.from({ length: 21 }, (_, uid) => mail([`222222-${uid}`], { uid: uid + 5 }))
    for (const mails of [
      [mail(['222222-1'], { trust: 'unknown' })],
      many,
      [mail(['222222-1']), unreadable({ uid: 6 })],
    ]) {
      const { besideTurns, beside } = house({ shopIds: ['r2'] })
      await besideTurns(true)(batchOf(mails))
      expect(beside.size).toBe(0)
    }
  })
})

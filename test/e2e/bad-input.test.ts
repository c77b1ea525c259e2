import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApi, waitFor } from '../../sandbox/demo/client.ts'
import type { SandboxOrder } from '../../sandbox/kit/types.ts'
import { composeMail, type MailOptions } from '../../sandbox/mails/compose-mail.ts'
import type { SimulatedMall } from '../../sandbox/malls/index.ts'
import { type RawCall, rawCall } from '../support/http/calls-by-hand.ts'
import { allOrders, startWorld, type World } from '../support/service/world.ts'

/**
 * Whatever comes in, from clients, malls or mails: nothing falls over, the rest goes on, and the case is
 * shown.
 */

let world: World
let pid: number

beforeAll(async () => {
  world = await startWorld()
  pid = world.service().pid
})

afterEach(async () => {
  for (const mall of ['rakuten', 'yahoo'] as const) await world.mall(mall, 'DELETE', 'faults')
  // Still the same process, and it serves.
  process.kill(pid, 0)
  const ready = await fetch(`${world.service().url}/readyz`)
  expect(ready.status).toBe(200)
})

afterAll(() => world?.close())

const call = (method: string, path: string, more: RawCall = {}) =>
  rawCall(world.service().url, method, path, { key: world.registration.apiKey, ...more })

/** Connections that the kernel keeps for a process until it takes them; 4,096 as a rule. */
const acceptable = () => {
  const limit = '/proc/sys/net/core/somaxconn'
  return existsSync(limit) ? Number(readFileSync(limit, 'utf8')) : 128
}

const problem = (status: number, code: string, field?: string) => ({
  status,
  json: { code, ...(field ? { errors: expect.arrayContaining([expect.objectContaining({ field })]) } : {}) },
})

describe('from a client', () => {
  const operator = () => createApi(world.service().url, world.operatorKey)
  const newKey = (tenantId: string) =>
    operator().post<{ id: string; key: string }>('/admin/api-keys', { tenantId, name: '試験用' })

  test('of 1,500 who connect at a moment none has to try again', async () => {
    // As busy as a process can be. Whom the kernel has no room for hears nothing until a second try.
    process.kill(pid, 'SIGSTOP')
    const sockets: Socket[] = []
    const many = Math.min(1_500, acceptable())
    try {
      let connected = 0
      for (let n = 0; n < many; n += 1)
        sockets.push(connect(Number(new URL(world.service().url).port), '127.0.0.1', () => (connected += 1)))
      await expect.poll(() => connected, { timeout: 10_000 }).toBe(many)
    } finally {
      process.kill(pid, 'SIGCONT')
      for (const socket of sockets) socket.destroy()
    }
  })

  test('no key, an unknown, an expired and a revoked one are 401', async () => {
    const [expired, revoked] = [
      await newKey(world.registration.tenantId),
      await newKey(world.registration.tenantId),
    ]
    await world.database.db.apiKey.update({
      where: { id: expired.id },
      data: { expiresAt: new Date(Date.now() - 1000) },
    })
    await call('DELETE', `/admin/api-keys/${revoked.id}`, { key: world.operatorKey })
    const unknown = 'trk_nobody-has-this-key'
    for (const key of ['', unknown, expired.key, revoked.key]) {
      const headers = { authorization: key === '' ? '' : `Bearer ${key}` }
      const answer = await call('GET', '/board', { headers })
      expect(answer).toMatchObject(problem(401, 'UNAUTHENTICATED'))
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /)
    }
  })

  test('what belongs to another tenant is 404', async () => {
    const order = world.sandbox.malls.rakuten.place()
    const { id } = await staged(order)
    const { key } = await newKey((await operator().post<{ id: string }>('/admin/tenants', STRANGER)).id)
    const { shops, mailboxId } = world.registration
    const paths = [`/orders/${id}`, `/shops/${shops.rakuten}`, `/mailboxes/${mailboxId}`]
    for (const path of paths)
      expect(await call('GET', path, { key })).toMatchObject(problem(404, 'NOT_FOUND'))
    const numbers = { shopId: shops.rakuten, orderNumbers: [order.orderNumber] }
    expect(await call('POST', '/orders/import', { key, body: numbers })).toMatchObject(
      problem(404, 'NOT_FOUND'),
    )
    expect(await call('PATCH', paths[1] as string, { key, body: { name: '乗っ取り' } })).toMatchObject(
      problem(404, 'NOT_FOUND'),
    )
  })

  test('malformed JSON is 422 and says where, never what', async () => {
    const text = '{"name": "秘密の名前",\n "code": }'
    const answer = await call('POST', '/shops', { text })
    expect(answer).toMatchObject(problem(422, 'VALIDATION_FAILED', 'body'))
    expect(answer.json.detail).toContain('2 行 10 文字目')
    expect(JSON.stringify(answer.json)).not.toContain('秘密')
  })

  test('a wrong, a missing and an unknown field are named', async () => {
    const body = { marketplace: 'rakuten', code: 7, naem: '店' }
    const answer = await call('POST', '/shops', { body })
    expect(answer).toMatchObject(problem(422, 'VALIDATION_FAILED'))
    const fields = answer.json.errors.map((error: { field: string; code: string }) => [
      error.field,
      error.code,
    ])
    expect(fields).toEqual([
      ['code', 'invalid_type'],
      ['name', 'required'],
      ['naem', 'unknown_field'],
    ])
  })

  test.each([['/board'], ['/contract'], ['/mark-rules'], ['/move-rules']])(
    'GET %s, which takes no parameters, names those that it is sent',
    async (path) => {
      const answer = await call('GET', `${path}?shopId=00000000-0000-4000-8000-000000000000`)
      expect(answer).toMatchObject(problem(422, 'VALIDATION_FAILED', 'shopId'))
      expect(answer.json.errors).toMatchObject([{ code: 'unknown_field' }])
      expect(await call('GET', path)).toMatchObject({ status: 200 })
    },
  )

  test('a mailbox inside the operator’s network is refused and not stored', async () => {
    const before = await world.database.db.mailbox.count()
    const login = { name: '社内', username: 'a', password: 'b' }
    for (const host of ['10.1.2.3', '192.168.0.10', '169.254.169.254', '127.0.0.2', 'localhost', '::1']) {
      const answer = await call('POST', '/mailboxes', { body: { ...login, host } })
      expect(answer, host).toMatchObject(problem(422, 'HOST_NOT_ALLOWED', 'host'))
    }
    const { mailboxId } = world.registration
    const moved = { body: { host: '10.1.2.3', password: 'b' } }
    expect(await call('PATCH', `/mailboxes/${mailboxId}`, moved)).toMatchObject(
      problem(422, 'HOST_NOT_ALLOWED', 'host'),
    )
    expect(await world.database.db.mailbox.count()).toBe(before)
  })

  test('credentials of a wrong shape are refused by field and leave no trace', async () => {
    const counts = async () => [
      await world.database.db.shop.count(),
      await world.database.db.auditEntry.count(),
    ]
    const before = await counts()
    const secret = 'SL000000_鍵鍵鍵'
    const shop = { marketplace: 'rakuten', code: '400009', name: '新店' }
    const wrong = { serviceSecret: 'SP000000_exampleexample12', licenseKey: secret }
    const field = 'credentials.licenseKey'
    const added = await call('POST', '/shops', { body: { ...shop, credentials: wrong } })
    expect(added).toMatchObject(problem(422, 'VALIDATION_FAILED', field))
    const path = `/shops/${world.registration.shops.rakuten}`
    const changed = await call('PATCH', path, { body: { credentials: wrong } })
    expect(changed).toMatchObject(problem(422, 'VALIDATION_FAILED', field))
    expect(await counts()).toEqual(before)
    expect(JSON.stringify([added.json, changed.json]) + world.service().output()).not.toContain(secret)
  })

  test('a body that is too large is 413', async () => {
    const body = { shopId: 'x'.repeat(1024 * 1024) }
    const answer = await call('POST', '/orders/pull', { body })
    expect(answer).toMatchObject(problem(413, 'PAYLOAD_TOO_LARGE'))
    expect(answer.json.detail).toContain('64 KiB')
  })
})

const STRANGER = { name: '別の会社', emails: ['other@sandbox.example'], status: 'active' }

interface Found {
  id: string
  warningCount: number
  itemLines: number
}

async function staged({ orderNumber }: Pick<SandboxOrder, 'orderNumber'>): Promise<Found> {
  const orders = await waitFor(
    `${orderNumber} staged`,
    () => allOrders(world),
    (list) => list.some((order) => order.orderNumber === orderNumber),
    { limitMs: 20_000 },
  )
  return orders.find((order) => order.orderNumber === orderNumber) as unknown as Found
}

interface ShownRequest {
  id: string
  orderNumber: string
  state: string
  outcome: string | null
  message: string | null
}

/** Whichever order it hit: the request whose call came to nothing, as staff see it. */
async function shownRequest(mall: SimulatedMall, outcome: RegExp): Promise<ShownRequest> {
  const path = `/import-requests?shopId=${world.registration.shops[mall]}`
  const list = await waitFor(
    `a request that shows ${outcome}`,
    () => world.registration.client.get<{ importRequests: ShownRequest[] }>(path),
    ({ importRequests }) => importRequests.some((request) => outcome.test(request.outcome ?? '')),
    { limitMs: 20_000 },
  )
  return list.importRequests.find((request) => outcome.test(request.outcome ?? '')) as ShownRequest
}

describe('from a mall', () => {
  const answers = [
    {
      what: 'an answer of 200 MB',
      mall: 'rakuten',
      operation: 'getOrder',
      kind: 'huge',
      outcome: /TOO_LARGE/,
    },
    {
      what: 'an answer of 200 MB',
      mall: 'yahoo',
      operation: 'orderInfo',
      kind: 'huge',
      outcome: /TOO_LARGE/,
    },
    { what: 'an XML bomb', mall: 'yahoo', operation: 'orderInfo', kind: 'xml-bomb', outcome: /MALFORMED/ },
  ] as const

  test.each(answers)('$what from $mall is shown, and the other orders go on', async (given) => {
    const { mall, operation, kind, outcome } = given
    const before = await peakMemory(pid)
    await world.mall(mall, 'PUT', 'faults', [{ kind, operation }])
    const hit = world.sandbox.malls[mall].place()
    const request = await shownRequest(mall, outcome)
    expect(request.orderNumber).toBe(hit.orderNumber)
    expect(request.message).toMatch(/[ぁ-ん]。$/)
    await staged(world.sandbox.malls[mall === 'yahoo' ? 'rakuten' : 'yahoo'].place())
    await world.mall(mall, 'DELETE', 'faults')
    await staged(world.sandbox.malls[mall].place())

    const { status } = await call('POST', `/import-requests/${request.id}/retry`)
    expect([200, 409]).toContain(status)
    await staged(hit)
    expect((await peakMemory(pid)) - before).toBeLessThan(150)
  })

  test('an order whose price is no number is shown, and those asked for with it are staged', async () => {
    const { rakuten } = world.sandbox.malls
    const prices = { PackageModelList: [{ ItemModelList: [{ price: '一万円' }] }] }
    const [before, broken, after] = [rakuten.place(), rakuten.place({ overrides: prices }), rakuten.place()]
    const request = await shownRequest('rakuten', /MALFORMED/)
    // It may have been cut short on its way, so it is asked for again before it is given up.
    expect(request).toMatchObject({ orderNumber: broken.orderNumber, state: 'waiting' })
    for (const order of [before, after]) await staged(order)
  })

  const strange = [
    {
      what: 'a negative price',
      rakuten: { PackageModelList: [{ ItemModelList: [{ price: -500, priceTaxIncl: -500 }] }] },
      yahoo: { Item: [{ UnitPrice: -500 }] },
      lines: 1,
      code: 'NEGATIVE_PRICE',
    },
    {
      what: '2,000 lines',
      rakuten: {
        PackageModelList: [
          { ItemModelList: Array.from({ length: 2000 }, (_, n) => ({ itemDetailId: n + 1 })) },
        ],
      },
      yahoo: { Item: Array.from({ length: 2000 }, (_, n) => ({ LineId: n + 1 })) },
      lines: 2000,
      code: null,
    },
  ]

  test.each(strange)('an order with $what is staged, with a warning where it is wrong', async (given) => {
    for (const mall of ['rakuten', 'yahoo'] as const) {
      const odd = world.sandbox.malls[mall].place({ overrides: given[mall] })
      const next = world.sandbox.malls[mall].place()
      const { id, warningCount, itemLines } = await staged(odd)
      expect(itemLines).toBeGreaterThanOrEqual(given.lines)
      await staged(next)
      const { json } = await call('GET', `/orders/${id}`)
      const codes = json.detail.warnings.map((warning: { code: string }) => warning.code)
      expect(codes).toHaveLength(warningCount)
      if (given.code) expect(codes).toContain(given.code)
    }
  })
})

describe('from a mailbox', () => {
  const LOOK: Omit<MailOptions, 'messageId'> = {
    to: 'orders@sandbox.example',
    charset: 'utf-8',
    shape: 'plain',
    transfer: '8bit',
  }
  const BIG = 50 * 1024 * 1024

  /** An order whose own mail was lost, and a mail about it. */
  function mailOf(mall: SimulatedMall, look: Partial<MailOptions> = {}) {
    const order = world.sandbox.withoutMail(() => world.sandbox.malls[mall].place())
    return { order, mail: composeMail({ type: 'placed', order }, { ...LOOK, ...look }) }
  }
  const deliver = (mail: Buffer) => world.sandbox.imap.deliver(world.sandbox.mailbox.username, mail)
  const filler = (bytes: number) => Buffer.alloc(bytes, `${'x'.repeat(74)}\r\n`)

  async function unreadable(matches: (mail: { size: number }) => boolean) {
    const { mails } = await waitFor(
      'a mail shown as unreadable',
      async () => (await call('GET', '/admin/mails?state=unreadable', { key: world.operatorKey })).json,
      (list: { mails: { size: number }[] }) => list.mails.some(matches),
      { limitMs: 20_000 },
    )
    return mails.find(matches) as unknown as { size: number; marketplace: string; reason: string }
  }

  test('a mail of 50 MB is read at its beginning, and shown when nothing stands there', async () => {
    const before = await peakMemory(pid)
    const { order, mail } = mailOf('rakuten')
    deliver(Buffer.concat([mail, filler(BIG)]))
    await staged(order)

    const late = mailOf('rakuten')
    const end = late.mail.indexOf('\r\n\r\n') + 4
    deliver(Buffer.concat([late.mail.subarray(0, end), filler(BIG), late.mail.subarray(end)]))
    const shown = await unreadable((one) => one.size > BIG)
    expect(shown).toMatchObject({ marketplace: 'rakuten', reason: expect.stringMatching(/。$/) })
    await staged(world.sandbox.malls.rakuten.place())
    expect((await peakMemory(pid)) - before).toBeLessThan(150)
  })

  test.each(['x-unknown-9', 'iso-2022-jp', 'utf-7'])(
    'a mail that falsely claims %s is read all the same',
    async (claimed) => {
      const { order, mail } = mailOf('yahoo', { charset: 'shift_jis' })
      const text = mail.toString('latin1').replace(/charset="?[\w-]+"?/gi, `charset=${claimed}`)
      deliver(Buffer.from(text, 'latin1'))
      await staged(order)
    },
  )

  test('a mail of broken bytes is shown, and the next one is read', async () => {
    const { mail } = mailOf('rakuten', { charset: 'iso-2022-jp' })
    const end = mail.indexOf('\r\n\r\n') + 4
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * 151) % 256))
    const broken = Buffer.concat([mail.subarray(0, end), noise])
    deliver(broken)
    const shown = await unreadable((one) => one.size === broken.length)
    expect(shown).toMatchObject({ marketplace: 'rakuten', reason: expect.stringMatching(/。$/) })
    await staged(world.sandbox.malls.rakuten.place())
  })
})

/** Most memory that a process ever held, in MiB; 0 where the system does not tell. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? []
  return kib === undefined ? 0 : Number(kib) / 1024
}

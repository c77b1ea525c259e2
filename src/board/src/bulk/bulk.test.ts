import { afterEach, describe, expect, test, vi } from 'vitest'
import { ApiProblem } from '../api.ts'
import { acceptOrders, changeResult, type Picked, refusedOf, requestChanges } from './bulk.ts'
import { reasonAgainst } from './left-out.tsx'
import { beyond } from './mall-field.tsx'
import { changeOf, typedOf } from './order-change.tsx'
import { readPasted } from './ship-dialog.tsx'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))

const order = (id: string, more: Partial<Picked> = {}): Picked => ({
  id,
  orderNumber: `no-${id}`,
  marketplace: 'yahoo',
  shopId: 's',
  status: 'new',
  changeState: 'none',
  mallState: 'open',
  holds: [],
  onHoldDate: null,
  ...more,
})
const known = new Map(['a', 'b', 'c'].map((id) => [id, order(id)]))
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

interface Call {
  path: string
  key: string | null
  body: { changes: { orderId: string }[] }
}

/** Answers one after the other, and keeps what was asked. */
function answering(...answers: ((call: Call) => Response)[]): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname
    const call = { path, key: request.headers.get('idempotency-key'), body: await request.json() }
    calls.push(call)
    const next = answers[calls.length - 1]
    if (!next) throw new Error('asked too often')
    return next(call)
  })
  return calls
}

afterEach(() => vi.unstubAllGlobals())

const accepted = ({ body }: Call) =>
  json(202, {
    changes: body.changes.map(({ orderId }) => ({
      id: `change-${orderId}`,
      orderId,
      orderNumber: `no-${orderId}`,
      state: 'queued',
      message: null,
      nextStep: null,
      waitingFor: null,
    })),
  })

describe('a bulk change', () => {
  test('names what was refused, and asks for the others again without it', async () => {
    const calls = answering(
      () =>
        json(422, {
          code: 'VALIDATION_FAILED',
          errors: [{ field: 'changes[1].parcels[0].trackingNumber', message: '桁数が正しくありません。' }],
        }),
      accepted,
    )
    const changes = ['a', 'b', 'c'].map((orderId) => ({ orderId, action: 'confirm' as const }))
    const results = await requestChanges(known, changes, () => undefined)
    expect(calls.map(({ body }) => body.changes.map((change) => change.orderId))).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ])
    expect(calls[0]?.key).not.toBe(calls[1]?.key)
    expect(results.map(({ orderId, state, text }) => [orderId, state, text.slice(0, 4)])).toEqual([
      ['b', 'failed', '桁数が正'],
      ['a', 'waiting', '受け付け'],
      ['c', 'waiting', '受け付け'],
    ])
  })

  test('is thrown back to its form when the session is over, unless part of it was taken', async () => {
    const over = () => json(401, { code: 'UNAUTHENTICATED', detail: 'ログインしてください。' })
    const changes = Array.from({ length: 501 }, (_, at) => ({ orderId: `${at}`, action: 'confirm' as const }))
    answering(over)
    await expect(requestChanges(known, changes, () => undefined)).rejects.toMatchObject({ status: 401 })
    answering(accepted, over)
    const results = await requestChanges(known, changes, () => undefined)
    expect([results.length, results.at(-1)?.state, results[0]?.state]).toEqual([501, 'failed', 'waiting'])
  })

  test('whose answer was lost is sent again under its key', async () => {
    const calls = answering(() => {
      throw new TypeError('Failed to fetch')
    }, accepted)
    await requestChanges(known, [{ orderId: 'a', action: 'confirm' }], () => undefined)
    expect(calls).toHaveLength(2)
    expect(calls[0]?.key).toBe(calls[1]?.key)
    expect(calls[0]?.key).toMatch(/^[0-9a-f]{32}$/)
  })

  test.each([
    ['succeeded', 'ok'],
    ['warning', 'warning'],
    ['failed', 'failed'],
    ['changing', 'waiting'],
  ] as const)('that is %s counts as %s, as the list counts it', (state, counted) => {
    const change = { state, message: 'x', nextStep: null, waitingFor: null }
    expect(changeResult(change).state).toBe(counted)
  })

  test('fields of no change of the request are nobody’s', () => {
    const problem = new ApiProblem(422, {
      errors: [
        { field: 'changes[7].orderId', message: 'x' },
        { field: 'changes', message: 'y' },
      ],
    })
    expect(refusedOf(problem, 3).size).toBe(0)
  })
})

test('staged orders are moved until nothing remains, and nothing is pulled', async () => {
  const part = (ids: string[], remaining: number) => () =>
    json(200, {
      orders: ids.map((id) => ({ orderId: id, orderNumber: `no-${id}`, version: 2 })),
      remaining,
      desks: [],
    })
  const calls = answering(part(['a', 'b'], 1), part(['c'], 0))
  const told: [number, number][] = []
  const results = await acceptOrders({}, (done, left) => told.push([done, left]))
  expect(results.map(({ orderId }) => orderId)).toEqual(['a', 'b', 'c'])
  expect(told).toEqual([
    [2, 1],
    [3, 0],
  ])
  expect(calls.map(({ path }) => path)).toEqual(['/v1/orders/accept', '/v1/orders/accept'])
})

describe('pasted tracking numbers', () => {
  const orders = ['a', 'b', 'c'].map((id) => order(id))
  const read = (text: string) => {
    const { byId, unknown } = readPasted(text, orders)
    return [Object.fromEntries(byId), unknown]
  }
  test('a column alone goes by the order of the list', () => {
    expect(read('111122223333\r\n4444-5555-6666\r\n')).toEqual([{ a: '111122223333', b: '444455556666' }, 0])
  })
  test('with order numbers in any order and on either side', () => {
    expect(read('NO-C\t111122223333\n444455556666\tno-a')).toEqual([
      { c: '111122223333', a: '444455556666' },
      0,
    ])
  })
  test('lines of one order go to its parcels one after the other', () => {
    const parcels = ['a/1', 'a/2'].map((id) => ({ id, orderNumber: 'no-a' }))
    const { byId } = readPasted('no-a\t111122223333\nno-a\t444455556666', parcels)
    expect(Object.fromEntries(byId)).toEqual({ 'a/1': '111122223333', 'a/2': '444455556666' })
  })
  test('a head is passed over, a line of another order is counted', () => {
    expect(read('受注番号,送り状番号\nno-b,111122223333\nno-x,444455556666')).toEqual([
      { b: '111122223333' },
      1,
    ])
  })
})

describe('an order that an action is hardly meant for', () => {
  test.each([
    ['ship', { mallState: 'cancelled' }, 'cancelled'],
    ['ship', { status: 'on_hold' }, 'onHold'],
    ['ship', { holds: ['stock'] }, 'held'],
    ['ship', { changeState: 'queued' }, 'changing'],
    ['ship', { mallState: 'shipped' }, 'shipped'],
    ['move', { status: 'cancelled' }, 'cancelled'],
    ['move', { status: 'on_hold' }, null],
    ['release', { status: 'on_hold', holds: ['stock'] }, null],
    ['memo', { mallState: 'cancelled' }, null],
    ['pull', {}, null],
    ['ship', { detail: null }, 'noRecipient'],
    ['ship', { detail: { recipients: [] } }, 'noRecipient'],
    ['move', { detail: null }, null],
    ['ship', {}, null],
  ] as const)('%s, %j: %s', (bulk, more, reason) => {
    expect(reasonAgainst(order('a', more as unknown as Partial<Picked>), bulk)).toBe(reason)
  })
})

describe('a change that is entered beside the order', () => {
  const field = (name: string, now: string, more: { type?: 'number'; nullable?: true } = {}) => ({
    path: name,
    limit: undefined,
    now,
    ...more,
    field: {
      name,
      label: name,
      type: more.type ?? ('text' as const),
      choices: null,
      help: null,
      required: false,
    },
  })
  const form = [
    {
      title: '1',
      entry: { list: 'recipients', names: { recipientId: 'a' } },
      fields: [field('city', '中央区'), field('wishTime', '午前', { nullable: true })],
    },
    {
      title: '2',
      entry: { list: 'recipients', names: { recipientId: 'b' } },
      fields: [field('phone', '03')],
    },
    { title: '3', fields: [field('shippingFee', '', { type: 'number' }), field('buyerNote', '急ぎ')] },
  ]
  test('sends what was typed over, under the name of its entry, and nothing else', () => {
    expect(changeOf(form, { city: '港区', shippingFee: '550', buyerNote: '急ぎ' })).toEqual({
      recipients: [{ recipientId: 'a', city: '港区' }],
      shippingFee: 550,
    })
    expect(changeOf(form, { city: '中央区' })).toEqual({})
  })
  test('empties a text, and takes a wish away', () => {
    expect(changeOf(form, { wishTime: '', buyerNote: '' })).toEqual({
      recipients: [{ recipientId: 'a', wishTime: null }],
      buyerNote: '',
    })
  })
  test('what was asked for is in its fields again, and is asked for alike', () => {
    const asked = { recipients: [{ recipientId: 'a', city: '港区', wishTime: null }], shippingFee: 550 }
    expect(changeOf(form, typedOf(form, asked))).toEqual(asked)
    expect(typedOf(form, { recipients: [{ recipientId: 'b', city: '港区' }] })).toEqual({})
    const alike = [...form, ...form].map((group) => ({ ...group, entry: { list: 'parcels', names: {} } }))
    expect(typedOf(alike, { parcels: [{ city: '港区' }] })).toEqual({})
  })
  test('leaves what is no number to the service, which names the field', () => {
    expect(changeOf(form, { shippingFee: '五百' })).toEqual({ shippingFee: '五百' })
  })
  test.each([
    [{ maxBytes: 9, maxCharacters: null, max: null }, 'あああ', null],
    [{ maxBytes: 9, maxCharacters: null, max: null }, 'ああああ', '備考は9バイトまでです'],
    [{ maxBytes: null, maxCharacters: 3, max: null }, 'ああああ', '備考は3文字までです'],
    [{ maxBytes: null, maxCharacters: null, max: 999 }, '1000', '備考は999までです'],
  ])('limit %j of %s', (limit, value, words) => {
    const found = beyond({ field: 'x', label: '備考', taken: true, ...limit }, value)
    if (words === null) expect(found).toBeNull()
    else expect(found).toContain(words)
  })
})

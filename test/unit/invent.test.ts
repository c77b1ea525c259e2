import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderShape } from '../../sandbox/kit/types.ts'
import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import {
  SANDBOX_SHOPS,
  SHAPES_OF,
  SIMULATED_MALLS,
  type SimulatedMall,
  startMalls,
} from '../../sandbox/malls/index.ts'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { createInventor } from '../../src/ops/invent.ts'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { cappedHttp, testTools } from '../support/malls/test-kit.ts'
import { testMalls } from '../support/malls/test-malls.ts'

/** Fixtures that leave a machine: no value of a person or a shop is left in them, and their form is. */

const inventor = () => createInventor(Buffer.alloc(32, 7))
let malls: Awaited<ReturnType<typeof startMalls>>
beforeAll(async () => {
  malls = await startMalls(() => ({ port: 0, seed: TEST_SEED % 100_000, requestsPerSecond: 1_000 }))
})
afterAll(() => Promise.all(Object.values(malls).map((mall) => mall.close())))

async function answersOf(mall: SimulatedMall) {
  const simulator = malls[mall]
  const marketplace = testMalls(simulator).get(mall)
  if (!marketplace) throw new Error(mall)
  const { code: shopCode } = SANDBOX_SHOPS[mall]
  const shapes: readonly (OrderShape | undefined)[] = [...SHAPES_OF[mall], ...Array(30).fill(undefined)]
  const placed = shapes.map((shape) => simulator.place({ shopCode, ...(shape ? { shape } : {}) }))
  const credentials = marketplace.credentials.parse(simulator.credentialsFor(shopCode))
  const tools = testTools({ clock: simulator.clock, http: cappedHttp(20_000) })
  const session = marketplace.open({ shopId: 'shop', shopCode, credentials }, tools)
  const found: { raw: string; order: NormalisedOrder }[] = []
  const numbers = placed.map(({ orderNumber }) => orderNumber)
  for await (const one of session.fetchOrders(numbers, new AbortController().signal))
    if (one.kind === 'found') found.push({ raw: one.raw, order: one.order })
  return { found, placed }
}

/** Everything of an order that is somebody's: people, words, numbers, parcels, what was bought. */
function privateValues(order: NormalisedOrder): string[] {
  const people = [order.buyer, ...order.recipients.map(({ person }) => person)]
  const texts = [
    order.orderNumber,
    ...people.flatMap((person) => Object.values(person)),
    ...Object.values(order.notes),
    order.payment.cardLast4,
    ...order.recipients.flatMap(({ gift, pickup, parcels, wish }) => [
      ...[gift.message, gift.noshi, pickup?.name, pickup?.address, pickup?.code, wish.dropOff],
      ...parcels.map(({ trackingNumber }) => trackingNumber),
    ]),
    ...order.items.flatMap(({ name, itemCode, sku, options }) => [
      name,
      itemCode,
      sku,
      ...options.map(({ value }) => value),
    ]),
    ...order.discounts.map(({ code }) => code),
  ]
  return texts
    .flatMap((text) => (text ? [text, ...text.split(/[\s()[\]・]+/)] : []))
    .filter((text) => text.length >= 3)
}

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  it('answers are left without any value of theirs, and are read as the same form', async () => {
    const { found, placed } = await answersOf(mall)
    expect(found.length).toBeGreaterThan(20)
    const { answer, mail } = inventor()
    const written = found.map(({ raw }) => answer(raw))
    const whole = written.join('\n')
    const values = new Set(found.flatMap(({ order }) => privateValues(order)))
    expect([...values].filter((value) => !isCommon(value) && whole.includes(value))).toEqual([])
    for (const [at, { raw }] of found.entries())
      expect(shapeOf(written[at] ?? '').split(',')).toEqual(shapeOf(raw).split(','))
    // Mails too, with the numbers that stand in the answers.
    for (const order of placed.slice(0, 10)) {
      const source = composeMail(
        { type: 'placed', order },
        { to: 'a@example.jp', charset: 'utf-8', shape: 'plain' },
      )
      const text = Buffer.from(source.toString().split('\r\n\r\n').slice(1).join('\n'), 'base64').toString(
        'utf8',
      )
      expect(text).toContain(order.orderNumber)
      const invented = mail(text, ['注文番号'])
      expect([...values].filter((value) => !isCommon(value) && invented.includes(value))).toEqual([])
    }
  })
})

/** Words that all orders share and nobody is known by. */
const isCommon = (value: string): boolean =>
  /^(?:..|...)[都道府県]$|^\d{1,5}$|^\d{4}-\d{2}-\d{2}$/.test(value)

const janDigit = (body: string): string => {
  const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3), 0)
  return String((10 - (sum % 10)) % 10)
}

/** Structure, with each letter as its kind. */
const shapeOf = (text: string): string =>
  (text.trimStart().startsWith('{') ? JSON.stringify(JSON.parse(text)) : text)
    .replace(/&#x?[0-9A-Fa-f]+;/g, '漢')
    .replace(/[\p{Lo}\p{Lm}\p{M}\p{Co}\p{So}\p{No}\p{Nl}]/gu, '漢')
    .replace(/[０-９]/g, '０')
    .replace(/[0-9]/g, '0')
    .replace(/[a-z]/g, 'a')
    .replace(/[A-Z]/g, 'A')

describe('an invented value', () => {
  const kinds = fc.constantFrom(...'0189azAZあんアン髙﨑見本①㈱𠮷ｱﾝＡ９-ー 　@.,()々')
  const text = fc.string({ unit: kinds, minLength: 1, maxLength: 40 })

  it('has the length and the kinds of the first, and none of its letters in their places', () => {
    fc.assert(
      fc.property(text, (original) => {
        const invented = inventor().value(original)
        expect([...invented]).toHaveLength([...original].length)
        for (const [at, letter] of [...original].entries()) {
          if (!/[\p{L}\p{N}]/u.test(letter) || /[ー々]/.test(letter)) continue
          if (at === 0 && letter === '0') continue
          expect([at, [...invented][at]]).not.toEqual([at, letter])
        }
      }),
      { numRuns: 500, seed: TEST_SEED },
    )
  })

  it('is the same for the same value in one export, and another in the next', () => {
    const one = inventor()
    expect(one.value('山田太郎')).toBe(one.value('山田太郎'))
    expect(createInventor(Buffer.alloc(32, 8)).value('090-1234-5678')).not.toBe(one.value('090-1234-5678'))
  })

  it('keeps check digits right, prefectures prefectures and zeros in front', () => {
    const one = inventor()
    const body = '40000000001'
    const tracking = one.value(`${body}${BigInt(body) % 7n}`)
    expect(tracking.at(-1)).toBe(String(BigInt(tracking.slice(0, -1)) % 7n))
    expect(tracking.slice(0, -1)).not.toBe(body)
    expect(janDigit(one.value('4901234567894').slice(0, -1))).toBe(one.value('4901234567894').at(-1))
    expect(one.value('東京都千代田区1-2')).toMatch(/^..[都道府県]/)
    expect(one.value('神奈川県横浜市')).toMatch(/^(?:和歌山県|鹿児島県)/)
    expect(one.value('09012345678')).toMatch(/^0\d{10}$/)
  })

  it('replaces what a field of codes holds that is no code', () => {
    const { answer } = inventor()
    const written = answer(
      '{"orderStatus":"山田様対応中","totalPrice":1200,"memoType":"山田","deliveryDate":"2026-11-30"}',
    )
    expect(written).not.toMatch(/山田|対応/)
    expect(JSON.parse(written)).toMatchObject({ totalPrice: 1200, deliveryDate: '2026-11-30' })
    const xml = answer(
      '<A><ShipLastName><![CDATA[山<田]]></ShipLastName><Memo>&#x5c71;田 &amp; 花子</Memo></A>',
    )
    expect(xml).not.toMatch(/山|田|花|x5c71/)
    expect(xml).toMatch(
      /^<A><ShipLastName><!\[CDATA\[.<.\]\]><\/ShipLastName><Memo>〓. &amp; ..<\/Memo><\/A>$/,
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DETAIL_FIELDS, ORDER_FIELDS } from '../../sandbox/malls/aupay/sim-order.ts'
import { toOrder as toAmazon } from '../../src/marketplaces/amazon/orders/to-order.ts'
import { toOrder as toAuPay } from '../../src/marketplaces/aupay/orders/to-order.ts'
import { WireError } from '../../src/marketplaces/kit/field-reader.ts'
import { elementsAt, parseXml, type XmlElement } from '../../src/marketplaces/kit/xml.ts'
import { MarketplaceFailure } from '../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { toOrder as toRakuten } from '../../src/marketplaces/rakuten/orders/to-order.ts'
import { toOrder as toYahoo } from '../../src/marketplaces/yahoo/orders/to-order.ts'
import { FIELD_GROUPS } from '../../src/marketplaces/yahoo/wire.ts'
import { testMalls } from '../support/malls/test-malls.ts'
import { orderWith } from './amazon/fixtures/order.ts'
import { ORDER_XML } from './aupay/fixtures/order.ts'
import { sampleOrder } from './rakuten/fixtures/order.ts'
import { orderInfo } from './yahoo/fixtures/order-info.ts'

/**
 * What a mall says is never thrown away: whatever stands in a text field of its answer is found in the order,
 * in our form or, where it does not fit that, as it came. Only what an order cannot be understood without may
 * refuse it; then the raw answer is kept.
 */

interface Mall {
  sample: object
  read(order: object): NormalisedOrder
}

const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']))
const { Item, OrderInfo, ...groups } = FIELD_GROUPS
const yahoo = orderInfo()
const yahooSample = {
  ...all(OrderInfo),
  ...yahoo,
  ...Object.fromEntries(
    Object.entries(groups).map(([group, names]) => [
      group,
      { ...all(names), ...(yahoo[group] as XmlElement) },
    ]),
  ),
  Item: [{ ...all(Item), ...(yahoo.Item as XmlElement[])[0] }],
}
const [aupay = {}] = elementsAt(parseXml(`<response>${ORDER_XML}</response>`).content, 'orderInfo')
const aupaySample = {
  ...all(ORDER_FIELDS),
  ...aupay,
  detail: elementsAt(aupay, 'detail').map((line) => ({ ...all(DETAIL_FIELDS), ...line })),
}

const MALLS: Readonly<Record<string, Mall>> = {
  rakuten: { sample: sampleOrder(), read: (order) => toRakuten(order, '654321') },
  amazon: { sample: orderWith({}), read: (order) => toAmazon(order, 'AEXAMPLESELLER') },
  yahoo: {
    sample: yahooSample,
    read: (order) => toYahoo(order as XmlElement, 'hoshizora-tools'),
  },
  aupay: { sample: aupaySample, read: (order) => toAuPay(order as XmlElement, '10000001') },
}

type Path = readonly (string | number)[]

/** Every text and every empty place. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string' || value === null) return [path]
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function withText(value: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text
  if (Array.isArray(value))
    return value.map((entry, index) => (index === key ? withText(entry, rest, text) : entry))
  const object = value as Record<string, unknown>
  return { ...object, [key]: withText(object[key], rest, text) }
}

const textAt = (value: unknown, path: Path): string =>
  String(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], value) ?? '')

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text)
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((child) => holds(child, text))
  )
}

/** Null where the order cannot be read with it. */
function readWith({ sample, read }: Mall, path: Path, text: string): NormalisedOrder | null {
  try {
    return read(withText(sample, path, text) as object)
  } catch (error) {
    if (error instanceof WireError) return null
    if (error instanceof MarketplaceFailure && error.kind === 'malformed') return null
    throw error
  }
}

/** Names that a plain object answers to, though nobody put them there. */
const INHERITED = ['constructor', 'toString', '__proto__']

const MARKETPLACES = [...testMalls().values()]

const ODD = [
  'SW1A 1AA',
  'K1A-0B1 カナダ',
  '〒100 千代田',
  '2026-13-45T',
  '14時ごろ',
  '①髙𠮷',
  "O'Brien: Jr.",
  'x'.repeat(60),
]

describe.each(Object.entries(MALLS))('%s', (_, mall) => {
  const paths = leaves(mall.sample)
  it.each(paths.map((path) => [path.join('.'), path] as const))('keeps what stands in %s', (_, path) => {
    const given = textAt(mall.sample, path)
    for (const text of [...ODD, ...(given === '' ? [] : [`${given} 追記`, `追記 ${given}`])]) {
      const order = readWith(mall, path, text)
      if (order) expect(holds({ ...order, warnings: [] }, text), text).toBe(true)
    }
  })

  it('keeps any text, wherever it stands', () => {
    const written = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => `あ${text}z`)
    fc.assert(
      fc.property(fc.constantFrom(...paths), written, (path, text) => {
        const order = readWith(mall, path, text)
        return order === null || holds({ ...order, warnings: [] }, text)
      }),
    )
  })

  it('finds no meaning of a code in what every object has', () => {
    for (const path of paths)
      for (const name of INHERITED) {
        const unknown = name.replaceAll(/[a-z]/gi, 'q')
        const asIfRead = (text: string) => JSON.stringify(readWith(mall, path, text)).replaceAll(text, '?')
        expect(asIfRead(name), `${name} in ${path.join('.')}`).toBe(asIfRead(unknown))
      }
  })
})

describe.each(MARKETPLACES)('$label', ({ changes }) => {
  it.each(changes?.actions.map((one) => [one.action, one] as const) ?? [])(
    '%s finds no code in what every object has',
    (action, { fields, parameters }) => {
      const shippedOn = action === 'ship' ? { shippedOn: '2026-07-05' } : {}
      for (const { name } of fields.filter(({ choices }) => choices)) {
        const [top, leaf] = name.split('.')
        for (const inherited of INHERITED) {
          const wanted = leaf
            ? { ...shippedOn, [String(top)]: [{ carrier: 'yamato', [leaf]: inherited }] }
            : { [String(top)]: inherited }
          const refused = parameters.safeParse(wanted).error?.issues ?? []
          expect(
            refused.map(({ path }) => path.at(-1)),
            inherited,
          ).toContain(leaf ?? top)
        }
      }
    },
  )
})

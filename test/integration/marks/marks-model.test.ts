import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../../../sandbox/kit/seeded.ts'
import type { NormalisedOrder, OrderPerson } from '../../../src/marketplaces/port/order.ts'
import { addBlocked } from '../../../src/marks/blocked.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import { marksOfOrder } from '../../../src/marks/of-order.ts'
import { NO_RULES } from '../../../src/marks/rules.ts'
import {
  normaliseAddress,
  normaliseEmail,
  normaliseName,
  phoneDigits,
  wholeNameOf,
} from '../../../src/orders/store/search-tokens.ts'
import { type PreparedOrder, prepareOrder, stageOrders } from '../../../src/orders/store/stage.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { played, TEST_SEED } from '../../support/drawn-seed.ts'
import { makeShop, makeTenant, newId, sampleOrder, testSealer } from '../../support/fixtures.ts'

/**
 * The marks that STAGE gives, against a model that compares the orders themselves, in the clear and one by
 * one.
 */

const ORDERS = process.env.TEST_FULL ? 10_000 : 400
/** So that no look-up meets its limit of 500, which says nothing of which 500. */
const PEOPLE = Math.ceil(ORDERS / 25)

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const dice = seeded(TEST_SEED, 30)
const oneOf = <T>(values: readonly T[]): T => dice.pick(values)
const { chance } = dice

const SPELT = [
  (text: string) => text,
  (text: string) => text.replaceAll('-', '－'),
  (text: string) => `${text.slice(0, 1)}　${text.slice(1)}`,
]

interface Person {
  family: string
  given: string
  email: string
  phone: string
  place: number
}

/** Families share a name, a phone and a place; namesakes share a name alone. */
const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, n) => ({
  family: `山田${Math.floor(n / 3)}`,
  given: oneOf(['花子', '太郎', '次郎']),
  email: `buyer${n}@example.jp`,
  phone: `03-0000-${String(Math.floor(n / 2)).padStart(4, '0')}`,
  place: Math.floor(n / 2),
}))

function personOf({ family, given, email, phone, place }: Person): OrderPerson {
  const [order] = sampleOrder('-').recipients
  if (!order) throw new Error('a sample has a recipient')
  const bare = chance(0.1)
  return {
    ...order.person,
    ...(chance(0.2) ? { fullName: oneOf(SPELT)(`${family}${given}`) } : {}),
    familyName: bare ? null : oneOf(SPELT)(family),
    givenName: bare ? null : given,
    familyNameKana: chance(0.3) ? `カナ${family}` : null,
    givenNameKana: chance(0.3) ? 'ハナコ' : null,
    email: chance(0.7) ? email : null,
    phone: chance(0.7) ? oneOf([phone, phone.replaceAll('-', ''), `+81${phone.slice(1)}`]) : null,
    emergencyPhone: chance(0.1) ? oneOf(people).phone : null,
    address1: oneOf(SPELT)(`千代田${place}-1`),
  }
}

function draw(orderNumber: string): NormalisedOrder {
  const plain = sampleOrder(orderNumber)
  const buyer = oneOf(people)
  const recipients = Array.from({ length: chance(0.15) ? 2 : 1 }, (_, n) => ({
    ...(plain.recipients[0] as NormalisedOrder['recipients'][number]),
    id: `r${n}`,
    person: personOf(chance(0.7) ? buyer : oneOf(people)),
    addressPending: chance(0.05),
  }))
  return {
    ...plain,
    orderedAt: new Date(Date.UTC(2026, 0, 1) + dice.int(0, 5_000) * 60_000).toISOString(),
    mallState: oneOf(['open', 'open', 'shipped', 'cancelled']),
    buyer: personOf(buyer),
    recipients,
  }
}

interface Modelled {
  prepared: PreparedOrder
  whole: string
  names: Set<string>
  emails: Set<string>
  phones: Set<string>
  addresses: Set<string>
  own: { email: string; phone: string; places: Set<string> }
  isOpen: boolean
  marks: Set<string>
}

const filled = (texts: string[]): Set<string> => new Set(texts.filter((text) => text !== ''))

function toModelled(prepared: PreparedOrder): Modelled {
  const { order } = prepared
  const { buyer, recipients } = order
  const all = [buyer, ...recipients.map(({ person }) => person)]
  const kana = `${buyer.familyNameKana ?? ''}${buyer.givenNameKana ?? ''}`
  const names = [
    buyer.fullName ?? '',
    buyer.familyName,
    buyer.givenName,
    buyer.familyNameKana,
    buyer.givenNameKana,
  ]
  const together = `${buyer.familyName ?? ''}${buyer.givenName ?? ''}`
  return {
    prepared,
    whole: wholeNameOf(buyer),
    names: filled([...names, together, kana].map(normaliseName)),
    emails: filled(all.map(({ email }) => normaliseEmail(email))),
    phones: filled(
      all.flatMap(({ phone, emergencyPhone }) => [phoneDigits(phone), phoneDigits(emergencyPhone)]),
    ),
    addresses: filled(recipients.map(({ person }) => normaliseAddress(person))),
    own: {
      email: normaliseEmail(buyer.email),
      phone: phoneDigits(buyer.phone),
      places: filled(
        recipients
          .filter(({ addressPending }) => !addressPending)
          .map(({ person }) => normaliseAddress(person)),
      ),
    },
    isOpen: order.mallState === 'open',
    marks: new Set(marksOfOrder(order, NO_RULES.islands)),
  }
}

/**
 * Those that have a mail address, a phone or a place in common, so that ten thousand need not be compared
 * with each other.
 */
const byToken = new Map<string, Modelled[]>()

const tokensOf = (emails: Iterable<string>, phones: Iterable<string>, places: Iterable<string>): string[] => [
  ...[...emails].map((text) => `email ${text}`),
  ...[...phones].map((text) => `phone ${text}`),
  ...[...places].map((text) => `place ${text}`),
]

function note(one: Modelled): void {
  for (const token of tokensOf(one.emails, one.phones, one.addresses))
    byToken.set(token, [...(byToken.get(token) ?? []), one])
}

const near = ({ own }: Modelled): ReadonlySet<Modelled> =>
  new Set(tokensOf([own.email], [own.phone], own.places).flatMap((token) => byToken.get(token) ?? []))

const shares = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  [...one].some((text) => other.has(text))

function sees(one: Modelled, other: Modelled): void {
  const { own, whole } = one
  const named = other.names.has(whole)
  const sameBuyer =
    ((whole === '' || named) && other.emails.has(own.email)) || (named && other.phones.has(own.phone))
  const earlier = Date.parse(other.prepared.order.orderedAt) < Date.parse(one.prepared.order.orderedAt)
  if (sameBuyer && earlier) {
    one.marks.add('repeat_buyer')
    if (other.prepared.order.mallState === 'cancelled') one.marks.add('repeat_canceller')
  }
  if (one.isOpen && other.isOpen && named && shares(own.places, other.addresses)) {
    one.marks.add('combinable')
    other.marks.add('combinable')
  }
}

function blockedBy(one: Modelled, blocked: ReadonlySet<string>): boolean {
  const { buyer, recipients } = one.prepared.order
  return [buyer, ...recipients.map(({ person }) => person)].some((person) =>
    [
      `name ${wholeNameOf(person)}`,
      `name ${normaliseName(`${person.familyNameKana ?? ''}${person.givenNameKana ?? ''}`)}`,
      `phone ${phoneDigits(person.phone)}`,
      `phone ${phoneDigits(person.emergencyPhone)}`,
      `email ${normaliseEmail(person.email)}`,
    ].some((token) => blocked.has(token)),
  )
}

it(
  `${ORDERS} random orders have the marks of the model`,
  () =>
    played(async () => {
      const { db, pool } = database
      const tenant = await makeTenant(db)
      const deps = {
        db,
        pool,
        sealer: testSealer,
        newId,
        clock: systemClock,
        log: createLogger({ level: 'silent' }),
      }
      const shops = await Promise.all(
        ['1', '2'].map((code) => makeShop(db, { tenantId: tenant.id, code, credentials: {} })),
      )
      const blocked = new Set<string>()
      for (let n = 0; n < 4; n += 1) {
        const { family, given, email, phone } = oneOf(people)
        const [kind, value, text] = oneOf([
          ['name', `${family}${given}`, normaliseName(`${family}${given}`)],
          ['phone', phone, phoneDigits(phone)],
          ['email', email, normaliseEmail(email)],
        ] as const)
        await addBlocked(deps, { tenantId: tenant.id, actor: 'key:x' }, { kind, value })
        blocked.add(`${kind} ${text}`)
      }
      const marker = createMarker(deps)
      const here: Modelled[] = []
      for (let placed = 0; placed < ORDERS; ) {
        const shop = { ...oneOf(shops), marketplace: 'rakuten', settings: {} } as const
        const many = oneOf([1, 1, 2, 10, 100])
        const batch = Array.from({ length: many }, (_, n) => {
          const orderNumber = `model-${placed + n}`
          const request = {
            id: newId(),
            tenantId: tenant.id,
            orderNumber,
            purpose: 'import',
            source: 'mail',
          } as const
          const rest = { mailId: null, mailSeenAt: null, mailKind: null, orderId: null, asks: 0 }
          const found = { request: { ...request, ...rest }, order: draw(orderNumber), raw: '-' }
          return toModelled(
            prepareOrder(
              { ...found, rereadAt: undefined, revision: null, takenBack: [] },
              newId(),
              testSealer,
            ),
          )
        })
        placed += many
        here.push(...batch)
        for (const one of batch) note(one)
        for (const one of batch) {
          for (const other of near(one)) if (other !== one) sees(one, other)
          if (blockedBy(one, blocked)) one.marks.add('blocked_buyer')
        }
        const fresh = batch.map(({ prepared }) => prepared)
        const at = new Date(Date.UTC(2026, 1, 1))
        const written = await stageOrders(pool, deps, shop, fresh, at, await marker.prepare(shop, fresh))
        expect([written.staged.size, written.markFailures]).toEqual([many, []])
        await marker.staged(shop, fresh, written)
      }
      const rows = await db.order.findMany({ select: { id: true, marks: true } })
      const found = new Map(rows.map(({ id, marks }) => [id, marks.toSorted()]))
      const wrong = here.flatMap(({ prepared, marks }) => {
        const [expected, is] = [[...marks].sort(), found.get(prepared.orderId)]
        return expected.join() === is?.join() ? [] : [{ order: prepared.order, expected, is }]
      })
      expect(wrong.slice(0, 3)).toEqual([])
      expect([...new Set(here.flatMap(({ marks }) => [...marks]))]).toEqual(
        expect.arrayContaining([
          'repeat_buyer',
          'repeat_canceller',
          'combinable',
          'blocked_buyer',
          'other_recipient',
        ]),
      )
    }),
  600_000,
)

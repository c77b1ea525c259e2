import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { CutLater } from '../http/schemas.ts'
import type { NormalisedOrder, OrderPerson } from '../marketplaces/port/order.ts'
import type { IslandList } from '../orders/places.ts'
import { normaliseItemText } from '../orders/store/search-tokens.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { SealError, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import type { NewId } from '../platform/ids.ts'
import { someKeysOf } from '../platform/narrow.ts'
import { audit, noteOf } from '../shops/tenants/audit.ts'
import { MARKS, RULE_PREFIX } from './of-order.ts'

/** A tenant's own rules (注文検出): conditions on fields with literal values; no patterns, so all are fast. */

export interface Facts {
  shopId: string
  order: NormalisedOrder
  /** Marks that the order has by now; none where rules for marks are asked. */
  marks?: readonly string[]
  /** Holds of now, where the content is as it was handed over. */
  holds?: readonly string[]
}
const texts = (...values: (string | null | undefined)[]): string[] =>
  values.flatMap((value) => (value ? [value] : []))
const nameOf = (person: OrderPerson): string =>
  person.fullName ?? [person.familyName, person.givenName].join('')
const addressOf = ({ prefecture, city, address1, address2 }: OrderPerson): string =>
  [prefecture, city, address1, address2].join('')
const lines = ({ order }: Facts) => order.items.filter((item) => !item.deleted)
const people = ({ order }: Facts) => order.recipients.map(({ person }) => person)

/** Every value that a field has in the order; a condition holds when one of them fits. */
const TEXT_FIELDS = {
  shop: ({ shopId }: Facts) => [shopId],
  marketplace: ({ order }: Facts) => [order.marketplace],
  'buyer.name': ({ order }: Facts) => [nameOf(order.buyer)],
  'buyer.email': ({ order }: Facts) => texts(order.buyer.email),
  'buyer.address': ({ order }: Facts) => [addressOf(order.buyer)],
  'recipient.name': (facts: Facts) => people(facts).map(nameOf),
  'recipient.prefecture': (facts: Facts) => texts(...people(facts).map(({ prefecture }) => prefecture)),
  'recipient.address': (facts: Facts) => people(facts).map(addressOf),
  'recipient.postalCode': (facts: Facts) => texts(...people(facts).map(({ postalCode }) => postalCode)),
  'item.code': (facts: Facts) =>
    lines(facts).flatMap(({ itemCode, mallItemId, sku, merchantSku, jan }) =>
      texts(itemCode, mallItemId, sku, merchantSku, jan),
    ),
  'item.name': (facts: Facts) => lines(facts).map(({ name }) => name),
  'item.option': (facts: Facts) => lines(facts).flatMap(({ options }) => options.map(({ value }) => value)),
  'note.buyer': ({ order }: Facts) => texts(order.notes.buyer),
  'payment.kind': ({ order }: Facts) => [order.payment.kind],
  'payment.name': ({ order }: Facts) => texts(order.payment.name, order.payment.combinedName),
  'delivery.method': ({ order }: Facts) => texts(order.delivery.methodCode, order.delivery.methodName),
  'delivery.temperature': ({ order }: Facts) => texts(order.delivery.temperature),
  hold: ({ order, holds }: Facts) => holds ?? order.holds.map(({ kind }) => kind),
  flag: ({ order }: Facts) => order.flags,
  mark: ({ marks = [] }: Facts) => marks,
} as const

const NUMBER_FIELDS = {
  'total.billed': ({ order }: Facts) => [order.totals.billed],
  'total.total': ({ order }: Facts) => [order.totals.total],
  'item.quantity': (facts: Facts) => lines(facts).map(({ quantity }) => quantity),
  'item.lines': (facts: Facts) => [lines(facts).length],
  'point.used': ({ order }: Facts) => [order.points.used],
} as const

type TextField = keyof typeof TEXT_FIELDS
type NumberField = keyof typeof NUMBER_FIELDS

const conditionOn = <F extends TextField>(fields: readonly [F, ...F[]]) =>
  z.union([
    z.strictObject({
      field: z
        .enum(fields)
        .describe('Text of the order, without regard to width, capitals and blanks (項目)'),
      is: z
        .enum(['equal', 'not_equal', 'contains', 'not_contains', 'begins'])
        .describe(
          'equal 一致, not_equal 不一致, contains 含む, not_contains 含まない, begins 前方一致 (条件)',
        ),
      values: z
        .array(z.string().trim().min(1).max(200))
        .min(1)
        .max(50)
        .describe('Any of these; the negative conditions: none of these (値)'),
    }),
    z.strictObject({
      field: z.enum(someKeysOf<NumberField>(NUMBER_FIELDS)).describe('Number of the order (項目)'),
      is: z.enum(['at_least', 'at_most']).describe('at_least 以上, at_most 以下 (条件)'),
      value: z.int().min(-999_999_999).max(999_999_999).describe('値'),
    }),
  ])

const { mark: _, ...BESIDE_MARKS } = TEXT_FIELDS
/** Condition of a rule for marks, which are not there yet when it is asked. */
const Condition = conditionOn(someKeysOf<keyof typeof BESIDE_MARKS>(BESIDE_MARKS))
/** Condition of a rule of 自動仕分け (src/sorting). */
export const SortingCondition = conditionOn(someKeysOf<TextField>(TEXT_FIELDS))

const Postcodes = z
  .array(z.string().regex(/^\d{3,7}$/, { error: '郵便番号の先頭3～7桁を数字だけで指定してください。' }))
  .max(5_000)
const NO_ISLANDS = { add: [], except: [] }

export const Rules = z
  .strictObject({
    rules: z
      .array(
        z.strictObject({
          code: z
            .string()
            .regex(/^[a-z0-9_]{1,30}$/, {
              error: '英小文字・数字・_ で30文字以内のコードを指定してください。',
            })
            .describe('The mark is `rule:` and this (コード)'),
          label: z.string().trim().min(1).max(40).describe('What staff see (マークの表示名)'),
          all: z.array(Condition).min(1).max(10).describe('All must hold (条件)'),
        }),
      )
      .max(100)
      .refine((rules) => new Set(rules.map(({ code }) => code)).size === rules.length, {
        error: 'code が重複しています。ルールごとに別のコードを指定してください。',
      })
      .describe('The tenant’s own marks (独自のマーク)'),
    islands: z
      .strictObject({
        add: Postcodes.default([]).describe(
          'Postcodes, or their beginnings, that are islands too (離島に加える)',
        ),
        except: Postcodes.default([]).describe('… and that are not (離島から除く)'),
      })
      .default(NO_ISLANDS)
      .describe('Beside the mall’s flag and the list of municipalities (離島の郵便番号)'),
  })
  .describe('The tenant’s own marks (マークのルール)')
export type Rules = z.infer<typeof Rules>

export const NO_RULES: Rules = { rules: [], islands: NO_ISLANDS }

export const rulesContext = (tenantId: string): string => `mark-rules:${tenantId}`

/** @throws SealError and ZodError: whoever stages goes on without. */
export const openRules = (sealer: Pick<Sealer, 'of'>, tenantId: string, sealed: Uint8Array | null): Rules =>
  sealed === null ? NO_RULES : Rules.parse(sealer.of(tenantId).openJson(rulesContext(tenantId), sealed))

const norm = (text: string): string => normaliseItemText(text).replaceAll(' ', '')

/** Stands in no text that can be stored. */
const EDGE = '\0'

const SOUGHT = {
  equal: (value: string) => `${EDGE}${value}${EDGE}`,
  not_equal: (value: string) => `${EDGE}${value}${EDGE}`,
  contains: (value: string) => value,
  not_contains: (value: string) => value,
  begins: (value: string) => `${EDGE}${value}`,
}

/** Rules are asked of each order of a batch. */
const normed = new WeakMap<readonly string[], string[]>()

function valuesOf(values: readonly string[]): string[] {
  const known = normed.get(values) ?? values.map(norm)
  normed.set(values, known)
  return known
}

/**
 * Those of the rules that hold for an order. Each field is read once, as one text with an edge between its
 * values: a hundred rules at their limits look through an order of five hundred lines fifty thousand times.
 */
export function rulesThatHold<R extends { all: readonly z.infer<typeof SortingCondition>[] }>(
  rules: readonly R[],
  facts: Facts,
): R[] {
  const texts = new Map<TextField, string>()
  const textOf = (field: TextField): string => {
    const text =
      texts.get(field) ?? [EDGE, ...TEXT_FIELDS[field](facts).map((one) => norm(one) + EDGE)].join('')
    texts.set(field, text)
    return text
  }
  const holds = (condition: R['all'][number]): boolean => {
    if ('value' in condition) {
      const numbers = NUMBER_FIELDS[condition.field](facts)
      return numbers.some((number) =>
        condition.is === 'at_least' ? number >= condition.value : number <= condition.value,
      )
    }
    const { field, is, values } = condition
    const text = textOf(field)
    const any = valuesOf(values).some((value) => text.includes(SOUGHT[is](value)))
    return is === 'not_equal' || is === 'not_contains' ? !any : any
  }
  return rules.filter(({ all }) => all.every(holds))
}

const RulesAnswer = Rules.meta({ id: 'MarkRules', description: 'The tenant’s own marks (マークのルール)' })

interface MarkRuleDeps {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Sealer
}

async function readRules({ db, sealer }: MarkRuleDeps, tenantId: string): Promise<Rules> {
  const row = await db.markRules.findUnique({ where: { tenantId } })
  return row ? openRules(sealer, tenantId, row.sealedRules) : NO_RULES
}

/** The tenant's own postcodes of islands. Rules that cannot be opened stop no label, nor any import. */
export async function readIslands(deps: MarkRuleDeps, tenantId: string): Promise<IslandList> {
  try {
    return (await readRules(deps, tenantId)).islands
  } catch (error) {
    if (error instanceof SealError || error instanceof z.ZodError) return NO_ISLANDS
    throw error
  }
}

/** Labels of all marks by code, the tenant's own among them. */
export async function readMarkLabels(
  deps: MarkRuleDeps,
  tenantId: string,
): Promise<ReadonlyMap<string, string>> {
  const { rules } = await readRules(deps, tenantId)
  return new Map([
    ...Object.entries(MARKS).map(([code, { label }]) => [code, label] as const),
    ...rules.map(({ code, label }) => [`${RULE_PREFIX}${code}`, label] as const),
  ])
}

/** /v1/marks and /v1/mark-rules, relative to /v1, behind a tenant's key. */
export const markRuleRoutes =
  (tools: MarkRuleDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'listMarks',
      at: 'GET /v1/marks',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'All marks with their labels (マークの一覧)',
      description: 'Those that every tenant has, then the own ones of PUT /v1/mark-rules.',
      answers: {
        200: z.object({
          marks: z
            .array(
              z.object({
                code: z.string().describe('As in `marks` of an order (コード)'),
                label: z.string().describe('Shown to staff (表示名)'),
                meaning: z.string().describe('Japanese, for staff (説明)'),
              }),
            )
            .describe('All marks (マーク)'),
          nextCursor: CutLater,
        }),
      },
      run: async (request) => {
        const { rules } = await readRules(tools, tenantOf(request))
        const own = rules.map(({ code, label }) => ({
          code: `${RULE_PREFIX}${code}`,
          label,
          meaning: '独自のルールに当てはまります。',
        }))
        const marks = [...Object.entries(MARKS).map(([code, mark]) => ({ code, ...mark })), ...own]
        return { marks, nextCursor: null }
      },
    })
    operation(app, {
      id: 'getMarkRules',
      at: 'GET /v1/mark-rules',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Own rules for marks (マークのルール)',
      description: 'All rules of the tenant.',
      answers: { 200: RulesAnswer },
      run: (request) => readRules(tools, tenantOf(request)),
    })
    operation(app, {
      id: 'replaceMarkRules',
      at: 'PUT /v1/mark-rules',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['mark_rules.updated'],
      summary: 'Replace the own rules for marks (マークのルールの変更)',
      description:
        'All rules at once. They hold for orders that are imported, read again or edited from now on (以後に取り込む受注から適用します).',
      body: json(z.strictObject(Rules.shape).meta({ examples: [EXAMPLE] }), '1 MiB'),
      answers: { 200: RulesAnswer },
      run: async (request) => {
        const caller = callerOf(request)
        const { tenantId } = caller
        const updatedAt = dateNow(tools.clock)
        const sealedRules = new Uint8Array(
          tools.sealer.of(tenantId).sealJson(rulesContext(tenantId), request.body),
        )
        await tools.db.$transaction(async (tx) => {
          await tx.markRules.upsert({
            where: { tenantId },
            create: { tenantId, sealedRules, updatedAt },
            update: { sealedRules, updatedAt },
          })
          const codes = request.body.rules.map(({ code }) => code)
          await audit(tx, tools, noteOf(caller, 'mark_rules.updated', tenantId, { codes }))
        })
        return request.body
      },
    })
  }

const EXAMPLE = {
  rules: [
    {
      code: 'big_order',
      label: '高額・代引',
      all: [
        { field: 'payment.kind', is: 'equal', values: ['cod'] },
        { field: 'total.billed', is: 'at_least', value: 10_000 },
      ],
    },
  ],
  islands: { add: ['9071801'], except: [] },
} satisfies Rules

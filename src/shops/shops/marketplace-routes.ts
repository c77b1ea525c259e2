import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { shopsOf, tenantOf } from '../../http/auth.ts'
import { operation } from '../../http/operation.ts'
import { CutLater, Id } from '../../http/schemas.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import { CARRIER_CODES, CARRIERS } from '../../marketplaces/port/carriers.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { CHANGE_ACTIONS, ChangeParameters, type MallAction } from '../../marketplaces/port/site-changes.ts'
import type { Db } from '../../platform/db/database.ts'
import { factsOf } from '../../platform/narrow.ts'
import { MarketplaceNameSchema } from './shop-schemas.ts'

const CredentialFieldAnswer = z
  .object({
    name: z.string().describe('Key in `credentials` (項目名)'),
    label: z.string().describe('As the mall’s own screen calls it (表示名)'),
    help: z.string().describe('Where to find it (説明)'),
    secret: z.boolean().describe('Show it as a password field (秘匿)'),
    required: z.boolean().describe('必須'),
    lifetime: z.string().nullable().describe('How long it lives (有効期間)'),
    byConsent: z
      .boolean()
      .describe('A consent in the browser brings it; only who pastes a token enters it (同意で得られる項目)'),
  })
  .describe('One field of the credentials (認証情報の項目)')

const FIELD_TYPES = ['text', 'number', 'date', 'flag', 'list'] as const

const ActionAnswer = z
  .object({
    action: z.enum(CHANGE_ACTIONS).describe('`action` of POST /v1/site-changes (操作)'),
    label: z.string().describe('As the mall’s own screen calls it (表示名)'),
    fields: z
      .array(
        z.object({
          name: z.string().describe('Field of the change (項目名)'),
          label: z.string().describe('Japanese (表示名)'),
          required: z.boolean().describe('必須'),
          type: z
            .enum(FIELD_TYPES)
            .describe('What is entered; `list`: entries with fields of their own (入力の種類)'),
          choices: z
            .array(z.object({ code: z.string().describe('コード'), label: z.string().describe('表示名') }))
            .nullable()
            .describe('The mall’s codes, where only these are taken (選択肢)'),
          help: z.string().nullable().describe('Japanese (説明)'),
        }),
      )
      .describe('What it needs (項目)'),
    limits: z
      .array(
        z.object({
          field: z
            .string()
            .describe(
              'Field of the change; a dot leads into the entries of a list: `recipients.familyName` (項目名)',
            ),
          label: z.string().describe('Japanese (表示名)'),
          taken: z
            .boolean()
            .describe('False: the mall has no place for it, and a change with it is refused (指定の可否)'),
          maxBytes: z.int().nullable().describe('Most bytes of a text in UTF-8 (最大バイト数)'),
          maxCharacters: z.int().nullable().describe('Most characters of a text (最大文字数)'),
          max: z.int().nullable().describe('Highest number, or most entries of a list (最大値、最大件数)'),
        }),
      )
      .describe('What the mall takes less of than the common schema says (項目ごとの制限)'),
    preconditions: z.string().describe('When the mall takes it, Japanese (実行できる条件)'),
    calls: z.array(z.string()).describe('The calls that it makes at the mall, in order (モールの API)'),
  })
  .describe('One site change that the mall takes (操作)')

const CarrierAnswer = z
  .object({
    carrier: z.enum(CARRIER_CODES).describe('`carrier` of a parcel, the same for all malls (配送会社コード)'),
    label: z.string().describe('Japanese (配送会社)'),
    mallCode: z.string().describe('What the mall is sent (モールのコード)'),
  })
  .describe('Carrier (配送会社)')

const Limits = z
  .object({
    fetchBatch: z.int().describe('Order numbers a call (一括取得件数)'),
    ordersPerMinute: z
      .number()
      .nullable()
      .describe(
        'Orders a minute that the mall’s quota lets in at most in the long run; shops that share what the mall counts by share it (毎分の取込上限)',
      ),
    listWindowDays: z.int().describe('Longest period of one list (検索期間)'),
    historyDays: z.int().describe('How far back the mall answers (遡及日数)'),
  })
  .describe('制限')

const MarketplaceAnswer = z
  .object({
    name: MarketplaceNameSchema,
    label: z.string().describe('Name of the mall (モール名)'),
    orderPage: z
      .string()
      .nullable()
      .describe(
        'The mall’s own page of an order, with `{orderNumber}` and `{shopCode}` to be filled in; null where it is not known (受注画面のURL)',
      ),
    outgoing: z
      .object({
        registeredIn: z.string().describe('Where at the mall, Japanese (登録する画面)'),
        addresses: z
          .array(z.string())
          .describe(
            'IP addresses of this service, as its operator has set them; may be empty (送信元IPアドレス)',
          ),
      })
      .nullable()
      .describe(
        'What the mall wants registered before it takes calls; null where it takes them from anywhere (送信元)',
      ),
    shopCodeLabel: z.string().describe('What `code` of a shop is called (店舗IDの呼び名)'),
    mailHelp: z
      .string()
      .describe(
        'Where on the mall’s screens order mails are sent to a mailbox, Japanese (注文メールの設定場所)',
      ),
    credentialFields: z.array(CredentialFieldAnswer),
    consent: z
      .boolean()
      .describe(
        'Tokens come by a consent in the browser, `POST /v1/shops/{id}/consent` (ブラウザーでの同意)',
      ),
    limits: Limits,
    actions: z.array(ActionAnswer).describe('Site changes it takes (サイト変更の操作)'),
    carriers: z.array(CarrierAnswer).describe('Carriers it knows (配送会社)'),
    shops: z
      .array(
        z.object({
          shopId: Id,
          label: z.string().describe('Its own name, in place of the mall’s (表示名)'),
          colour: z.string().nullable().describe('Of the label, #RRGGBB; null: the screen’s own (色)'),
          limits: Limits,
          actions: z.array(ActionAnswer).describe('Site changes it takes (サイト変更の操作)'),
          carriers: z.array(CarrierAnswer).describe('Carriers it knows (配送会社)'),
        }),
      )
      .describe(
        'Shops of yours that say for themselves what they can do; empty where all shops of the mall are alike (店舗ごとの機能)',
      ),
  })
  .describe('What a mall can do (モール)')

export const marketplaceRoutes =
  ({
    db,
    marketplaces,
    outgoingAddresses,
  }: {
    db: Db
    marketplaces: Marketplaces
    outgoingAddresses: readonly string[]
  }): Routes =>
  (app) => {
    const answer = [...marketplaces.values()].map((mall) => ({
      name: mall.name,
      label: mall.label,
      orderPage: mall.orderPage ?? null,
      outgoing: mall.callersRegisteredIn
        ? { registeredIn: mall.callersRegisteredIn, addresses: [...outgoingAddresses] }
        : null,
      shopCodeLabel: mall.shopCodeLabel,
      mailHelp: mall.mailHelp,
      credentialFields: mall.credentialFields.map((field) => ({
        ...field,
        lifetime: field.lifetime ?? null,
        byConsent: field.byConsent ?? false,
      })),
      consent: mall.consent !== undefined,
      ...abilitiesOf(mall),
    }))
    const ownWays = [...marketplaces.values()].flatMap(({ name, ofShop }) => (ofShop ? [name] : []))
    operation(app, {
      id: 'listMarketplaces',
      at: 'GET /v1/marketplaces',
      since: '1.0.0',
      tag: 'marketplaces',
      who: tenant('read_only', 'open'),
      cost: 'light',
      tools: ['quotas'],
      summary: 'What each mall can do (モールの一覧)',
      description:
        'Credential fields (認証情報の項目) for a settings form, the site changes (サイト変更) it takes with their fields and ' +
        'carriers, and the mall’s limits.',
      answers: { 200: z.object({ marketplaces: z.array(MarketplaceAnswer), nextCursor: CutLater }) },
      run: async (request) => {
        const of = shopsOf(request)
        const shops = await db.shop.findMany({
          where: {
            tenantId: tenantOf(request),
            marketplace: { in: ownWays },
            ...(of === null ? {} : { id: { in: [...of] } }),
          },
          select: { id: true, marketplace: true, capabilities: true },
          orderBy: { id: 'asc' },
        })
        const own = shops.flatMap((shop) => {
          const mall = shop.capabilities === null ? undefined : mallOfShop(marketplaces, shop)
          return mall ? [{ ...abilitiesOf(mall), shopId: shop.id, label: mall.label, name: mall.name }] : []
        })
        return {
          marketplaces: answer.map((mall) => ({
            ...mall,
            shops: own.flatMap(({ name, ...shop }) => (name === mall.name ? [shop] : [])),
          })),
          nextCursor: null,
        }
      },
    })
  }

const abilitiesOf = ({ limits, changes, colour }: Marketplace) => ({
  colour: colour ?? null,
  limits: { ...limits, ordersPerMinute: limits.ordersPerMinute ?? null },
  actions: (changes?.actions ?? []).map(actionAnswer),
  carriers: (changes?.carriers ?? []).map(({ carrier, mallCode }) => ({
    carrier,
    mallCode,
    label: CARRIERS[carrier],
  })),
})

function actionAnswer({ action, label, fields, limits, preconditions, calls }: MallAction) {
  const parameters = z.toJSONSchema(ChangeParameters[action], { io: 'input' })
  return {
    action,
    label,
    preconditions,
    calls,
    fields: fields.map(({ name, label: shown, required, choices, help }) => ({
      name,
      label: shown,
      required,
      type: typeOf(name, parameters),
      choices: choices ?? null,
      help: help ?? null,
    })),
    limits: limits.map(({ field, label: shown, taken, bytes, characters, most }) => ({
      field,
      label: shown,
      taken: taken ?? true,
      maxBytes: bytes ?? null,
      maxCharacters: characters ?? null,
      max: most ?? null,
    })),
  }
}

type FieldType = (typeof FIELD_TYPES)[number]

/**
 * Reads what is entered in a field from the parameters that all malls share, so that a form needs no list of
 * its own.
 * @param path a dot leads into the entries of a list: `parcels.carrier`
 */
function typeOf(path: string, parameters: unknown): FieldType {
  const shape = path.split('.').reduce<unknown>((at, name) => {
    const { properties } = factsOf(factsOf(at).items ?? at)
    const found = factsOf(properties)[name]
    if (!found) throw new Error(`no site change has the parameter ${path}`)
    return found
  }, parameters)
  const { anyOf } = factsOf(shape)
  const { format, type } = factsOf(
    Array.isArray(anyOf) ? anyOf.find((one) => factsOf(one).type !== 'null') : shape,
  )
  return format === 'date' ? 'date' : (TYPES[String(type)] ?? 'text')
}

const TYPES: Readonly<Record<string, FieldType>> = { integer: 'number', boolean: 'flag', array: 'list' }

import { z } from 'zod'
import type { Shop } from '../../generated/prisma/client.ts'
import { Id, iso, isoOrNull, Time } from '../../http/schemas.ts'
import { MALLS, type Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import { MARKETPLACES } from '../../marketplaces/port/order.ts'
import { factsOf } from '../../platform/narrow.ts'
import type { CredentialsSetAt } from '../credentials/credentials.ts'
import { ShopHints } from './mall-hints.ts'
import { ShopSettings } from './settings.ts'

export const MarketplaceNameSchema = z.enum(MARKETPLACES).meta({
  id: 'Marketplace',
  description: `${MALLS.map(({ name, label }) => `${name} ${label}`).join(', ')} (モール)`,
})

const Name = z.string().trim().min(1).max(200).describe('Name for staff (店舗名)')
const Enabled = z.boolean().describe('false: no mail, no call to the mall (利用する)')
const Credentials = z.record(z.string().max(100), z.unknown())

export const NewShop = z.strictObject({
  marketplace: MarketplaceNameSchema,
  code: z.string().trim().min(1).max(100).describe('The shop’s id at the mall (モールの店舗ID)'),
  name: Name,
  enabled: Enabled.default(true),
  settings: ShopSettings.default({}),
  credentials: Credentials.optional().describe(
    'The mall’s credentials; fields as in GET /v1/marketplaces (認証情報). Goes in, never comes out.',
  ),
})

export const ShopChange = z.strictObject({
  name: Name.optional(),
  enabled: Enabled.optional(),
  settings: ShopSettings.optional().describe('Replaces all settings (店舗設定)'),
  credentials: Credentials.optional().describe(
    'Fields to enter over the stored ones, as in GET /v1/marketplaces; those not given stay, null takes an optional one away ' +
      '(認証情報の変更). A date or version that belongs to a changed value goes with it unless given too. The outcome is ' +
      'checked as a whole. Where none are stored, or none that can be read, all required ones are needed. Goes in, never ' +
      'comes out.',
  ),
})

export const AttentionAnswer = z
  .object({
    code: z.string().describe('For programs (コード)'),
    message: z.string().describe('What a person must do, Japanese (説明)'),
    since: Time.nullable().describe('発生日時'),
  })
  .meta({ id: 'Attention', description: 'Why it stands still (要対応)' })

export const ShopAnswer = z
  .object({
    id: Id,
    marketplace: MarketplaceNameSchema,
    code: z.string().describe('The shop’s id at the mall (モールの店舗ID)'),
    name: z.string().describe('Name for staff (店舗名)'),
    enabled: z.boolean().describe('利用する'),
    settings: z.record(z.string(), z.unknown()).describe('Settings without secrets (店舗設定)'),
    credentials: z
      .array(
        z.object({
          name: z.string().describe('Field (項目名)'),
          set: z.boolean().describe('It has a value (登録済み)'),
          setAt: Time.nullable().describe('When the value last changed (登録日時)'),
        }),
      )
      .describe('Which credential fields are set, never their values (認証情報の登録状況)'),
    attention: AttentionAnswer.nullable(),
    lane: z
      .object({
        closedUntil: Time.describe('No call to the mall before (再開予定)'),
        reason: z.string().nullable().describe('Failure code (理由)'),
      })
      .nullable()
      .describe(
        'Set while the mall is not asked: too many calls, maintenance, out of reach (モールへの接続休止)',
      ),
    notices: ShopHints,
    createdAt: Time.describe('登録日時'),
    updatedAt: Time.describe('更新日時'),
  })
  .meta({ id: 'Shop', description: 'One store on one mall (店舗)' })

export type ShopRow = Omit<Shop, 'sealedCredentials'>

/** Read instead of the whole row, so that the sealed part never leaves the database without need. */
export const WITHOUT_SECRETS = { sealedCredentials: true } as const

export function shopAnswer(
  shop: ShopRow,
  marketplaces: Marketplaces,
  now: number,
  hints: z.infer<typeof ShopHints>,
): z.infer<typeof ShopAnswer> {
  const setAt = shop.credentialsSetAt as CredentialsSetAt
  const fields = mallOfShop(marketplaces, shop)?.credentialFields ?? []
  const closed = shop.laneClosedUntil !== null && shop.laneClosedUntil.getTime() > now
  return {
    id: shop.id,
    marketplace: shop.marketplace,
    code: shop.code,
    name: shop.name,
    enabled: shop.enabled,
    settings: factsOf(shop.settings),
    credentials: fields.map(({ name }) => ({
      name,
      set: setAt[name] !== undefined,
      setAt: setAt[name] ?? null,
    })),
    attention: attentionAnswer(shop),
    lane:
      closed && shop.laneClosedUntil
        ? { closedUntil: iso(shop.laneClosedUntil), reason: shop.laneClosedReason }
        : null,
    notices: hints,
    createdAt: iso(shop.createdAt),
    updatedAt: iso(shop.updatedAt),
  }
}

export function attentionAnswer(row: {
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
}): z.infer<typeof AttentionAnswer> | null {
  if (row.attentionCode === null) return null
  return {
    code: row.attentionCode,
    message: row.attentionMessage ?? '',
    since: isoOrNull(row.attentionSince),
  }
}

import { z } from 'zod'
import type { Routes } from '../http/app-types.ts'
import { NoNextPage } from '../http/schemas.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { MarketplaceNameSchema } from './shop-schemas.ts'

const CredentialFieldAnswer = z
  .object({
    name: z.string().describe('Key in `credentials` (項目名)'),
    label: z.string().describe('As the mall’s own screen calls it (表示名)'),
    help: z.string().describe('Where to find it (説明)'),
    secret: z.boolean().describe('Show it as a password field (秘匿)'),
    required: z.boolean().describe('必須'),
    lifetime: z.string().nullable().describe('How long it lives (有効期間)'),
  })
  .describe('One field of the credentials (認証情報の項目)')

const MarketplaceAnswer = z
  .object({
    name: MarketplaceNameSchema,
    label: z.string().describe('Name of the mall (モール名)'),
    shopCodeLabel: z.string().describe('What `code` of a shop is called (店舗IDの呼び名)'),
    credentialFields: z.array(CredentialFieldAnswer),
    consent: z
      .boolean()
      .describe('Tokens come by a consent in the browser, `POST /shops/{id}/consent` (ブラウザーでの同意)'),
    limits: z
      .object({
        fetchBatch: z.int().describe('Order numbers a call (一括取得件数)'),
        listWindowDays: z.int().describe('Longest period of one list (検索期間)'),
        historyDays: z.int().describe('How far back the mall answers (遡及日数)'),
      })
      .describe('制限'),
    actions: z.array(z.unknown()).describe('Site-status changes it takes; none yet (サイトステータス変更)'),
    carriers: z.array(z.unknown()).describe('Carriers it knows; none yet (配送会社)'),
  })
  .describe('What a mall can do (モール)')

export const marketplaceRoutes =
  ({ marketplaces }: { marketplaces: Marketplaces }): Routes =>
  (app) => {
    const answer = [...marketplaces.values()].map((mall) => ({
      name: mall.name,
      label: mall.label,
      shopCodeLabel: mall.shopCodeLabel,
      credentialFields: mall.credentialFields.map((field) => ({
        ...field,
        lifetime: field.lifetime ?? null,
      })),
      consent: mall.consent !== undefined,
      limits: mall.limits,
      actions: [],
      carriers: [],
    }))
    app.get(
      '/marketplaces',
      {
        schema: {
          tags: ['marketplaces'],
          operationId: 'listMarketplaces',
          summary: 'What each mall can do (モールの一覧)',
          description: 'Credential fields (認証情報の項目) for a settings form, and the mall’s limits.',
          response: { 200: z.object({ marketplaces: z.array(MarketplaceAnswer), nextCursor: NoNextPage }) },
        },
      },
      async () => ({ marketplaces: answer, nextCursor: null }),
    )
  }

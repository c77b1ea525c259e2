import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { Id } from '../http/schemas.ts'
import { MALLS } from '../marketplaces/index.ts'
import { MAIL_KINDS } from '../marketplaces/port/mail-rules.ts'
import type { MallFacts } from '../marketplaces/port/marketplace.ts'
import { MARKETPLACES, type MarketplaceName } from '../marketplaces/port/order.ts'
import { AppError } from '../platform/errors.ts'
import { mailRulesOf, ShopMailRules } from '../shops/shops/settings.ts'
import { MAIL_BYTES } from './mail-bytes.ts'
import type { Explanation, MailJudge, PastedMail } from './recognition/judge.ts'
import type { ShopMailRules as RulesOfShops } from './recognition/shop-rules.ts'
import { LIST_SHOP_SETTINGS } from './statements.ts'

/** The fields of a body in which a person pastes a mail. */
export const PASTED_MAIL = {
  source: z
    .string()
    .min(1)
    .max(MAIL_BYTES)
    .optional()
    .describe('The whole mail as the mail program shows its source, headers and all (メールのソース)'),
  from: z.string().max(320).optional().describe('Sender, when there is no source (差出人)'),
  subject: z.string().max(1000).optional().describe('Subject, when there is no source (件名)'),
  text: z.string().max(MAIL_BYTES).optional().describe('Text, when there is no source (本文)'),
}

/** @throws AppError VALIDATION_FAILED where there is neither a source nor a subject or text */
export function toPastedMail(body: {
  source?: string | undefined
  from?: string | undefined
  subject?: string | undefined
  text?: string | undefined
}): PastedMail {
  if (body.source !== undefined) return { source: Buffer.from(body.source) }
  if (body.subject === undefined && body.text === undefined) {
    throw new AppError('VALIDATION_FAILED', 'メールのソース、または件名と本文を貼り付けてください。', {
      fields: [
        { field: 'source', message: 'メールのソース全体か、from・subject・text を指定してください。' },
      ],
    })
  }
  const sender = /[^\s<>]+@[^\s<>]+/.exec(body.from ?? '')?.[0].toLowerCase()
  const from = sender ? [sender] : []
  return { mail: { from, to: [], subject: body.subject ?? '', text: body.text ?? '', forwarded: [] } }
}

/** The mail or the rules are too much for the second that a reading may take. */
export function notRead(): never {
  throw new AppError('VALIDATION_FAILED', 'このメールは、時間内に読み取れませんでした。', {
    fields: [
      {
        field: 'source',
        message: 'メールの大きさと、試すルールの数を減らしてください。',
      },
    ],
  })
}

const Body = z
  .strictObject({
    ...PASTED_MAIL,
    shopId: Id.optional().describe('Shop whose own rules count; left out: the rules of all shops (店舗ID)'),
    mailRules: ShopMailRules.optional().describe(
      'Rules to try out for `shopId` before they are saved (試すルール)',
    ),
  })
  .meta({
    examples: MALLS.flatMap(({ example }: MallFacts) => (example === undefined ? [] : [{ ...example.mail }])),
  })

const Found = z.object({
  marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
  kind: z.enum(MAIL_KINDS).describe('Kind (種類)'),
  orderNumbers: z.array(z.string()).describe('Order numbers (注文番号)'),
  reason: z.string().nullable().describe('What is missing, Japanese; null when all is well (理由)'),
})

const Answer = z
  .object({
    considered: z.boolean().describe('The listener would read this mail at all (読み取り対象)'),
    recognition: Found.nullable().describe('What would be recognised; null: no mall’s mail (判別結果)'),
    malls: z
      .array(
        z.object({
          marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
          sender: z.string().nullable().describe('Sender rule that fits (一致した差出人)'),
          subject: z.string().nullable().describe('Subject rule that fits (一致した件名)'),
          ignoredBy: z.string().nullable().describe('Rule by which the mail is left alone (除外ルール)'),
          recognition: Found.nullable().describe('What this mall makes of it (判別結果)'),
          messages: z
            .array(z.string())
            .describe('What was found, what not, and what to set, Japanese (説明)'),
        }),
      )
      .describe('Mall by mall, why and why not (モール別の説明)'),
  })
  .describe('What would be recognised in a mail, and why not (メール判別の確認)')

export interface RecogniseTools {
  pool: Pool
  judge: Pick<MailJudge, 'explain'>
}

/** Nothing is stored: a shop tries its rules with one mail that it has at hand. */
export const recogniseRoute =
  ({ pool, judge }: RecogniseTools): Routes =>
  (app) => {
    operation(app, {
      id: 'recogniseMail',
      at: 'POST /v1/mailboxes/recognise',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('staff', 'refused'),
      cost: 'light',
      audit: [],
      summary: 'What would be recognised in a pasted mail, and why not (メール判別の確認)',
      description:
        'Takes the source of a mail, or its sender, subject and text. Nothing is stored or fetched.',
      body: json(Body, '1 MiB'),
      repeat: 'safe',
      answers: { 200: Answer },
      run: async (request) => {
        const rules = await rulesFor(pool, tenantOf(request), request.body.shopId, request.body.mailRules)
        return toAnswer(await judge.explain(toPastedMail(request.body), rules).catch(notRead))
      },
    })
  }

/** @throws AppError VALIDATION_FAILED where rules are tried without one */
export async function rulesFor(
  pool: Pool,
  tenantId: string,
  shopId: string | undefined,
  tried: z.infer<typeof ShopMailRules> | undefined,
): Promise<RulesOfShops> {
  const { rows } = await pool.query<{ marketplace: MarketplaceName; settings: unknown }>(
    LIST_SHOP_SETTINGS({ tenant: tenantId, shop: shopId ?? null }),
  )
  if (tried !== undefined && shopId === undefined) {
    throw new AppError('VALIDATION_FAILED', 'ルールを試す店舗を指定してください。', {
      fields: [{ field: 'shopId', message: 'mailRules を試すときは shopId を指定してください。' }],
    })
  }
  return rows.map(({ marketplace, settings }) => ({
    marketplace,
    rules: mailRulesOf(tried === undefined ? settings : { mailRules: tried }),
  }))
}

const toAnswer = ({ malls, ...rest }: Explanation): z.infer<typeof Answer> => ({
  ...rest,
  malls: malls.map(({ subject, ...mall }) => ({ ...mall, subject: subject?.contains ?? null })),
})

import { z } from 'zod'
import { foldForCp932, missingInCp932 } from '../platform/csv.ts'

/**
 * Settings of a tenant for each carrier's tool: the sender and the codes of its contract. Nothing here is
 * guessed.
 */

/** Goes into the file as it is. */
export const cellText = (most: number) =>
  z
    .string()
    .max(most)
    .transform(foldForCp932)
    .refine((text) => missingInCp932(text).length === 0, {
      error: 'Shift_JIS（CP932）にない文字が含まれています。別の文字に置き換えてください。',
    })

const filled = (most: number) => cellText(most).refine((text) => text !== '', { error: '入力してください。' })

export const digits = (from: number, to: number) =>
  z.string().regex(new RegExp(`^\\d{${from},${to}}$`), {
    error:
      from === to ? `半角数字${to}桁で入力してください。` : `半角数字${from}〜${to}桁で入力してください。`,
  })

const Sender = z
  .strictObject({
    name: filled(50).describe('Name of the shop or company (ご依頼主名)'),
    postalCode: digits(7, 7).describe('Seven digits (郵便番号)'),
    address: filled(100).describe('Prefecture to house number (住所)'),
    building: cellText(50).default('').describe('Building, room (建物名)'),
    phone: z
      .string()
      .regex(/^0[\d-]{8,13}$/, { error: '0 から始まる電話番号を半角数字とハイフンで入力してください。' })
      .describe('Phone (電話番号)'),
  })
  .describe('Who sends (ご依頼主)')
export type Sender = z.infer<typeof Sender>

export const commonSettings = {
  sender: Sender,
  sendersByShop: z
    .record(z.uuid(), Sender)
    .refine((senders) => Object.keys(senders).length <= 200, { error: '200 店舗までです。' })
    .default({})
    .describe('Another sender for some shops, by shop id (店舗別のご依頼主)'),
  goodsName: filled(50).describe('What stands on the label as 品名 (品名)'),
  giftSender: z
    .enum(['shop', 'buyer'])
    .default('shop')
    .describe('Who sends a gift: shop 店舗, buyer 注文者 (ギフトのご依頼主)'),
  header: z.boolean().default(true).describe('First line with the names of the columns (見出し行)'),
}

const Common = z.strictObject(commonSettings)
export type CommonSettings = z.infer<typeof Common>

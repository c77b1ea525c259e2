import { z } from 'zod'
import { documentOnly } from '../http/answers.ts'
import { CutLater, Day, DryRun, Id, Time, WasDryRun } from '../http/schemas.ts'
import { CARRIER_CODES } from '../marketplaces/port/carriers.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import { TEMPERATURES } from './formats/format.ts'
import { FORMAT_IDS } from './settings.ts'

export const TRACKING_IDS = [
  'yamato_b2',
  'sagawa_ehiden3',
  'yupri_r',
  'click_post',
  'seino_kangaroo',
  'fukuyama_istar2',
  'plain',
] as const
export type TrackingId = (typeof TRACKING_IDS)[number]

/** As many as one request of site changes takes. */
export const MOST_ROWS = 500

const FormatIdSchema = z
  .enum(FORMAT_IDS)
  .describe(
    'yamato_b2 ヤマト B2クラウド, sagawa_ehiden3 佐川 e飛伝Ⅲ, yupri_r ゆうパックプリントR, click_post クリックポスト, ' +
      'web_yupack Webゆうパックプリント, seino_kangaroo 西濃 カンガルー・マジックⅡ, fukuyama_istar2 福山 iSTAR-2 (送り状ソフト)',
  )

const MOST_ORDERS = 500

const Options = z
  .strictObject({
    service: z.string().max(40).describe('A service of the format (送り状の種類)'),
    shippedOn: Day.optional().describe('Day of shipping; left out: today in Japan (出荷予定日)'),
    dropTimeSlot: z
      .boolean()
      .default(false)
      .describe('Wished times that the carrier does not offer are left out (指定できない時間帯は外す)'),
    replaceLetters: z
      .boolean()
      .default(false)
      .describe(
        'Letters that the tool lacks are written in their common form, 𠮷 as 吉; the order keeps them (使えない文字を置き換える)',
      ),
    shortenAddress: z
      .boolean()
      .default(false)
      .describe(
        'An address that does not fit is written shorter, 2丁目8番1号 as 2-8-1; the order keeps it (番地を短くする)',
      ),
    testCod: z
      .boolean()
      .default(false)
      .describe(
        'Writes 代引 for a look in the tool before its columns were confirmed: ゆうパックプリントR (代引の確認用に出力する)',
      ),
    packages: z
      .record(Id, z.int().min(1).max(99))
      .refine((packages) => Object.keys(packages).length <= MOST_ORDERS, {
        error: `${MOST_ORDERS} 件までです。`,
      })
      .default({})
      .describe('Parcels of an order under one label, by order id; left out: one (個数口)'),
    holds: z
      .record(
        Id,
        z
          .strictObject({
            office: z
              .string()
              .trim()
              .min(1)
              .max(30)
              .describe('Its code in digits, else its name (営業所コードか名称)'),
            postalCode: z
              .string()
              .regex(/^\d{7}$/)
              .optional()
              .describe('Of a post office; left out: the recipient’s (郵便番号)'),
          })
          .nullable(),
      )
      .refine((holds) => Object.keys(holds).length <= MOST_ORDERS, { error: `${MOST_ORDERS} 件までです。` })
      .default({})
      .describe(
        'Office of the carrier where an order’s parcel waits, by order id; null: to the door; left out: as the order’s words say (止め置き先)',
      ),
    temperature: z
      .enum(['by_order', ...TEMPERATURES])
      .default('by_order')
      .describe(
        'by_order: as mall, staff or the words of the order say; else this class for all of the file: normal 常温, cool 冷蔵, frozen 冷凍 (クール便の温度帯)',
      ),
  })
  .describe('How the labels are made (出力の条件)')

const orderIds = z
  .array(Id)
  .min(1)
  .max(MOST_ORDERS)
  .refine((ids) => new Set(ids).size === ids.length, {
    error: '同じ受注が2回指定されています。1回ずつにしてください。',
  })
  .describe('Orders, in the order of the file (受注ID)')

export const LabelCheckRequest = z
  .strictObject({ format: FormatIdSchema, orderIds, options: Options })
  .describe('Orders for a carrier’s file (送り状の出力対象)')

export const LabelFileRequest = LabelCheckRequest.extend({
  strict: z
    .boolean()
    .default(false)
    .describe('Refuse the whole when one order is refused (1件でも誤りがあれば出力しない)'),
  dryRun: DryRun,
})

const Finding = z
  .object({
    recipientId: z.string().nullable().describe('Recipient of the order; null: the whole order (送付先ID)'),
    field: z.string().describe('Column or part, Japanese (項目)'),
    code: z.string().describe('For programs, for example ADDRESS_TOO_LONG (コード)'),
    message: z.string().describe('What is wrong and what to do, Japanese (説明)'),
  })
  .describe('Something about one label (指摘)')

const CheckedOrder = z
  .object({
    orderId: Id.describe('Order (受注ID)'),
    orderNumber: z.string().nullable().describe('受注番号'),
    shopId: Id.nullable().describe('Shop (店舗ID)'),
    version: z.int().nullable().describe('Version that was looked at (版)'),
    ok: z.boolean().describe('It goes into the file (出力できる)'),
    labels: z
      .array(
        z.object({
          recipientId: z.string().describe('送付先ID'),
          key: z.string().nullable().describe('Its key in the file; null in a check (お客様管理番号)'),
          temperature: z
            .enum(TEMPERATURES)
            .describe('normal 常温, cool 冷蔵, frozen 冷凍 (クール便の温度帯)'),
        }),
      )
      .describe('One label for each recipient (送り状)'),
    problems: z.array(Finding).describe('Why it is refused (出力できない理由)'),
    warnings: z.array(Finding).describe('What to look at (注意)'),
  })
  .describe('One order (受注ごとの結果)')

export const BundleRequest = z
  .strictObject({
    orderIds: z
      .array(Id)
      .min(2)
      .max(20)
      .refine((ids) => new Set(ids).size === ids.length, {
        error: '同じ受注が2回指定されています。1回ずつにしてください。',
      })
      .describe('Orders of one recipient that go as one parcel (受注ID)'),
    dryRun: DryRun,
  })
  .describe('Orders to bundle (同梱にする受注)')

export const BundleAnswer = documentOnly(
  z
    .object({
      bundleId: Id.nullable().describe('Null for a `dryRun`, and once the bundle has ended (同梱ID)'),
      orders: z
        .array(
          z.object({
            orderId: Id.describe('Order (受注ID)'),
            orderNumber: z.string().describe('受注番号'),
            version: z.int().describe('Its version now (版)'),
          }),
        )
        .describe('Oldest first: the label has the recipient of the first (同梱の受注)'),
      dryRun: WasDryRun,
    })
    .meta({ id: 'Bundle', description: 'Orders that go as one parcel (同梱)' }),
)

export const LabelCheck = z.object({
  ready: z.int().describe('Orders that go into the file (出力できる受注)'),
  refused: z.int().describe('Orders that do not (出力できない受注)'),
  orders: z.array(CheckedOrder),
})

export const LabelFileAnswer = documentOnly(
  LabelCheck.extend({
    rows: z.int().describe('Lines without the header (行数)'),
    fileName: z.string().nullable().describe('Null when no order passed, and for a `dryRun` (ファイル名)'),
    file: z.string().nullable().describe('The bytes in Base64: CP932, CRLF (ファイル)'),
    dryRun: WasDryRun,
  }).meta({ id: 'LabelFile', description: 'A carrier’s file (送り状ファイル)' }),
)

export const LabelFormats = z.object({
  formats: z
    .array(
      z.object({
        id: FormatIdSchema,
        label: z.string().describe('Name of the tool (名称)'),
        services: z
          .array(z.object({ code: z.string().describe('コード'), label: z.string().describe('名称') }))
          .describe('Services (送り状の種類)'),
        mostRows: z.int().describe('Labels in one file (1ファイルの上限)'),
        configured: z.boolean().describe('Its settings are there and fit (設定済み)'),
        settings: z
          .record(z.string(), z.unknown())
          .nullable()
          .describe('As they were set; null when they were not (設定)'),
        settingsSchema: z
          .record(z.string(), z.unknown())
          .describe('JSON Schema of the settings, for a form (設定の形)'),
        updatedAt: Time.nullable().describe('設定日時'),
      }),
    )
    .describe('The carriers’ tools (送り状ソフトの一覧)'),
  tracking: z
    .array(z.object({ id: z.enum(TRACKING_IDS).describe('形式'), label: z.string().describe('名称') }))
    .describe('Tracking files that can be read (取り込める発行済データ)'),
  nextCursor: CutLater,
})

export const LabelSettingsRequest = z
  .strictObject({
    format: FormatIdSchema,
    settings: z.record(z.string().max(40), z.unknown()).describe('Settings of the tool (設定)'),
  })
  .describe('Who sends, and the codes of a contract (送り状の設定)')
  .meta({
    examples: [
      {
        format: 'yamato_b2',
        settings: {
          sender: {
            name: '株式会社サンプル',
            postalCode: '1000001',
            address: '東京都千代田区千代田1-1',
            phone: '03-1234-5678',
          },
          goodsName: '衣類',
          billingCode: '0312345678',
          freightNumber: '01',
        },
      },
    ],
  })

/** A file of the longest rows is some megabytes; the carriers' have a few hundred bytes a line. */
const MOST_FILE_BYTES = 1024 * 1024

export const TrackingRequest = z
  .strictObject({
    format: z
      .enum(TRACKING_IDS)
      .describe(
        'yamato_b2 発行済データ, sagawa_ehiden3 出荷履歴, yupri_r 発送履歴, click_post クリックポスト, seino_kangaroo 出荷確定データ, ' +
          'fukuyama_istar2 出荷実績, plain any CSV with a header (ファイルの形式)',
      ),
    file: z
      .base64()
      .min(4)
      .max(Math.ceil(MOST_FILE_BYTES / 3) * 4)
      .describe(`The file in Base64, CP932 or UTF-8, ${MOST_ROWS} lines at most (ファイル)`),
    carrier: z
      .enum(CARRIER_CODES)
      .optional()
      .describe('Carrier of a `plain` file, which needs it (配送会社)'),
    shippedOn: Day.optional().describe(
      'Day of shipping where the file has none; left out: today in Japan (発送日)',
    ),
    acceptDoubtful: z
      .boolean()
      .default(false)
      .describe('Take numbers whose check digit does not fit (検査数字が合わない番号も取り込む)'),
    confirmFirst: z
      .boolean()
      .default(false)
      .describe(
        'Confirm orders first that nobody has, at malls that know a confirmation (注文確認をしてから)',
      ),
    apply: z
      .boolean()
      .default(false)
      .describe('false: a preview; true: ask for the ship changes (サイト変更を依頼する)'),
  })
  .refine(({ format, carrier }) => format !== 'plain' || carrier !== undefined, {
    path: ['carrier'],
    error: 'その他の CSV では配送会社を指定してください。',
  })
  .describe('A carrier’s tracking file (送り状番号の取込)')

const Note = z.object({
  code: z.string().describe('コード'),
  message: z.string().describe('Japanese (説明)'),
})

export const TrackingAnswer = z.object({
  ready: z.int().describe('Lines that can go (取り込める行)'),
  requested: z.int().describe('Lines whose ship change was asked for (依頼した行)'),
  refused: z.int().describe('Lines that do not go (取り込まない行)'),
  rows: z
    .array(
      z.object({
        line: z.int().describe('In the file, from 1 (行)'),
        key: z.string().describe('As it stands there (管理番号)'),
        orderId: Id.nullable().describe('Order that it belongs to (受注ID)'),
        orderNumber: z.string().nullable().describe('受注番号'),
        shopId: Id.nullable().describe('Shop (店舗ID)'),
        marketplace: MarketplaceNameSchema.nullable(),
        recipientId: z.string().nullable().describe('送付先ID'),
        trackingNumber: z.string().describe('お荷物伝票番号'),
        shippedOn: z.string().meta({ format: 'date' }).describe('発送日'),
        carrier: z.enum(CARRIER_CODES).describe('配送会社'),
        carrierName: z.string().describe('配送会社名'),
        mallCode: z.string().nullable().describe('The mall’s code of it (モールの配送会社コード)'),
        result: z
          .enum(['ready', 'refused', 'requested'])
          .describe('ready 取り込める, refused 取り込まない, requested サイト変更を依頼済み (結果)'),
        siteChangeId: Id.nullable().describe('The ship change of its order (サイト変更ID)'),
        problems: z.array(Note).describe('Why it does not go (理由)'),
        hints: z.array(Note).describe('What to look at (注意)'),
      }),
    )
    .describe('One line each (行ごとの結果)'),
})

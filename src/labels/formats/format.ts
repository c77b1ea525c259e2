import { z } from 'zod'
import type { Carrier } from '../../marketplaces/port/carriers.ts'
import { foldForCp932, missingInCp932 } from '../../platform/csv.ts'

/** 送り状 files for the carriers' own tools: each is a table of columns and a function that fills a row. */

/**
 * Length unit of a cell in a carrier's tool. `bytes`: in CP932, so 16 full-width or 32 half-width letters are
 * 32. `wide`: characters after half-width ones become full-width, as e飛伝Ⅲ does with addresses and names.
 * `digits`: digits alone.
 */
export type Measure = { by: 'bytes' | 'wide' | 'digits'; most: number }

export interface Column {
  name: string
  /** Absent: we always leave it empty. */
  measure?: Measure
  required: boolean
}

export interface Party {
  postalCode: string
  /** Town and number; building. */
  address: string[]
  company: string
  name: string
  phone: string
  /** Where staff correct it: 受注を編集して, or the settings of the sender. */
  mend: string
}

export const TEMPERATURES = ['normal', 'cool', 'frozen'] as const
/** クール便. */
export type Temperature = (typeof TEMPERATURES)[number]

/** こわれもの, 天地無用, なまもの. */
export type Handling = 'fragile' | 'upright' | 'raw'

export interface Slot {
  /** am: 午前中. */
  from: 'am' | number
  to: number
  /** The mall's own words. */
  words: string
}

/** 止置き: the carrier's office where the parcel waits to be fetched. Tools want its code, or its name. */
export interface Hold {
  code: string
  name: string
  postalCode: string
}

/** A parcel to send: one recipient of one order, in single-line text that CP932 can hold. */
export interface Draft {
  /** Ours, by which the tracking file finds the order again (お客様管理番号). */
  key: string
  orderNumber: string
  /** YYYY-MM-DD */
  shippedOn: string
  to: Party
  from: Party
  wish: { date: string | null; slot: Slot | null }
  temperature: Temperature
  cod: { amount: number; tax: number | null } | null
  /** 品名. */
  goods: string
  handling: readonly Handling[]
  /** 個数口. */
  packages: number
  hold: Hold | null
  /** 置き配: the place as the mall words it. */
  dropOff: string | null
}

export type Report = (field: string, code: string, message: string) => void

/** Cells by the number of their column, from 1. */
export type Cells = ReadonlyMap<number, string>

export interface FillTools<S> {
  settings: S
  service: string
  /** Leaves out a wished time that the carrier does not offer instead of reporting a fault. */
  dropTimeSlot: boolean
  /** Writes 2丁目8番1号 as 2-8-1 where an address does not fit otherwise. */
  shortenAddress: boolean
  /** Writes 代引 before its columns were confirmed, to be looked at in the tool. */
  testCod: boolean
  problem: Report
  warning: Report
}

interface Service {
  code: string
  label: string
  /** The tool has a column for its wished day. */
  takesDay: boolean
}

export interface LabelFormat<S extends CommonSettings = CommonSettings> {
  id: string
  /** Name of the tool among staff. */
  label: string
  /** Returns the carrier of a service, for the ship change that the tracking file becomes. */
  carrierOf(service: string): Carrier
  services: readonly [Service, ...Service[]]
  settings: z.ZodType<S>
  columns: readonly Column[]
  /** Where installations of one tool differ. */
  layoutOf?: (settings: S) => readonly Column[]
  /** Number of the column with our key; 0 where the tool has none. */
  keyColumn: number
  /** Column whose text may hold the key, where the tool has none for it. */
  keyWithin?: number
  /** Services that take 置き配. */
  dropOffServices?: readonly string[]
  quoting: 'needed' | 'all'
  /** Lines without the header that the tool takes in one file. */
  mostRows: number
  header: 'always' | 'by_setting'
  /** Days from today until which it takes a day of shipping, where that is known. */
  mostDaysAhead?: number
  fill(draft: Draft, tools: FillTools<S>): Cells
}

export const columnsFor = (format: LabelFormat, settings: LabelFormat['settings']['_output']) =>
  format.layoutOf?.(settings) ?? format.columns

/**
 * The names of a tool's columns, in their order. Behind one that we fill stands its measure: `b32` bytes,
 * `w16` full-width characters, `n12` digits; with `*` it must be filled.
 */
export const columnsOf = (names: string): Column[] =>
  Array.from(names.matchAll(/(\S+)(?: ([bwn])(\d+)(\*)?(?=\s))?/g), ([, name = '', by, most, star]) => {
    if (!by) return { name, required: false }
    const kind = by === 'b' ? 'bytes' : by === 'w' ? 'wide' : 'digits'
    return { name, measure: { by: kind, most: Number(most) }, required: star === '*' }
  })

// Settings of a tenant for each carrier's tool: the sender and the codes of its contract. Nothing here is
// guessed.

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

/** Words of one class of クール便, as a form sends them: one text. */
const words = (label: string, which: string) =>
  z
    .string()
    .max(500)
    .default('')
    .describe(
      `Words of method, item, code or memo that mean ${which}, separated by 、 or a line break (${label})`,
    )

export const temperatureWords = {
  coolWords: words('冷蔵にする言葉', 'chilled'),
  frozenWords: words('冷凍にする言葉', 'frozen'),
}

export const contentWords = {
  goodsRules: z
    .string()
    .max(1_000)
    .default('')
    .describe('Word=name pairs, separated by 、: the goods’ name by a word of its items (品名の規則)'),
}

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
  ...temperatureWords,
  ...contentWords,
  fragileWords: words('こわれものの言葉', 'fragile'),
  uprightWords: words('天地無用の言葉', 'keep upright'),
  rawWords: words('なまものの言葉', 'perishable'),
  unknownTaxRate: z
    .enum(['', '8', '10'])
    .default('')
    .describe(
      'Rate for 代引 of orders whose mall gives none; empty: they are refused (税率の分からない受注の税率)',
    ),
  codLimit: z
    .string()
    .regex(/^\d{0,7}$/, { error: '半角数字7桁までで入力してください。' })
    .default('')
    .describe('Most yen of 代引 by the contract; empty: the tool’s own limit alone (代引の上限)'),
  header: z.boolean().default(true).describe('First line with the names of the columns (見出し行)'),
}

const Common = z.strictObject(commonSettings)
export type CommonSettings = z.infer<typeof Common>

/** Settings for a tool that knows the sender itself, or by a code. */
export const NO_SENDER: CommonSettings = {
  ...Common.omit({ sender: true, goodsName: true }).parse({}),
  sender: { name: '', postalCode: '', address: '', building: '', phone: '' },
  goodsName: '',
}

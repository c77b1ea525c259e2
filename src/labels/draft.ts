import type { NormalisedOrder, OrderPerson, OrderRecipient } from '../marketplaces/port/order.ts'
import { recipientsToShip } from '../marketplaces/port/shipping.ts'
import type { FindItem } from '../packing/items.ts'
import { foldForCp932, isFormula } from '../platform/csv.ts'
import { goodsOf, handlingOf } from './contents.ts'
import { toFullWidth } from './formats/cells.ts'
import type { Draft, LabelFormat, Party, Report, Sender, Slot } from './formats/format.ts'
import { type HoldChoice, holdOf } from './hold.ts'
import { dueOnDelivery } from './on-delivery.ts'
import { type TemperatureChoice, temperatureOf } from './temperature.ts'

export interface DraftTools {
  format: LabelFormat
  settings: LabelFormat['settings']['_output']
  key: string
  shopId: string
  shippedOn: string
  service: string
  temperature: TemperatureChoice
  island: boolean
  packages: number
  /** By a person, for this order. */
  hold: HoldChoice
  /** In the tenant's item list. */
  find: FindItem
  problem: Report
  warning: Report
}

/**
 * Builds the label draft of one recipient. Reports faults and still returns a draft, so that later checks can
 * find more.
 */
export function draftOf(order: NormalisedOrder, recipient: OrderRecipient, tools: DraftTools): Draft {
  const { settings, problem, warning } = tools
  const gift = order.gift.requested || recipient.gift.requested
  if (recipient.addressPending) {
    problem('送付先', 'ADDRESS_PENDING', '送付先の住所がまだありません。住所が届くのを待ってください。')
  }
  // Naming an office decides how the parcel goes there.
  if (recipient.pickup && !tools.hold) {
    problem('送付先', 'PICKUP', '店舗・コンビニ受取の受注です。モール指定の方法で発送してください。')
  }
  if (recipient.parcels.some(({ trackingNumber }) => trackingNumber)) {
    warning('送付先', 'HAS_TRACKING_NUMBER', 'この送付先にはすでに送り状番号があります。')
  }
  const byBuyer = gift && settings.giftSender === 'buyer'
  const sender = settings.sendersByShop[tools.shopId] ?? settings.sender
  const slot = slotOf(recipient.wish)
  const temperature = temperatureOf(order, recipient, tools.temperature, settings, tools)
  const cod = codOf(order, gift, tools)
  tellDropOff(recipient, tools)
  if (tools.island) {
    const limited = [
      slot ? ['時間帯指定'] : [],
      cod ? ['代引'] : [],
      temperature === 'normal' ? [] : ['クール便'],
    ].flat()
    const rest =
      limited.length > 0 ? `この送り状の${limited.join('・')}は、配送会社と島によって使えません。` : ''
    warning('送付先', 'REMOTE_AREA', `離島・遠隔地です。${rest}配送できる便と料金を確認してください。`)
  }
  return {
    key: tools.key,
    orderNumber: order.orderNumber,
    shippedOn: tools.shippedOn,
    to: partyOf('送付先', recipient.person, problem),
    from: byBuyer ? partyOf('ご依頼主', order.buyer, problem) : partyOfSender(sender),
    wish: { date: wishDate(recipient, tools), slot },
    temperature,
    cod,
    goods: safeCell(goodsOf(order, recipient, settings, tools.find)),
    handling: handlingOf(order, recipient, settings),
    packages: tools.packages,
    hold: holdOf(order, recipient, tools.hold, warning),
    dropOff: recipient.wish.dropOff,
  }
}

/** A wish that this service has no column for. */
function tellDropOff(
  { wish: { dropOff } }: OrderRecipient,
  { format: { label, services, dropOffServices = [] }, service, warning }: DraftTools,
): void {
  if (!dropOff || dropOffServices.includes(service)) return
  const others = services.filter(({ code }) => dropOffServices.includes(code)).map((one) => one.label)
  const advice =
    others.length > 0
      ? `契約があれば、送り状の種類で「${others.join('、')}」を選びます。`
      : `${label}には置き配の列がありません。送り状ソフトで指定するか、購入者に確認してください。`
  warning('置き配', 'DROP_OFF', `置き配の希望（${dropOff.slice(0, 40)}）は出力しません。${advice}`)
}

function partyOf(who: string, person: OrderPerson, problem: Report): Party {
  const text = (value: string | null | undefined) =>
    foldForCp932((value ?? '').slice(0, MOST_CHARACTERS)).replace(SAFE_START, toFullWidth)
  const postalCode = text(person.postalCode).replaceAll('-', '')
  if (!/^\d{7}$/.test(postalCode)) {
    problem(
      `${who}郵便番号`,
      'POSTAL_CODE_INVALID',
      `${who}の郵便番号が7桁の数字ではありません。受注を編集して直してください。`,
    )
  }
  const street = [person.prefecture, person.city, person.address1].map(text).join('')
  const parts = [person.familyName, person.givenName].map(text).filter(Boolean)
  return {
    postalCode,
    address: [street, text(person.address2)],
    company: text(person.company),
    name: text(person.fullName) || parts.join(' '),
    phone: phoneOf(who, text(person.phone), problem),
    mend: '受注を編集して',
  }
}

/**
 * Staff open the file in a spreadsheet too, where a buyer's "=…" would run as a formula; on a label the
 * full-width sign reads the same. (A phone keeps its +81, which is taken off below.)
 */
const SAFE_START = /^[=+\-@]/
/** Becomes nothing in CP932, and would hide the sign behind it. */
const INVISIBLE_START = /^[\p{C}\p{Z}]+/u

/**
 * Longest text that is checked. No carrier has a cell of half this length, so longer text is reported as too
 * long without reading the rest.
 */
const MOST_CHARACTERS = 1_000

/** Prevents a cell that begins like a formula, from any author. */
export const safeCell = (text: string): string =>
  isFormula(text) ? foldForCp932(text.replace(INVISIBLE_START, '')).replace(SAFE_START, toFullWidth) : text

export const partyOfSender = (sender: Sender): Party => ({
  postalCode: sender.postalCode,
  address: [sender.address, sender.building].map(safeCell),
  company: '',
  name: safeCell(sender.name),
  phone: sender.phone,
  mend: '「送り状の設定」でご依頼主を編集して',
})

/** +81 90-1234-5678, ０９０… as 090-1234-5678. */
function phoneOf(who: string, text: string, problem: Report): string {
  const plain = text
    .normalize('NFKC')
    .replace(/^\(?\+81\)?[ -]*(?:\(?0\)?)?/, '0')
    .replace(/[-‐－―().ー\s]+/g, '-')
    .replace(/^-|-$/g, '')
  if (/^0[\d-]+$/.test(plain) && /^0\d{8,10}$/.test(plain.replaceAll('-', ''))) return plain
  const wrong = text === '' ? 'ありません' : '正しくありません'
  problem(
    `${who}電話番号`,
    'PHONE_INVALID',
    `${who}の電話番号が${wrong}。0 から始まる9〜11桁の番号に直してください。`,
  )
  return ''
}

/** Half a year: our own limit. A wish beyond it is a wrong year, or an order to be shipped much later. */
const MOST_DAYS_AHEAD = 183

/** Refuses a day before the parcel leaves, as every tool does. */
function wishDate(
  { wish }: OrderRecipient,
  { format: { label, services }, service, shippedOn, problem, warning }: DraftTools,
): string | null {
  const date = wish.date?.slice(0, 10) ?? null
  if (date === null || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return null
  if (!services.some(({ code, takesDay }) => code === service && takesDay)) {
    const others = services.filter(({ takesDay }) => takesDay).map((one) => one.label)
    const advice =
      others.length > 0
        ? `日を指定するときは、送り状の種類で「${others.join('、')}」を選びます。`
        : `${label}では日を指定できません。購入者に確認してください。`
    warning(
      'お届け希望日',
      'WISH_DATE_NOT_OFFERED',
      `お届け希望日 ${date} は、この送り状の種類では出力しません。${advice}`,
    )
    return null
  }
  const ahead = (Date.parse(date) - Date.parse(shippedOn)) / (24 * 60 * 60_000)
  if (ahead > MOST_DAYS_AHEAD) {
    problem(
      'お届け希望日',
      'WISH_DATE_FAR',
      `お届け希望日 ${date} が出荷予定日 ${shippedOn} から半年以上先です。年の間違いでないか確認し、希望日か出荷予定日を直してください。`,
    )
    return null
  }
  if (date >= shippedOn) return date
  problem(
    'お届け希望日',
    'WISH_DATE_PAST',
    `お届け希望日 ${date} が出荷予定日 ${shippedOn} より前です。出荷予定日か希望日を直してください。`,
  )
  return null
}

const NONE = /^(?:指定|希望)?(?:なし|無し|無)$|^指定しない$/
/** 午前, 午前中, with a wish or its hours behind it; 午前以外 and 午前中は不在 are none of them. */
const MORNING = /^午前中?(?:を?(?:指定|希望)|着|配達)?(?:\s*\(?(?:8時?\s*[-~]\s*)?12(?::00|時)(?:まで)?\)?)?$/
/** Hours that the buyer rules out. */
const NOT_THEN = /以外|不可|不在|除|避け|だめ|NG|ません|ない/i
const HOURS = /(\d{1,2})(?::00|時)?\s*(?:[-~～ー－]|から)\s*(\d{1,2})/

function slotOf(wish: OrderRecipient['wish']): Slot | null {
  const words = (wish.timeText ?? '').slice(0, 40).trim()
  const [from, to] = [wish.timeFrom, wish.timeTo].map((time) => hourOf(time))
  const shown = words || [wish.timeFrom, wish.timeTo].filter(Boolean).join('-')
  const plain = shown.normalize('NFKC')
  if (MORNING.test(plain) || (from !== undefined && to === 12 && from < 12)) {
    return { from: 'am', to: 12, words: shown || '午前中' }
  }
  if (from !== undefined && to !== undefined) return { from, to, words: shown }
  if (shown === '' || NONE.test(shown)) return null
  const [, first, last] = (NOT_THEN.test(plain) ? null : HOURS.exec(plain)) ?? []
  if (first && last && Number(last) === 12) return { from: 'am', to: 12, words: shown }
  // Slots that no carrier offers are reported in the mall's own words.
  return { from: first ? Number(first) : -1, to: last ? Number(last) : -1, words: shown }
}

const hourOf = (time: string | null): number | undefined =>
  time !== null && /^\d{2}:00/.test(time) ? Number(time.slice(0, 2)) : undefined

/**
 * 代引: the buyer pays the carrier the amount that the mall bills. It cannot be divided among several parcels
 * by guessing.
 */
function codOf(
  order: NormalisedOrder,
  gift: boolean,
  { settings, problem, warning }: DraftTools,
): Draft['cod'] {
  const due = dueOnDelivery(order)
  if (due === null) return null
  if (due === 0 && order.totals.billed > 0) {
    warning(
      '代引金額',
      'COD_PAID',
      '代引の受注ですが、入金済みです。代引にしない送り状を出力します。入金を確認してください。',
    )
    return null
  }
  // A shop may mark 代引 as paid before it is; only what is outstanding says what not to collect.
  if (order.payment.status === 'paid')
    warning(
      '代引金額',
      'COD_PAID',
      'モールでは入金済みの代引の受注です。代引金額を受け取ってよいか確認してください。',
    )
  if (due < order.totals.billed)
    warning(
      '代引金額',
      'COD_PART',
      `請求金額 ${order.totals.billed.toLocaleString('ja-JP')} 円のうち、未払いの ${due.toLocaleString('ja-JP')} 円を代引にします。`,
    )
  if (recipientsToShip(order).length > 1) {
    problem(
      '代引金額',
      'COD_SPLIT',
      '送付先が複数ある代引の受注です。代引金額を分けられないため、送り状は手で作成してください。',
    )
  }
  if (due <= 0) {
    problem(
      '代引金額',
      'COD_AMOUNT',
      '代引の受注ですが請求金額が 0 円です。支払方法と金額を確認してください。',
    )
  }
  if (gift) warning('代引金額', 'COD_GIFT', '代引のギフトです。受け取る方が支払うことになります。')
  const { unknownTaxRate, codLimit } = settings
  if (codLimit !== '' && due > Number(codLimit))
    problem(
      '代引金額',
      'COD_TOO_MUCH',
      `代引金額 ${due.toLocaleString('ja-JP')} 円が、送り状の設定の「代引の上限」 ${Number(codLimit).toLocaleString('ja-JP')} 円を超えています。`,
    )
  const tax = taxOfDue(due, order, unknownTaxRate === '' ? null : Number(unknownTaxRate))
  if (tax === null && due > 0) {
    problem(
      '代引消費税',
      'COD_TAX_UNKNOWN',
      '税率の分からない明細があり、代引金額に含まれる消費税を計算できません。送り状の設定の「税率の分からない受注の税率」を選んでください。',
    )
  }
  return { amount: due, tax }
}

/** Of a part of the bill, the same part of its tax. */
function taxOfDue(due: number, order: NormalisedOrder, unknown: number | null): number | null {
  const tax = taxWithin(order, unknown)
  const { billed } = order.totals
  return tax === null || due >= billed ? tax : Math.floor((tax * due) / billed)
}

const taxOf = (amount: number, rate: number): number => Math.floor((amount * rate) / (100 + rate))

/** The tax of what the carrier collects. Where points or coupons have paid, that of the goods is more. */
function taxWithin({ taxSummary, totals }: NormalisedOrder, unknown: number | null): number | null {
  const all = unknown === null ? null : taxOf(totals.billed, unknown)
  const parts = taxSummary.map(({ rate, billed, taxable, tax }) => {
    if (billed === null || rate < 0) return null
    // The mall's own rounding, where its tax is the tax of the same amount.
    return taxable === billed && tax !== null ? tax : taxOf(billed, rate)
  })
  const collected = taxSummary.reduce((sum, { billed }) => sum + (billed ?? 0), 0)
  if (parts.length === 0 || parts.includes(null) || collected !== totals.billed) return all
  return parts.reduce<number>((sum, tax) => sum + Math.max(0, tax ?? 0), 0)
}

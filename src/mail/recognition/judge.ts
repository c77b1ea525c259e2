import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import { matchRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailTrust, ReadableMail, Recognition, SubjectRule } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import { MAIL_BYTES } from '../mail-bytes.ts'
import { type Attached, parseMail, readAttached } from './parse-mail.ts'
import { fileMallOf, mayMatter, rulesOf, type ShopMailRules } from './shop-rules.ts'
import { isSenderProven, pathOf, type TrustSettings, trustOf } from './trust.ts'

/** Reading of one mail. */
export interface Judged {
  /** Null: no mall's mail. */
  recognition: Recognition | null
  /** Text of a mail in which nothing was found; null for others, whose text is rarely needed: see `text`. */
  text: string | null
  trust: MailTrust
  /** Path that it took (see `pathOf`); null when the mail does not show it. */
  path: string | null
  /** Order files attached to it, of a sender that the host verified. */
  files?: readonly Attached[]
}

/** A pasted mail: its source, or the parts that a person sees. */
export type PastedMail = { source: Uint8Array } | { mail: ReadableMail }

/** Reads mails. Rejects when one cannot be read, or not in time. */
export interface MailJudge {
  judge(source: Uint8Array, rules: ShopMailRules, settings: TrustSettings): Promise<Judged>
  text(source: Uint8Array): Promise<string>
  explain(pasted: PastedMail, rules: ShopMailRules): Promise<Explanation>
}

/** Reads mails in the caller's own thread, which a costly mail blocks. */
export const createJudge = (malls: MailMalls): MailJudge => ({
  async judge(source, rules, settings) {
    const mail = await parseMail(asBuffer(source))
    const recognition = recogniseMail(mail, malls, rules)
    const fileMall = fileMallOf(mail, rules)
    // A shop of files has no server to ask for its own numbers; another mall's order comes by its number.
    const isOrderMail = recognition?.orderNumbers.length && recognition.marketplace !== fileMall
    if (fileMall !== null && !isOrderMail) {
      const isProven = isSenderProven(mail, sharedOf(malls), settings)
      const withFiles = await judgeFiles(mail, asBuffer(source), fileMall, isProven, settings)
      if (withFiles) return withFiles
    }
    const mall = recognition && malls.get(recognition.marketplace)
    const trust = mall ? trustOf(mail, mall.mailRules, rulesOf(mall, rules), settings) : 'unknown'
    const text = recognition !== null && isUnreadable(recognition) ? mail.text : null
    return { recognition, text, trust, path: mall ? pathOf(mail, mall.mailRules) : null }
  },
  text: async (source) => (await parseMail(asBuffer(source))).text,
  async explain(pasted, rules) {
    const mail = 'mail' in pasted ? pasted.mail : await parseMail(asBuffer(pasted.source))
    return explainRecognition(mail, malls, rules)
  },
})

/** A mail that brings order files, or should have; null: it is read as any other. */
async function judgeFiles(
  mail: ReadableMail,
  source: Buffer,
  marketplace: MarketplaceName,
  isProven: boolean,
  settings: TrustSettings,
): Promise<Judged | null> {
  // Anybody can write a name into From: a stranger's mail costs no more than a usual one.
  const attached = await readAttached(isProven ? source : source.subarray(0, MAIL_BYTES))
  if (attached === null) return null
  const [trust, path]: [MailTrust, null] = [isProven ? 'verified' : 'unknown', null]
  if (typeof attached === 'string' || !isProven) {
    const reason = isProven ? String(attached) : settings.authservId === null ? NO_HOST : UNPROVEN
    const recognition = { marketplace, kind: 'unknown' as const, orderNumbers: [], reason }
    return { recognition, text: mail.text, trust, path }
  }
  const reason = `注文ファイル「${attached.map(({ name }) => name).join('」「')}」を受け付けました。結果は注文ファイルの画面に出ます。`
  const recognition = { marketplace, kind: 'notice' as const, orderNumbers: [], reason }
  return { recognition, text: null, trust, path, files: attached }
}

const UNPROVEN =
  '受信サーバーが差出人を確認していない（DKIM、SPF、DMARC のどれも差出人のドメインで合格していない）ため、添付の注文ファイルを取り込みませんでした。本物であれば画面から取り込んでください。'
const NO_HOST =
  '受信箱に認証結果のサーバー名（authservId）がなく差出人を確認できないため、添付の注文ファイルを取り込みませんでした。受信箱の設定に登録するか、画面から取り込んでください。'

const sharedOf = (malls: MailMalls): string[] =>
  [...malls.values()].flatMap(({ mailRules }) => mailRules.sharedDomains ?? [])

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Finds the mall, kind and order numbers of a mail; null when it is no mall's. When several malls claim it,
 * the first with a number wins. A mail is only a hint and may be forged: callers check that the numbers are
 * the shop's.
 */
export function recogniseMail(
  mail: ReadableMail,
  marketplaces: MailMalls,
  shopRules: ShopMailRules = [],
): Recognition | null {
  let unreadable: Recognition | null = null
  for (const mall of marketplaces.values()) {
    const recognition = mall.recognise(mail, rulesOf(mall, shopRules))
    if (recognition && !isUnreadable(recognition)) return recognition
    unreadable ??= recognition
  }
  return unreadable
}

/** Result of one mall's rules for a mail. */
interface MallExplanation {
  marketplace: MarketplaceName
  /** Sender rule that matches; null when none does. */
  sender: string | null
  subject: SubjectRule | null
  /** Sender or subject rule that ignores the mail; it beats the two above. */
  ignoredBy: string | null
  recognition: Recognition | null
  /** Japanese sentences for staff: what was found, what was not, and what to set. */
  messages: string[]
}

export interface Explanation {
  /** True when the listener would download the mail. */
  considered: boolean
  recognition: Recognition | null
  malls: MallExplanation[]
}

/** Explains, mall by mall, why a mail is recognised or not, for a person who tries out the rules. */
export function explainRecognition(
  mail: ReadableMail,
  marketplaces: MailMalls,
  shopRules: ShopMailRules = [],
): Explanation {
  return {
    considered: mayMatter(mail, marketplaces, shopRules),
    recognition: recogniseMail(mail, marketplaces, shopRules),
    malls: [...marketplaces.values()].map((mall) => {
      const rules = rulesOf(mall, shopRules)
      const match = matchRules(mail, rules)
      const recognition = mall.recognise(mail, rules)
      const messages = describe(mall.label, match, recognition)
      const { sender, subject, ignoredBy } = match
      return { marketplace: mall.name, sender, subject, ignoredBy, recognition, messages }
    }),
  }
}

function describe(
  label: string,
  match: ReturnType<typeof matchRules>,
  recognition: Recognition | null,
): string[] {
  if (match.ignoredBy !== null)
    return [`${label}: 対象外の設定「${match.ignoredBy}」に該当するため、読み取りません。`]
  const messages = [
    match.sender === null
      ? `${label}: 差出人は登録された差出人のどれとも一致しません。`
      : `${label}: 差出人が「${match.sender}」に一致しました。`,
    match.subject === null
      ? `${label}: 件名は登録された件名のどれも含みません。`
      : `${label}: 件名が「${match.subject.contains}」を含みます。${kindWords(match.subject.kind, recognition)}`,
  ]
  if (recognition?.reason) messages.push(recognition.reason)
  else if (recognition?.kind === 'notice')
    messages.push(`${label}: お知らせのメールのため、注文番号は不要です。`)
  else if (recognition)
    messages.push(`${label}: 注文番号を${recognition.orderNumbers.length}件読み取りました。`)
  else if (match.sender === null && match.subject === null)
    messages.push(`${label}: このモールのメールであれば、差出人または件名を店舗の設定に追加してください。`)
  else messages.push(`${label}: 注文番号もモール名もないため、このモールのメールとはみなしません。`)
  return messages
}

/** A rule of kind `unknown` leaves the kind to the mail's other words. */
function kindWords(ruled: SubjectRule['kind'], recognition: Recognition | null): string {
  const kind = ruled === 'unknown' ? recognition?.kind : ruled
  return kind === undefined ? '' : `種類は ${kind} です。`
}

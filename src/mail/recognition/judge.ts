import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailTrust, ReadableMail, Recognition } from '../../marketplaces/port/mail-rules.ts'
import { type Explanation, explainRecognition } from './explain.ts'
import { rulesOf, type ShopMailRules } from './malls.ts'
import { parseMail } from './parse-mail.ts'
import { recogniseMail } from './recognise-mail.ts'
import { pathOf, type TrustSettings, trustOf } from './trust.ts'

/** Reading of one mail. */
export interface Judged {
  /** Null: no mall's mail. */
  recognition: Recognition | null
  /** Text of a mail in which nothing was found; null for others, whose text is rarely needed: see `text`. */
  text: string | null
  trust: MailTrust
  /** Path that it took (see `pathOf`); null when the mail does not show it. */
  path: string | null
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
    const mall = recognition && malls.get(recognition.marketplace)
    const trust = mall ? trustOf(mail, mall.mailRules, rulesOf(mall, rules), settings) : 'unknown'
    const text = recognition !== null && isUnreadable(recognition) ? mail.text : null
    return { recognition, text, trust, path: mall ? pathOf(mail) : null }
  },
  text: async (source) => (await parseMail(asBuffer(source))).text,
  async explain(pasted, rules) {
    const mail = 'mail' in pasted ? pasted.mail : await parseMail(asBuffer(pasted.source))
    return explainRecognition(mail, malls, rules)
  },
})

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

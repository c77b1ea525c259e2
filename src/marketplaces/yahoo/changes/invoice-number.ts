import type { Carrier } from '../../port/carriers.ts'
import { CARRIERS } from '../codes.ts'

/**
 * ShipInvoiceNumber as 出荷ステータス変更API wants it: half-width letters, digits and hyphens, 30 bytes at most; Yamato digits
 * and hyphens, 14 at most; Japan Post 11 to 13 letters and digits without hyphens. Hyphens that are in the way go.
 */
export function invoiceNumberOf(
  carrier: Carrier,
  number: string,
): { number: string; problem: string | null } {
  const text = number.normalize('NFKC').replace(/\s/g, '')
  const company = CARRIERS.codeOf(carrier)
  if (company === CARRIERS.codeOf('yamato')) {
    const fitting = text.length > 14 ? bare(text) : text
    return { number: fitting, problem: /^[0-9-]{1,14}$/.test(fitting) ? null : YAMATO }
  }
  if (company === CARRIERS.codeOf('japan_post')) {
    return { number: bare(text), problem: /^[A-Za-z0-9]{11,13}$/.test(bare(text)) ? null : JAPAN_POST }
  }
  return { number: text, problem: /^[A-Za-z0-9-]{1,30}$/.test(text) ? null : OTHERS }
}

const bare = (text: string) => text.replaceAll('-', '')

const YAMATO = 'ヤマト運輸の伝票番号は数字とハイフンで14文字までです。'
const JAPAN_POST = '日本郵便の伝票番号は英数字11～13文字です。'
const OTHERS = '伝票番号は半角の英数字とハイフンで30文字までです。'

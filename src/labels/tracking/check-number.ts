import type { Carrier } from '../../marketplaces/port/carriers.ts'

/** ヤマト, 佐川 and 日本郵便: the last digit is the rest of the others by seven. クロネコゆうパケット and レターパック have eleven digits. */
const LENGTHS: ReadonlyMap<Carrier, readonly number[]> = new Map([
  ['yamato', [12, 11]],
  ['yamato_yu_packet', [12, 11]],
  ['sagawa', [12]],
  ['japan_post', [12, 11]],
])

/** EMS and registered mail abroad: EE123456789JP. */
const UNIVERSAL = /^[A-Z]{2}\d{9}[A-Z]{2}$/

export interface NumberFault {
  code: 'NUMBER_MISSING' | 'NUMBER_MALFORMED' | 'NUMBER_LENGTH' | 'NUMBER_CHECK_DIGIT'
  message: string
}

/**
 * Returns the fault of a tracking number, or null. For carriers without a known rule it checks only the form.
 */
export function numberFault(carrier: Carrier, number: string): NumberFault | null {
  if (number === '') {
    return {
      code: 'NUMBER_MISSING',
      message: '送り状番号がありません。送り状を発行してから出力し直してください。',
    }
  }
  const lengths = LENGTHS.get(carrier)
  if (!/^[A-Za-z0-9]{1,40}$/.test(number)) {
    return { code: 'NUMBER_MALFORMED', message: '送り状番号に使えない文字があります。' }
  }
  if (lengths === undefined || (carrier === 'japan_post' && UNIVERSAL.test(number))) return null
  if (!/^\d+$/.test(number) || !lengths.includes(number.length)) {
    const wanted = lengths.join('桁または')
    return {
      code: 'NUMBER_LENGTH',
      message: `送り状番号の桁数が正しくありません（${wanted}桁の数字）。表計算ソフトで開いて指数表示（4.0E+11 など）になっていないか確認してください。`,
    }
  }
  if (restBySeven(number.slice(0, -1)) === Number(number.at(-1))) return null
  return {
    code: 'NUMBER_CHECK_DIGIT',
    message: '送り状番号の末尾（検査数字）が合いません。打ち間違いがないか確認してください。',
  }
}

const restBySeven = (digits: string): number =>
  [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 7, 0)

import { cp932Length } from '../../platform/csv.ts'

/**
 * Length unit of a cell in a carrier's tool. `bytes`: in CP932, so 16 full-width or 32 half-width letters are
 * 32. `wide`: characters after half-width ones become full-width, as e飛伝Ⅲ does with addresses and names.
 * `digits`: digits alone.
 */
export type Measure = { by: 'bytes' | 'wide' | 'digits'; most: number }

export const lengthBy = (measure: Measure, text: string): number =>
  measure.by === 'wide' ? [...text].length : cp932Length(text)

export const fits = (measure: Measure, text: string): boolean =>
  lengthBy(measure, text) <= measure.most && (measure.by !== 'digits' || /^\d*$/.test(text))

/** For staff: 全角16文字（半角32文字）. */
export function measureWords({ by, most }: Measure): string {
  if (by === 'digits') return `半角数字${most}桁`
  return by === 'wide' ? `${most}文字` : `全角${Math.floor(most / 2)}文字（半角${most}文字）`
}

const DAKUTEN = /[\uff66-\uff9d][\uff9e\uff9f]?|[\uff9e\uff9f]/g

/** Half-width letters, digits, signs and kana as full-width ones. */
export const toFullWidth = (text: string): string =>
  text
    .replace(DAKUTEN, (kana) => kana.normalize('NFKC'))
    .replace(/[\u0021-\u007e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
    .replaceAll(' ', '\u3000')

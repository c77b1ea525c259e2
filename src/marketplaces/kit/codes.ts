import { CARRIER_CODES, CARRIERS, type Carrier } from '../port/carriers.ts'
import type { MallCarrier } from '../port/site-changes.ts'
/**
 * Table of a mall's codes without a prototype: a text such as `valueOf` or `constructor` finds nothing, while
 * a plain object would return its prototype's property.
 */
export const codeTable = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries))

/** Finds the meaning of a mall's words: the first row whose pattern matches, full-width as half-width. */
export const byWords = <T>(
  rows: readonly (readonly [words: RegExp, meaning: T])[],
  text: string | null,
): T | undefined => {
  const plain = (text ?? '').normalize('NFKC')
  return rows.find(([words]) => words.test(plain))?.[1]
}

/** Companies numbered alike by 楽天市場 and Yahoo!ショッピング. 1005, and those after 1027, differ. */
export const NUMBERED = {
  yamato: '1001',
  sagawa: '1002',
  japan_post: '1003',
  seino: '1004',
  fukuyama: '1006',
  meitetsu: '1007',
  tonami: '1008',
  daiichi: '1009',
  niigata: '1010',
  chuetsu: '1011',
  okayama: '1012',
  kurume: '1013',
  sanyo: '1014',
  nx_transport: '1015',
  ecohai: '1016',
  ems: '1017',
  dhl: '1018',
  fedex: '1019',
  ups: '1020',
  nippon_express: '1021',
  tnt: '1022',
  ocs: '1023',
  usps: '1024',
  sf_express: '1025',
  aramex: '1026',
  sgh_global: '1027',
} as const satisfies Partial<Record<Carrier, string>>

/**
 * Maps a mall's carriers in both directions.
 * @param codes by our carriers; services of a company that the mall does not separate have the company's code
 * @param other the mall's code for unknown companies
 * @param names names that the mall words differently, and codes of its list that none of our carriers has
 */
export function carrierTable(
  codes: Readonly<Partial<Record<Carrier, string>>>,
  other: string,
  names: Readonly<Record<string, string>> = {},
) {
  const codeOf = (carrier: Carrier): string => codes[carrier] ?? other
  const all: readonly MallCarrier[] = CARRIER_CODES.map((carrier) => ({ carrier, mallCode: codeOf(carrier) }))
  const own = all.filter(({ carrier }) => carrier === 'other' || codes[carrier] !== undefined)
  return {
    all,
    codeOf,
    /** Japanese names by the mall's codes; of carriers with one code, the first is the company itself. */
    names: codeTable<string>({
      ...Object.fromEntries(own.toReversed().map(({ carrier, mallCode }) => [mallCode, CARRIERS[carrier]])),
      ...names,
    }),
  }
}

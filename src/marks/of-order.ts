import { hasBuyerNote } from '../marketplaces/kit/buyer-note.ts'
import type { NormalisedOrder, OrderPerson } from '../marketplaces/port/order.ts'
import { wholeNameOf } from '../orders/store/search-tokens.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import type { MarkCode } from './catalogue.ts'
import { checkPostcode, type IslandList, isIsland, lacksHouseNumber } from './places.ts'

/** The marks that an order has by itself, whatever else is here. Pure. */
export function marksOfOrder(order: NormalisedOrder, islands: IslandList): MarkCode[] {
  const found: MarkCode[] = []
  const add = (mark: MarkCode, is: boolean) => {
    if (is) found.push(mark)
  }
  const addressed = order.recipients.filter(
    ({ addressPending, pickup, person }) => !addressPending && pickup === null && hasAddress(person),
  )
  const people = addressed.map(({ person }) => person)
  const checks = people.map(checkPostcode)
  const elsewhere = order.recipients.some(({ person }) => isSomebodyElse(order.buyer, person))
  add('multi_recipient', order.recipients.length > 1)
  add('other_recipient', elsewhere)
  add('cod_other_recipient', elsewhere && order.payment.kind === 'cod')
  add('postcode_unknown', checks.includes('unknown'))
  add('postcode_mismatch', checks.includes('differs'))
  add('no_house_number', people.some(lacksHouseNumber))
  add(
    'remote_island',
    order.recipients.some(({ remoteArea }) => remoteArea) ||
      people.some((person) => isIsland(person, islands)),
  )
  add('early_delivery', order.delivery.express.length > 0 || isWishedSoon(order))
  add('buyer_note', hasBuyerNote(order.notes.buyer))
  return found
}

const hasAddress = ({ city, address1 }: OrderPerson): boolean => Boolean(city?.trim() || address1?.trim())

/** Names alone: who has it sent to work gives another address, and is no other person. Malls that give no names tell nothing. */
function isSomebodyElse(buyer: OrderPerson, recipient: OrderPerson): boolean {
  const [one, other] = [wholeNameOf(buyer), wholeNameOf(recipient)]
  return one !== '' && other !== '' && one !== other
}

const DAY_MS = 24 * 60 * 60_000
const SOON_DAYS = 2

function isWishedSoon(order: NormalisedOrder): boolean {
  const ordered = Date.parse(order.orderedAt)
  if (Number.isNaN(ordered)) return false
  const last = japaneseDay(ordered + SOON_DAYS * DAY_MS)
  return order.recipients.some(({ wish }) => wish.date !== null && wish.date <= last)
}

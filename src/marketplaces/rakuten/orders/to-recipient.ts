import { NOBODY } from '../../kit/order-parts.ts'
import { postalCodeOf, wholeName } from '../../kit/texts.ts'
import { names, type Raw } from '../../kit/wire.ts'
import type { OrderPerson, OrderRecipient } from '../../port/order.ts'
import { CARRIERS } from '../codes.ts'
import { fixedOrNull, leftover, type WireOrder, type WirePackage, wishOf, without } from '../wire.ts'

const ADDRESS_FIELDS = [
  ...names('zipCode1 zipCode2 prefecture city subAddress phoneNumber1 phoneNumber2 phoneNumber3'),
  ...names('familyName firstName familyNameKana firstNameKana isolatedIslandFlag emailAddress'),
]
const PACKAGE_MAPPED = new Set<string>(
  names('basketId postagePrice deliveryPrice noshi SenderModel ItemModelList ShippingModelList'),
)

type Address = WirePackage['SenderModel'] | WireOrder['OrdererModel']

/**
 * Fields that can be rebuilt from the normalised form. Parts of a postal code or phone number that would be
 * split differently are kept verbatim and sent back unchanged.
 */
export function mappedOf(address: Address): ReadonlySet<string> {
  const { zipCode1, zipCode2, phoneNumber1, phoneNumber2, phoneNumber3 } = address
  const zipFits = /^\d{3}-\d{4}$/.test(`${zipCode1 ?? ''}-${zipCode2 ?? ''}`) || !(zipCode1 || zipCode2)
  const phones = [phoneNumber1, phoneNumber2, phoneNumber3]
  // A number of two parts is sent back in three, as the call requires.
  const phoneFits = phones.every((part) => !part?.includes('-'))
  return new Set(
    ADDRESS_FIELDS.filter(
      (name) => (zipFits || !name.startsWith('zipCode')) && (phoneFits || !name.startsWith('phoneNumber')),
    ),
  )
}

/** Names and address as Rakuten keeps them; subAddress holds street and building in one. */
export function toPerson(address: Address, email: string | null): OrderPerson {
  const phone = [address.phoneNumber1, address.phoneNumber2, address.phoneNumber3].filter(Boolean).join('-')
  const [familyName, givenName] = [address.familyName, address.firstName]
  return {
    ...NOBODY,
    fullName: wholeName(familyName, givenName),
    familyName,
    givenName,
    familyNameKana: address.familyNameKana,
    givenNameKana: address.firstNameKana,
    postalCode: postalCodeOf([address.zipCode1, address.zipCode2].filter(Boolean).join('-')),
    prefecture: address.prefecture,
    city: address.city,
    address1: address.subAddress,
    phone: phone || null,
    email,
  }
}

/** One PackageModel: SenderModel is, against its name, who receives (送付先). */
export function toRecipient(order: WireOrder, basket: WirePackage, raw: Raw): OrderRecipient {
  return {
    id: basket.basketId,
    person: toPerson(basket.SenderModel, null),
    lineIds: basket.ItemModelList.map((item) => item.itemDetailId),
    parcels: basket.ShippingModelList.map(toParcel),
    wish: {
      ...wishOf(order.deliveryDate, order.shippingTerm, order.remarks),
      dropOff: basket.dropOffFlag ? (basket.dropOffLocation ?? '置き配') : null,
    },
    gift: {
      requested: order.giftCheckFlag || basket.noshi !== null || basket.SocialGiftModel !== null,
      message: null,
      noshi: basket.noshi,
      wrappings: [],
    },
    shippingFee: fixedOrNull(basket.postagePrice),
    codFee: fixedOrNull(basket.deliveryPrice),
    pickup: toPickup(basket),
    remoteArea: basket.SenderModel.isolatedIslandFlag,
    addressPending: addressPending(basket),
    mallFields: {
      ...without(raw, PACKAGE_MAPPED),
      ...leftover(raw, 'SenderModel', mappedOf(basket.SenderModel)),
    },
  }
}

function toParcel(parcel: WirePackage['ShippingModelList'][number]): OrderRecipient['parcels'][number] {
  return {
    id: parcel.shippingDetailId,
    carrierCode: parcel.deliveryCompany,
    carrierName: parcel.deliveryCompanyName ?? CARRIERS.names[Number(parcel.deliveryCompany)] ?? null,
    trackingNumber: parcel.shippingNumber,
    shippedOn: parcel.shippingDate,
    arrivedOn: null,
  }
}

/** cvsCode of 郵便局受取 among those of convenience stores. */
const POST_OFFICE = '60'

function toPickup({ DeliveryCvsModel: store }: WirePackage): OrderRecipient['pickup'] {
  if (!store || (!store.cvsCode && !store.storeCode)) return null
  return {
    kind: store.cvsCode === POST_OFFICE ? 'post_office' : 'convenience_store',
    code: store.storeCode,
    name: store.storeName,
    address: `${store.storePrefecture ?? ''}${store.storeAddress ?? ''}` || null,
  }
}

/**
 * True for a social gift without an address yet: SocialGiftModel says so since version 10, and in every
 * version the placeholder address does (zip 999-9999, 入力待ち).
 */
function addressPending(basket: WirePackage): boolean {
  const { SenderModel: to, SocialGiftModel: gift } = basket
  if (gift && gift.inputFlag === 0) return true
  return to.familyName === '入力待ち' || (to.zipCode1 === '999' && to.zipCode2 === '9999')
}

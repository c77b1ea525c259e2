import { z } from 'zod'
import { day, later, mallFields, text, yen } from './order-fields.ts'

/** The people of the normalised order and what goes to them: names, addresses, parcels, wishes, gifts. */

export const Person = z
  .object({
    fullName: later(text).describe(
      'The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept',
    ),
    familyName: text.describe('Family name; null where the mall gives the whole name alone (姓)'),
    givenName: text.describe('Given name; null where the mall gives the whole name alone (名)'),
    familyNameKana: text.describe(
      'Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ)',
    ),
    givenNameKana: text.describe('Given name in kana (名カナ)'),
    postalCode: text.describe(
      'Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号)',
    ),
    prefecture: text.describe('Prefecture (都道府県)'),
    city: text.describe('City or ward (市区町村)'),
    address1: text.describe('Street address (町域・番地)'),
    address2: text.describe('Building, room (建物名・部屋番号)'),
    company: text.describe('Company and department (会社・部署)'),
    phone: text.describe('Phone as the mall gave it (電話番号)'),
    emergencyPhone: text.describe('Second phone (緊急連絡先)'),
    email: text.describe("Mail address, usually the mall's relay (メールアドレス)"),
  })
  .meta({ id: 'Person', description: 'A person with an address (氏名・住所)' })

export const Parcel = z
  .object({
    id: text.describe("The mall's id of this shipping record (発送明細ID)"),
    carrierCode: text.describe("The mall's carrier code (配送会社コード)"),
    carrierName: text.describe('Carrier (配送会社)'),
    trackingNumber: text.describe('Tracking number (お荷物伝票番号)'),
    shippedOn: day.describe('Date shipped (発送日)'),
    arrivedOn: day.describe('Date arrived (着荷日)'),
  })
  .describe('One parcel (個口)')

const DeliveryWish = z
  .object({
    date: day.describe('Wished date (お届け希望日)'),
    timeFrom: text.describe('HH:MM, start of the wished band (希望時間帯・開始)'),
    timeTo: text.describe('HH:MM, end of the wished band (希望時間帯・終了)'),
    timeText: text.describe('The band as the mall words it, for example 午前中 (希望時間帯)'),
    dropOff: text.describe('Where to leave the parcel (置き配場所); null when not wished'),
  })
  .describe('Delivery wishes (配送希望)')

export const Gift = z
  .object({
    requested: z.boolean().describe('Gift handling was asked for (ギフト)'),
    message: text.describe('Gift message (ギフトメッセージ)'),
    noshi: text.describe('Noshi (のし)'),
    wrappings: z
      .array(
        z.object({
          kind: text.describe('Paper, ribbon … (種類)'),
          name: text.describe('包装名'),
          price: yen.nullable(),
        }),
      )
      .describe('Wrapping chosen (包装): kind, name, price'),
  })
  .describe('Gift (ギフト)')

export const Recipient = z
  .object({
    id: z.string().describe("The mall's basket or shipping id, unique in the order (送付先ID)"),
    person: Person.describe('Who receives (送付先)'),
    lineIds: z.array(z.string()).describe('Ids of the items sent here (明細ID)'),
    parcels: z.array(Parcel).describe('Parcels reported so far (発送情報)'),
    wish: DeliveryWish,
    gift: Gift,
    shippingFee: yen.nullable().describe('Postage of this basket (送料)'),
    codFee: yen.nullable().describe('COD fee of this basket (代引手数料)'),
    pickup: z
      .object({
        kind: text.describe('convenience_store, post_office, shop … (受取方法)'),
        code: text.describe('Code of the place (受取場所コード)'),
        name: text.describe('受取場所名'),
        address: text.describe('受取場所住所'),
      })
      .nullable()
      .describe('Convenience store or shop where it is picked up (コンビニ受取・店舗受取)'),
    remoteArea: z.boolean().describe('Remote island or area (離島・遠隔地)'),
    addressPending: z
      .boolean()
      .describe(
        'The address is not there yet: the recipient has not filled it in, or the mall does not give it out (住所待ち)',
      ),
    mallFields,
  })
  .meta({ id: 'Recipient', description: 'Recipient with lines and parcels (送付先)' })

import type { OrderDetail } from '../api.ts'
import { mallOf, useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { PERSON_WORDS } from '../order/field-words.ts'
import { createDrafts } from '../parts/drafts.ts'
import { nameOf, number } from '../parts/format.ts'
import { actionWord } from '../words.ts'
import { type Picked, requestChanges } from './bulk.ts'
import { BulkDialog, MallSummary } from './bulk-dialogs.tsx'
import type { OrderAction } from './bulk-kinds.ts'
import { nothingLeft, useFitting } from './left-out.tsx'
import {
  type ActionField,
  actionOf,
  beyond,
  entered,
  type Given,
  limitOf,
  type Mall,
  MallField,
  recordsIn,
  typedAs,
} from './mall-field.tsx'
import { useWindowDraft, type WindowDraft } from './window-draft.ts'

/** Values that were typed, by the path of its field: `recipients[0].city`. Absent: as the order has it. */
type Typed = Readonly<Record<string, string>>
type Recipient = OrderDetail['recipients'][number]

/** `added`: lines that the order does not have yet. */
interface Entered {
  typed: Typed
  added: number
}
const NOTHING: Entered = { typed: {}, added: 0 }
const drafts = createDrafts<WindowDraft<Entered>>()

const labelOf = (mall: Mall, action: OrderAction): string =>
  actionOf(mall, action)?.label ?? actionWord(action)

/** A change at the mall that is entered beside what the order has. Only what differs is sent. */
export function OrderChangeDialog(props: {
  order: Picked
  action: OrderAction
  given?: Given | undefined
  onClose: () => void
}) {
  const { order, action, given = {} } = props
  const { fitting, panel } = useFitting([order], action)
  const malls = useMalls().data ?? []
  const mall = mallOf(malls, order)
  const { detail } = order
  // Half an address that was typed over another one would be sent as a mixed one.
  const draft = useWindowDraft<Entered>(drafts, action, [order], NOTHING, detail)
  const { type } = draft
  const added = Math.max(draft.typed.added, recordsIn(given.addLines).length)
  if (!mall || !detail) return null
  const form = action === 'change_content' ? contentForm(mall, detail, added) : shipmentForm(mall, detail)
  const typed = { ...typedOf(form, given), ...draft.typed.typed }
  const change = changeOf(form, typed)
  const problem = problemIn(form, typed)
  const zero = isOnlyZero(change)
  return (
    <BulkDialog
      title={t(`1件の${labelOf(mall, action)}を送る`, labelOf(mall, action))}
      button={t('モールに送信', 'Send to the mall')}
      wide
      focused
      onClose={props.onClose}
      restored={draft.restored}
      onForget={draft.forget}
      onMend={() => undefined}
      missing={
        problem ??
        (fitting.length === 0 ? nothingLeft() : t('変更した項目がありません。', 'Nothing was changed.'))
      }
      warning={
        zero &&
        t(
          '料金がすべて0円になります。よければ、もう一度押してください。',
          'All charges become 0. Press again if that is meant.',
        )
      }
      run={
        problem !== null || Object.keys(change).length === 0 || fitting.length === 0
          ? null
          : () =>
              requestChanges(
                new Map([[order.id, order]]),
                [{ orderId: order.id, action, ...change, ...(zero ? { confirmZero: true } : {}) }],
                () => undefined,
              )
      }
    >
      <MallSummary orders={[order]} action={action} />
      {panel}
      {form.map((group) => (
        <fieldset key={group.title} className="change-group">
          <legend>{group.title}</legend>
          {group.fields.map((one) => (
            <MallField
              key={one.path}
              field={one.field}
              limit={one.limit}
              value={typed[one.path] ?? one.now}
              placeholder={one.hint}
              {...(one.lines ? { lines: one.lines } : {})}
              onChange={(value) => type({ typed: { ...typed, [one.path]: value }, added })}
            />
          ))}
        </fieldset>
      ))}
      {actionOf(mall, action)?.fields.some(({ name }) => name === 'addLines') && (
        <p>
          <button type="button" className="button" onClick={() => type({ typed, added: added + 1 })}>
            {t('明細を追加', 'Add a line')}
          </button>
        </p>
      )}
    </BulkDialog>
  )
}

interface FormField {
  path: string
  field: Pick<ActionField, 'name' | 'label' | 'type' | 'choices' | 'help' | 'required'>
  limit: ReturnType<typeof limitOf>
  /** The order's value; typed over, the field is sent. */
  now: string
  hint?: string
  lines?: number
  /** Emptied, it is sent as null: none is wished. */
  nullable?: boolean
}

interface Group {
  title: string
  /** A list of the change, and what names its entry: sent with the entry's changed fields. */
  entry?: { list: string; names: Readonly<Record<string, string>> }
  fields: readonly FormField[]
}

const plain = (name: string, label: string, more: Partial<ActionField> = {}): FormField['field'] => ({
  name,
  label,
  type: 'text',
  choices: null,
  help: null,
  required: false,
  ...more,
})

const PERSON_FIELDS = [
  ...(['familyName', 'givenName', 'familyNameKana', 'givenNameKana', 'postalCode', 'prefecture'] as const),
  ...(['city', 'address1', 'address2', 'phone'] as const),
] as const

/** Fields of a recipient in a content change, with what the order has. */
const RECIPIENT: readonly (readonly [
  name: string,
  ja: string,
  en: string,
  now: (recipient: Recipient) => string | null | undefined,
  more?: { type?: ActionField['type']; nullable?: true },
])[] = [
  ...PERSON_FIELDS.map(
    (name) => [name, ...PERSON_WORDS[name], ({ person }: Recipient) => person[name]] as const,
  ),
  ['wishDate', 'お届け希望日', 'Wished date', ({ wish }) => wish.date, { type: 'date', nullable: true }],
  ['wishTime', '希望時間帯', 'Wished time', ({ wish }) => wish.timeText, { nullable: true }],
  ['dropOff', '置き配の場所', 'Drop-off', ({ wish }) => wish.dropOff, { nullable: true }],
  [
    ...(['shippingFee', 'この送付先の送料', 'Postage'] as const),
    ({ shippingFee }) => shippingFee?.toString(),
    { type: 'number' },
  ],
]

const ADDED = [
  ['itemCode', '商品コード', 'Item code'],
  ['sku', 'サブコード', 'SKU'],
  ['name', '商品名', 'Name'],
  ['unitPrice', '単価（税込）', 'Price with tax'],
  ['quantity', '数量', 'Pieces'],
] as const

function contentForm(mall: Mall, detail: OrderDetail, added: number): Group[] {
  const action = actionOf(mall, 'change_content')
  const own = new Map(action?.fields.map((field) => [field.name, field]))
  const { charges } = detail
  const hints: Readonly<Record<string, number>> = {
    shippingFee: charges.shipping,
    codFee: charges.cod || charges.paymentFee,
    giftWrapFee: charges.giftWrap,
    adjustment: charges.adjustment,
  }
  const now: Readonly<Record<string, string>> = {
    buyerNote: detail.notes.buyer ?? '',
    deliveryMethod: detail.delivery.methodName ?? '',
  }
  const several = detail.recipients.length > 1
  const recipients = own.has('recipients') ? detail.recipients : []
  return [
    ...recipients.map(
      (recipient, index): Group => ({
        title: `${t('送付先', 'Recipient')} ${several ? index + 1 : ''} ${nameOf(recipient.person)}`,
        entry: { list: 'recipients', names: several ? { recipientId: recipient.id } : {} },
        fields: RECIPIENT.filter(([name]) => limitOf(action, `recipients.${name}`)?.taken !== false).map(
          ([name, ja, en, read, more = {}]) => ({
            path: `recipients[${index}].${name}`,
            field: plain(name, t(ja, en), { type: more.type ?? 'text' }),
            limit: limitOf(action, `recipients.${name}`),
            now: read(recipient) ?? '',
            ...(more.nullable ? { nullable: true } : {}),
          }),
        ),
      }),
    ),
    ...(own.has('lines')
      ? detail.items
          .filter(({ deleted }) => !deleted)
          .map(
            ({ lineId, name, quantity }): Group => ({
              title: name,
              entry: { list: 'lines', names: { lineId } },
              fields: [
                {
                  path: `lines[${lineId}].quantity`,
                  field: plain('quantity', t('数量', 'Pieces'), {
                    type: 'number',
                    help: own.get('lines')?.help ?? null,
                  }),
                  limit: limitOf(action, 'lines.quantity'),
                  now: String(quantity),
                },
              ],
            }),
          )
      : []),
    ...Array.from(
      { length: added },
      (_, index): Group => ({
        title: t(`追加する明細 ${index + 1}`, `New line ${index + 1}`),
        entry: { list: 'addLines', names: {} },
        fields: ADDED.map(([name, ja, en]) => ({
          path: `addLines[${index}].${name}`,
          field: plain(name, t(ja, en), {
            type: name === 'unitPrice' || name === 'quantity' ? 'number' : 'text',
            ...(name === 'itemCode' ? { help: own.get('addLines')?.help ?? null } : {}),
          }),
          limit: limitOf(action, `addLines.${name}`),
          now: '',
        })),
      }),
    ),
    {
      title: t('料金・備考', 'Charges and notes'),
      fields: [...own.values()]
        .filter(({ type }) => type !== 'list')
        .map((field) => ({
          path: field.name,
          field: { ...field, required: false },
          limit: limitOf(action, field.name),
          now: now[field.name] ?? '',
          ...(hints[field.name] === undefined
            ? {}
            : { hint: t(`今は${number(hints[field.name] ?? 0)}円`, `${hints[field.name]} now`) }),
          ...(field.name === 'buyerNote' ? { lines: 4 } : {}),
        })),
    },
  ]
}

function shipmentForm(mall: Mall, detail: OrderDetail): Group[] {
  const action = actionOf(mall, 'correct_shipment')
  const own = (action?.fields ?? []).map((field) => ({ ...field, name: field.name.replace('parcels.', '') }))
  const has = new Set(own.map(({ name }) => name))
  return detail.recipients.flatMap((recipient) =>
    recipient.parcels.map((parcel, index): Group => {
      const at = `${recipient.id}/${parcel.id ?? index}`
      const now: Readonly<Record<string, string | null | undefined>> = {
        carrier: mall.carriers.find(({ mallCode }) => mallCode === parcel.carrierCode)?.carrier,
        trackingNumber: parcel.trackingNumber,
        shippedOn: parcel.shippedOn,
      }
      return {
        title: `${nameOf(recipient.person)} ${t('個口', 'parcel')} ${index + 1} ${parcel.trackingNumber ?? ''}`,
        entry: {
          list: 'parcels',
          names: {
            ...(has.has('parcelId') && parcel.id !== null ? { parcelId: parcel.id } : {}),
            ...(has.has('recipientId') && detail.recipients.length > 1 ? { recipientId: recipient.id } : {}),
          },
        },
        fields: own
          .filter(({ name }) => name !== 'parcelId' && name !== 'recipientId')
          .map((field) => ({
            path: `parcels[${at}].${field.name}`,
            field,
            limit: limitOf(action, `parcels.${field.name}`),
            now: now[field.name] ?? '',
          })),
      }
    }),
  )
}

/** Parameters of a change by its fields' paths; of parcels that nothing tells apart, none. */
export function typedOf(form: readonly Group[], given: Given): Typed {
  const keyOf = ({ entry }: Group) => entry && `${entry.list} ${JSON.stringify(entry.names)}`
  const groups = Map.groupBy(form, keyOf)
  const typed: [string, string][] = []
  for (const group of form) {
    const { entry, fields } = group
    const same = groups.get(keyOf(group)) ?? []
    const isKnown = entry === undefined || entry.list === 'addLines' || same.length === 1
    const fits = (one: Given) => Object.entries(entry?.names ?? {}).every(([name, is]) => one[name] === is)
    const facts = entry ? recordsIn(given[entry.list]).filter(fits)[same.indexOf(group)] : given
    if (!isKnown || facts === undefined) continue
    for (const { path, field } of fields)
      if (Object.hasOwn(facts, field.name)) typed.push([path, typedAs(facts[field.name])])
  }
  return Object.fromEntries(typed)
}

/** The change: what was typed over, and nothing else. */
export function changeOf(form: readonly Group[], typed: Typed): Record<string, unknown> {
  const single: Record<string, unknown> = {}
  const lists: Record<string, unknown[]> = {}
  for (const { entry, fields } of form) {
    const changed = Object.fromEntries(
      fields.flatMap(({ path, field, now, nullable }): [string, unknown][] => {
        const value = typed[path]
        if (value === undefined || value === now) return []
        return [[field.name, value === '' && nullable ? null : entered(field, value)]]
      }),
    )
    if (Object.keys(changed).length === 0) continue
    if (entry) lists[entry.list] = [...(lists[entry.list] ?? []), { ...entry.names, ...changed }]
    else Object.assign(single, changed)
  }
  return { ...single, ...lists }
}

const problemIn = (form: readonly Group[], typed: Typed): string | null =>
  form
    .flatMap(({ fields }) => fields)
    .flatMap(({ path, limit }) => (typed[path] === undefined ? [] : (beyond(limit, typed[path]) ?? [])))[0] ??
  null

const FEES = ['shippingFee', 'codFee', 'giftWrapFee', 'discount', 'adjustment']

/** Several charges that all become 0 look like another program's empty form: the service asks for a word. */
function isOnlyZero(change: Readonly<Record<string, unknown>>): boolean {
  const fees = FEES.flatMap((name) => (change[name] === undefined ? [] : [change[name]]))
  return fees.length > 1 && fees.every((fee) => fee === 0)
}

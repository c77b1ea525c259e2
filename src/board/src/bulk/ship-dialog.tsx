import { useState } from 'react'
import { byMall, useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { keep, kept } from '../kept.ts'
import { createDrafts } from '../parts/drafts.ts'
import { Choice, Field } from '../parts/field.tsx'
import { nameOf, number, today } from '../parts/format.ts'
import { takeFocus } from '../parts/keys.ts'
import { Loading, Problem } from '../parts/states.tsx'
import { type Picked, requestChanges } from './bulk.ts'
import { BulkDialog, MallSummary } from './bulk-dialogs.tsx'
import { nothingLeft, useFitting } from './left-out.tsx'
import { type Given, recordsIn, typedAs } from './mall-field.tsx'
import { type Mate, useParcelMates } from './parcel-mates.ts'
import { useWindowDraft, type WindowDraft } from './window-draft.ts'

/**
 * Tracking numbers as they come out of a sheet: a column alone, in the order of the list; or with the order's
 * number in front or behind, in any order; lines of one order go to its parcels one after the other. Answers
 * numbers by id, and how many lines fit none.
 */
export function readPasted(
  text: string,
  orders: readonly Pick<Picked, 'id' | 'orderNumber'>[],
): { byId: Map<string, string>; unknown: number } {
  const byNumber = Map.groupBy(orders, (order) => order.orderNumber.toLowerCase())
  const byId = new Map<string, string>()
  let unknown = 0
  const lines = text
    .slice(0, 1_000_000)
    .split(/\r?\n/)
    .map((line) => line.split(/[\t,]/).map((cell) => cell.trim().replace(/^"|"$/g, '')))
    .filter((cells) => cells.some((cell) => cell !== ''))
  for (const [index, cells] of lines.entries()) {
    const found = cells.findIndex((cell) => byNumber.has(cell.toLowerCase()))
    const id =
      found >= 0
        ? nextOf(byNumber.get((cells[found] ?? '').toLowerCase()), byId)
        : cells.length === 1
          ? orders[index]?.id
          : undefined
    const value = cells.find((cell, at) => at !== found && /^[\dA-Za-z-]{6,40}$/.test(cell))
    if (id !== undefined && value !== undefined) byId.set(id, value.replaceAll('-', ''))
    else if (index > 0 || found >= 0) unknown++
  }
  return { byId, unknown }
}

/** The first that has no number yet, else the last: a number that is pasted again is a correction. */
const nextOf = (parcels: readonly { id: string }[] | undefined, taken: ReadonlyMap<string, string>) =>
  (parcels?.find(({ id }) => !taken.has(id)) ?? parcels?.at(-1))?.id

/** Parcels beyond the first that were typed before, by the key of the first. */
function extraOf(numbers: Numbers): ReadonlyMap<string, number> {
  const extra = new Map<string, number>()
  for (const [key, value] of numbers) {
    // The id of a recipient is its shop's own, and may have the sign as well.
    const [, first = '', index] = /^(.*)#(\d+)$/s.exec(key) ?? []
    if (index !== undefined && value !== '') extra.set(first, Math.max(extra.get(first) ?? 0, Number(index)))
  }
  return extra
}

/** One parcel: an order has one for each recipient, as each recipient gets a number. */
interface Parcel {
  key: string
  order: Picked
  recipient: Recipient | undefined
}
type Recipient = NonNullable<Picked['detail']>['recipients'][number]

/** Recipients who get a parcel now: of an order that has left in part, those who wait. */
function recipientsOf({ detail, shipping }: Picked): Recipient[] {
  const recipients = detail?.recipients ?? []
  return shipping?.state === 'part' ? recipients.filter(({ id }) => shipping.left.includes(id)) : recipients
}

const isSeveral = ({ detail }: Picked): boolean => (detail?.recipients.length ?? 0) > 1

/** `extra`: parcels beyond the first, by the key of the first. */
function parcelsOf(orders: readonly Picked[], extra: ReadonlyMap<string, number>): Parcel[] {
  return orders.flatMap((order) => {
    const recipients = recipientsOf(order)
    const each = recipients.length > 1 ? recipients : [recipients[0]]
    return each.flatMap((recipient) => {
      const first = isSeveral(order) ? `${order.id}/${recipient?.id}` : order.id
      return Array.from({ length: 1 + (extra.get(first) ?? 0) }, (_, index) => ({
        key: index === 0 ? first : `${first}#${index}`,
        order,
        recipient,
      }))
    })
  })
}

/** 同梱: the number of one is that of all in the parcel; one with a number of its own keeps it. */
function withBundle(
  numbers: ReadonlyMap<string, string>,
  parcels: readonly Parcel[],
  key: string,
  value: string,
): Map<string, string> {
  const before = numbers.get(key) ?? ''
  const bundleId = parcels.find((one) => one.key === key)?.order.bundleId
  const mates = bundleId
    ? parcels.filter(
        (one) => one.order.bundleId === bundleId && ['', before].includes(numbers.get(one.key) ?? ''),
      )
    : []
  return new Map([...numbers, ...mates.map((one) => [one.key, value] as const), [key, value]])
}

/** Tracking numbers as they were typed, by the keys of their parcels. */
type Numbers = ReadonlyMap<string, string>
const NO_NUMBERS: Numbers = new Map()
const drafts = createDrafts<WindowDraft<Numbers>>()

/** Parameters of a failed 発送完了. The window has one carrier: numbers of several are typed anew. */
function sentBefore([order]: readonly Picked[], given: Given = {}) {
  const numbers = new Map<string, string>()
  const all = recordsIn(given.parcels)
  const carriers = new Set(all.map(({ carrier }) => carrier))
  const parcels = carriers.size > 1 ? [] : all
  if (order !== undefined)
    for (const [index, { recipientId, trackingNumber }] of parcels.entries()) {
      const first = isSeveral(order) ? `${order.id}/${typedAs(recipientId)}` : order.id
      const before = parcels
        .slice(0, index)
        .filter((one) => !isSeveral(order) || one.recipientId === recipientId)
      numbers.set(before.length === 0 ? first : `${first}#${before.length}`, typedAs(trackingNumber))
    }
  return {
    numbers,
    carrier: typedAs(parcels[0]?.carrier),
    shippedOn: typedAs(given.shippedOn),
    confirmFirst: given.confirmFirst === true,
  }
}

const orderOf = (parcelKey: string): string => parcelKey.split(/[/#]/, 1)[0] ?? ''

/** 発送完了 for many orders: a carrier and a day for all, a tracking number for each parcel. */
export function ShipDialog(props: {
  orders: readonly Picked[]
  given?: Given | undefined
  onClose: () => void
}) {
  const { onClose } = props
  // After a send that was refused in part, only what was refused; its numbers stay as they were typed.
  const [only, setOnly] = useState<ReadonlySet<string> | null>(null)
  // The others are on their way to the mall already.
  const wanted = only === null ? props.orders : props.orders.filter((order) => only.has(order.id))
  const fit = useFitting(wanted, 'ship')
  const { fitting: orders, panel, leftOut } = fit
  const malls = useMalls().data ?? []
  const carriers = new Map<string, string>(
    byMall(malls, orders).flatMap(({ mall }) =>
      (mall?.carriers ?? []).map(({ carrier, label }) => [carrier, label] as const),
    ),
  )
  const [sent] = useState(() => sentBefore(props.orders, props.given))
  const [carrier, setCarrier] = useState(sent.carrier || (kept('carrier') ?? 'yamato'))
  const [shippedOn, setShippedOn] = useState(sent.shippedOn || today())
  const { typed, type, forget } = useWindowDraft<Numbers>(drafts, 'ship', [], NO_NUMBERS)
  // Typed since, a number goes before the one that was sent.
  const numbers = new Map([...sent.numbers, ...typed])
  const setNumbers = (next: Numbers) => {
    type(next)
    if (![...next.values()].some(Boolean)) forget()
  }
  const leaveOut = (orderIds: ReadonlySet<string>) =>
    setNumbers(new Map([...numbers].filter(([key]) => !orderIds.has(orderOf(key)))))
  const [restored] = useState(() => {
    const ids = new Set(props.orders.map(({ id }) => id))
    return [...typed].some(([key, value]) => value !== '' && ids.has(orderOf(key)))
  })
  const [extra, setExtra] = useState(() => extraOf(numbers))
  const [confirmFirst, setConfirmFirst] = useState(sent.confirmFirst)
  const parcels = parcelsOf(orders, extra)
  // An order of a mall without 注文確認 is shipped without it, beside the others.
  const confirming = new Set(
    malls
      .filter((mall) => mall.actions.some(({ action, fields }) => action === 'ship' && hasConfirm(fields)))
      .map(({ name }) => name),
  )
  const [unknown, setUnknown] = useState(0)
  const [move, setMove] = useState(true)
  const byId = new Map(orders.map((order) => [order.id, order]))
  const paste = (text: string, from: number): boolean => {
    if (!/[\n\t]/.test(text.trim())) return false
    // A column pasted into a field goes on from that field downwards.
    const rest = parcels.slice(from)
    const read = readPasted(
      text,
      rest.map(({ key, order }) => ({ id: key, orderNumber: order.orderNumber })),
    )
    let typed = new Map([...numbers, ...read.byId])
    for (const [key, value] of read.byId) typed = withBundle(typed, parcels, key, value)
    setNumbers(typed)
    setUnknown(read.unknown)
    return true
  }
  const hasNumber = ({ key }: Parcel): boolean => Boolean(numbers.get(key)?.trim())
  const numbered = new Set(parcels.filter(hasNumber).map(({ order }) => order))
  /** Leaves out a recipient without a number beside one who has one: their parcel goes later. */
  const isSent = (parcel: Parcel): boolean =>
    hasNumber(parcel) || !isSeveral(parcel.order) || !numbered.has(parcel.order)
  const waiting = parcels.filter((parcel) => !isSent(parcel))
  const inPart = new Set(waiting.map(({ order }) => order))
  const changes = () =>
    orders.map((order) => ({
      orderId: order.id,
      action: 'ship' as const,
      shippedOn,
      parcels: parcels
        .filter((parcel) => parcel.order === order && isSent(parcel))
        .map(({ key, recipient }) => {
          const trackingNumber = numbers.get(key)?.trim()
          return {
            carrier,
            ...(isSeveral(order) ? { recipientId: recipient?.id } : {}),
            ...(trackingNumber ? { trackingNumber } : {}),
          }
        }),
      ...(confirmFirst && confirming.has(order.marketplace) ? { confirmFirst } : {}),
      ...(move ? { thenMoveTo: 'shipped' } : {}),
    }))
  const inBundle = new Set(orders.flatMap(({ id, bundleId }) => (bundleId ? [id] : [])))
  const together = useParcelMates(fit.reading ? [] : changes().filter(({ orderId }) => inBundle.has(orderId)))
  const reading = fit.reading || together.reading
  const matesOf = Map.groupBy(together.mates, ({ shippedWith }) => shippedWith)
  const without = [
    ...new Set(parcels.filter((one) => !hasNumber(one) && isSent(one)).map(({ order }) => order)),
  ]
  return (
    <BulkDialog
      title={t(`${number(orders.length)}件の発送完了を送る`, `Ship ${orders.length}`)}
      button={t(`${number(orders.length)}件を発送完了にする`, `Ship ${orders.length}`)}
      wide
      focused
      leftOut={leftOut}
      onClose={onClose}
      restored={restored}
      onForget={() => leaveOut(new Set(props.orders.map(({ id }) => id)))}
      missing={reading ? t('送付先を読み込んでいます。', 'The recipients are being read.') : nothingLeft()}
      onMend={setOnly}
      warning={without.length > 0 && <WithoutNumber orders={without} />}
      run={
        orders.length === 0 || reading
          ? null
          : async (progress) => {
              await together.confirm()
              return requestChanges(byId, changes(), (done, of) =>
                progress(`${number(done)} / ${number(of)}`),
              ).then((results) => {
                const taken = new Set(
                  results.flatMap(({ state, orderId }) => (state === 'failed' ? [] : [orderId])),
                )
                leaveOut(taken)
                return results
              })
            }
      }
    >
      <MallSummary orders={orders} action="ship" />
      {panel}
      {reading && <Loading />}
      <Problem error={fit.error ?? together.error} />
      <div className="row">
        <Choice
          label={t('配送会社', 'Carrier')}
          value={carrier}
          onChange={(next) => {
            // Numbers that come back stand under the carrier that they were typed for.
            keep('carrier', next)
            setCarrier(next)
          }}
          options={[...carriers]}
        />
        <Field
          label={t('発送日', 'Shipped on')}
          type="date"
          value={shippedOn}
          onChange={(event) => setShippedOn(event.target.value)}
        />
        <label className="tick">
          <input type="checkbox" checked={move} onChange={(event) => setMove(event.target.checked)} />
          {t('成功したら出荷済みに移す', 'Move to Shipped when done')}
        </label>
        {orders.some((order) => confirming.has(order.marketplace)) && (
          <label className="tick">
            <input
              type="checkbox"
              checked={confirmFirst}
              onChange={(event) => setConfirmFirst(event.target.checked)}
            />
            {t('未確認の受注は注文確認をしてから', 'Confirm orders first that nobody has')}
          </label>
        )}
      </div>
      <p className="support">
        {t(
          '表計算の列をそのまま貼り付けられます（送り状番号だけ、または受注番号と送り状番号の2列）。',
          'A column of a sheet can be pasted: tracking numbers alone, or with order numbers beside them.',
        )}
        {without.length > 0 &&
          ` ${t(`送り状番号なし: ${number(without.length)}件`, `${without.length} without a number`)}`}
      </p>
      {inPart.size > 0 && (
        <p className="field-error" role="status">
          {t(
            `${number(inPart.size)}件の受注は、送り状番号のない送付先が残ります（${namesOf(waiting)}）。発送後も「出荷待ち」のままです。`,
            `${inPart.size} keep a recipient without a number (${namesOf(waiting)}), and stay ready to ship.`,
          )}
        </p>
      )}
      {together.mates.length > 0 && (
        <p role="status">
          <strong>
            {t(
              `選択していない${number(together.mates.length)}件も、同梱のため同じ送り状番号で発送完了にします。`,
              `${number(together.mates.length)} that were not chosen leave in the same parcels, under the same numbers.`,
            )}
          </strong>
        </p>
      )}
      {together.left.length > 0 && (
        <div className="field-error" role="status">
          {t(
            `同じ荷物の${number(together.left.length)}件は、発送完了になりません。荷物に入れるか確認してください。`,
            `${number(together.left.length)} of the same parcels are not shipped. See whether they are in them.`,
          )}
          <ul>
            {together.left.slice(0, MOST_NAMES).map(({ orderId, orderNumber, message }) => (
              <li key={orderId}>
                {orderNumber}: {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {unknown > 0 && (
        <p className="field-error" role="alert">
          ＊
          {t(
            `${unknown}行は選択中の受注に当てはまりませんでした。`,
            `${unknown} lines fit none of the chosen orders.`,
          )}
        </p>
      )}
      <div
        className="results-table"
        tabIndex={0}
        role="region"
        aria-label={t('送り状番号の入力', 'Tracking numbers')}
      >
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">{t('モール', 'Mall')}</th>
              <th scope="col">{t('受注番号', 'Number')}</th>
              <th scope="col">{t('送付先', 'Recipient')}</th>
              <th scope="col">{t('送り状番号', 'Tracking number')}</th>
            </tr>
          </thead>
          <tbody>
            {parcels.slice(0, 500).map(({ key, order, recipient }, index) => {
              const several = isSeveral(order)
              const [name, isFirst] = [nameOf(recipient?.person), !key.includes('#')]
              return (
                <tr key={key}>
                  <td>{malls.find((mall) => mall.name === order.marketplace)?.label}</td>
                  <td>{order.orderNumber}</td>
                  <td>
                    {name}
                    {several && <p className="support">{goodsOf(order, recipient)}</p>}
                    {isFirst && <Together mates={matesOf.get(order.id)} />}
                  </td>
                  <td>
                    <div className="parcel-number">
                      <input
                        aria-label={
                          several
                            ? t(
                                `${order.orderNumber} ${name}の送り状番号`,
                                `Tracking number of ${order.orderNumber}, ${name}`,
                              )
                            : t(`${order.orderNumber}の送り状番号`, `Tracking number of ${order.orderNumber}`)
                        }
                        value={numbers.get(key) ?? ''}
                        ref={index === 0 && !restored ? takeFocus : undefined}
                        inputMode="numeric"
                        onPaste={(event) => {
                          if (paste(event.clipboardData.getData('text'), index)) event.preventDefault()
                        }}
                        onChange={(event) =>
                          setNumbers(withBundle(numbers, parcels, key, event.target.value))
                        }
                      />
                      {isFirst && orders.length === 1 && (
                        <button
                          type="button"
                          className="button"
                          onClick={() => setExtra(new Map(extra).set(key, (extra.get(key) ?? 0) + 1))}
                        >
                          {t('個口を追加', 'Add a parcel')}
                        </button>
                      )}
                    </div>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </BulkDialog>
  )
}

/** Names that a sentence has room for. */
const MOST_NAMES = 5

const namesOf = (parcels: readonly Parcel[]): string =>
  [
    ...parcels
      .slice(0, MOST_NAMES)
      .map(({ order, recipient }) => `${order.orderNumber} ${nameOf(recipient?.person)}`),
    ...(parcels.length > MOST_NAMES ? [t(`ほか${parcels.length - MOST_NAMES}件`, 'and others')] : []),
  ].join('、')

/** 同梱: names whose parcel this is, too. */
const Together = ({ mates }: { mates: readonly Mate[] | undefined }) =>
  mates && (
    <p className="support">
      {t('同梱', 'With')}: {mates.map(({ orderNumber }) => orderNumber).join('、')}
    </p>
  )

const hasConfirm = (fields: readonly { name: string }[]): boolean =>
  fields.some(({ name }) => name === 'confirmFirst')

/** Lists the order's goods for this recipient, for a person who packs. */
const goodsOf = (order: Picked, recipient: Recipient | undefined): string =>
  (order.detail?.items ?? [])
    .filter((item) => item.recipientId === recipient?.id)
    .map(({ name, quantity }) => `${name.slice(0, 40)} × ${number(quantity)}`)
    .join('、')

/** Tells what each mall does with a shipment without a tracking number, by the mall's own facts. */
function WithoutNumber({ orders }: { orders: readonly Picked[] }) {
  const malls = useMalls().data ?? []
  return (
    <>
      <p>
        {t(
          `送り状番号のない受注が${number(orders.length)}件あります。番号を入力するか、このまま送信してください。`,
          `${orders.length} have no tracking number. Enter them, or send all the same.`,
        )}
      </p>
      <ul>
        {byMall(malls, orders).map(({ key, mall }) => {
          const needed = mall?.actions
            .find((one) => one.action === 'ship')
            ?.fields.some((field) => field.name.endsWith('trackingNumber') && field.required)
          return (
            <li key={key}>
              {mall?.label ?? key}:{' '}
              {needed
                ? t('番号がないと受け付けません。', 'refuses a shipment without a number.')
                : t(
                    '番号なしの発送として購入者に通知されます。',
                    'tells the buyer of a shipment without a number.',
                  )}
            </li>
          )
        })}
      </ul>
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { Link, useLocation, useParams, useSearch } from 'wouter'
import { ApiProblem, answer, api, type Order, type OrderDetail, type OrderRow } from '../api.ts'
import { useMalls, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { type Bulk, SIMPLE_ACTIONS, type SimpleAction } from '../parts/bulk-kinds.ts'
import { Editable, EditingProvider } from '../parts/editable.tsx'
import { Choice } from '../parts/field.tsx'
import { dateTime, number, shortDay, yen } from '../parts/format.ts'
import { Bill } from '../parts/money.tsx'
import { marksOf, nameOf, OrderState } from '../parts/order-columns.tsx'
import { History, Versions } from '../parts/order-history.tsx'
import { Marks, Sign } from '../parts/sign.tsx'
import { SiteChangeCard } from '../parts/site-change-card.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useMayWork } from '../session.ts'
import { actionWord, holdWord, mallStateWord, markWord, paymentWord, statusWord } from '../words.ts'

/** 受注詳細: everything of one order, each on its tab; the tab stands in the address. */
export default function OrderScreen() {
  const { id = '' } = useParams<{ id: string }>()
  const order = useQuery({
    queryKey: ['order', id],
    queryFn: () => answer(api.GET('/v1/orders/{id}', { params: { path: { id } } })),
  })
  const changes = useQuery({
    queryKey: ['site-changes', { orderId: id }],
    queryFn: async () =>
      (await answer(api.GET('/v1/site-changes', { params: { query: { orderId: id, limit: 100 } } })))
        .siteChanges,
  })
  const search = useSearch()
  const [, navigate] = useLocation()
  const mayWork = useMayWork()
  if (order.isPending) return <Loading />
  if (!order.data)
    return order.error instanceof ApiProblem && order.error.status === 404 ? (
      <Empty>{t('この受注は見つかりません。', 'There is no such order.')}</Empty>
    ) : (
      <Failed error={order.error} again={() => void order.refetch()} />
    )
  const one = order.data
  const tabs: [id: string, label: string, panel: () => ReactNode][] = [
    ['order', t('注文', 'Order'), () => <Overview order={one} />],
    ['recipients', t('送付先', 'Recipients'), () => <Recipients order={one} />],
    ['items', t('商品・金額', 'Items and money'), () => <Items order={one} />],
    [
      'changes',
      `${t('サイト変更', 'Site changes')}${changes.data?.length ? ` ${changes.data.length}` : ''}`,
      () =>
        changes.data?.length ? (
          <div className="card-list">
            {changes.data.map((change) => (
              <SiteChangeCard key={change.id} change={change} />
            ))}
          </div>
        ) : (
          <Empty>{t('サイト変更はありません。', 'No site changes.')}</Empty>
        ),
    ],
    ['history', t('履歴', 'History'), () => <History orderId={id} />],
    ['versions', t('版', 'Versions'), () => <Versions order={one} />],
  ]
  const wanted = new URLSearchParams(search).get('tab')
  const tab = tabs.some(([name]) => name === wanted) ? (wanted ?? 'order') : 'order'
  return (
    <div className="order-screen">
      <OrderHead order={one} />
      {changes.data
        ?.filter(
          (change) =>
            (change.state === 'failed' || change.state === 'warning') && change.dismissedAt === null,
        )
        .slice(0, 1)
        .map((change) => tab !== 'changes' && <SiteChangeCard key={change.id} change={change} />)}
      <EditingProvider value={{ order: one, mayEdit: mayWork && one.detail !== null }}>
        <Tabs
          className="tabs"
          selectedKey={tab}
          onSelectionChange={(key) => navigate(`/orders/${id}?tab=${String(key)}`, { replace: true })}
        >
          <TabList className="tab-list" aria-label={t('受注の内容', 'Contents of the order')}>
            {tabs.map(([name, label]) => (
              <Tab key={name} id={name} className="tab">
                {label}
              </Tab>
            ))}
          </TabList>
          {tabs.map(([name, , panel]) => (
            <TabPanel key={name} id={name} className="tab-panel">
              {name === tab ? panel() : null}
            </TabPanel>
          ))}
        </Tabs>
      </EditingProvider>
    </div>
  )
}

const BulkAny = lazy(() => import('../parts/bulk-any.tsx'))

function OrderHead({ order }: { order: Order }) {
  const { mall, shop } = useNames()
  const page = useMallPage(order)
  const mayWork = useMayWork()
  const [action, setAction] = useState<Bulk | null>(null)
  return (
    <header className="order-head">
      <p>
        <Link href={`/orders?status=${order.status}`}>← {statusWord(order.status)}</Link>
      </p>
      <div className="order-title">
        <h1>
          {order.orderNumber} <span className="quiet order-mall">{mall(order.marketplace)}</span>
        </h1>
        <OrderState order={order as OrderRow} />
        {order.holds.length > 0 && <Sign tone="hold">{order.holds.map(holdWord).join('、')}</Sign>}
        {marksOf(order as OrderRow).map((mark) => (
          <span key={mark} className="mark-with-word">
            <Marks marks={[mark]} /> <span aria-hidden="true">{markWord(mark).word}</span>
          </span>
        ))}
      </div>
      <p className="quiet order-facts">
        <span>{shop(order.shopId)}</span>
        <span>
          {t('注文', 'ordered')} {dateTime(order.orderedAt)}
        </span>
        <span>
          {t('取込', 'imported')} {dateTime(order.stagedAt)}
        </span>
        <span>
          {t('最終確認', 'last asked')} {dateTime(order.refreshedAt)}
        </span>
        <span>
          {t('版', 'version')} {order.version}
        </span>
      </p>
      <div className="row order-buttons">
        {mayWork && (
          <>
            <button type="button" className="button" onClick={() => setAction('move')}>
              {t('ステータス移動', 'Move')}
            </button>
            <button type="button" className="button" onClick={() => setAction('ship')}>
              {t('発送完了', 'Ship')}
            </button>
            <Choice
              label={t('サイト変更', 'Site change')}
              value=""
              onChange={(value) => value && setAction(value as SimpleAction)}
              options={[
                ['', t('選んで送信…', 'Choose…')],
                ...SIMPLE_ACTIONS.map((one): [string, string] => [one, actionWord(one)]),
              ]}
            />
            <button type="button" className="button" onClick={() => setAction('reimport')}>
              {t('再取込', 'Re-import')}
            </button>
          </>
        )}
        {page && (
          <a className="button" href={page} target="_blank" rel="noreferrer noopener">
            {t(`${mall(order.marketplace)}の画面を開く`, `Open at ${mall(order.marketplace)}`)} ↗
          </a>
        )}
      </div>
      <Suspense>
        {action && <BulkAny bulk={action} orders={[order]} shopId={null} onClose={() => setAction(null)} />}
      </Suspense>
    </header>
  )
}

/** The mall's own page of the order, by the pattern that the mall's facts give. */
function useMallPage(order: Order): string | null {
  const pattern = useMalls().data?.find((mall) => mall.name === order.marketplace)?.orderPage
  if (!pattern) return null
  const url = pattern
    .replace('{orderNumber}', encodeURIComponent(order.orderNumber))
    .replace('{shopCode}', encodeURIComponent(order.detail?.shopCode ?? ''))
  return url.startsWith('https://') ? url : null
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) =>
  children === null || children === undefined || children === '' ? null : (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )

const Missing = ({ order }: { order: Order }) => (
  <Empty>
    {order.detailMissing === 'unreadable'
      ? t(
          '詳細を復号できません。運営者に連絡してください。',
          'The detail cannot be opened. Tell the operator.',
        )
      : t(
          '個人情報の保存期間が過ぎたため、詳細は削除されました。',
          'The detail was removed at the end of its retention time.',
        )}
  </Empty>
)

function Overview({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="panels">
      {detail.warnings.length > 0 && (
        <section className="panel panel-wide">
          <h2>
            <Sign tone="warning">{t('注意', 'Does not fit')}</Sign>
          </h2>
          <ul>
            {detail.warnings.map((warning) => (
              <li key={`${warning.code}${warning.field}`}>
                {warning.message} <code className="quiet">{warning.code}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <h2>{t('お届け', 'To')}</h2>
        {detail.recipients.map((recipient) => (
          <address key={recipient.id}>
            <strong>{nameOf(recipient.person)}</strong>
            <br />〒{recipient.person.postalCode?.replace(/^(\d{3})(\d{4})$/, '$1-$2')}{' '}
            {recipient.person.prefecture}
            {recipient.person.city}
            {recipient.person.address1} {recipient.person.address2}
          </address>
        ))}
        <h2>{t('商品', 'Items')}</h2>
        <ul className="item-lines">
          {detail.items
            .filter((item) => !item.deleted)
            .map((item) => (
              <li key={item.lineId}>
                <span>{item.name}</span>
                <span className="num">×{number(item.quantity)}</span>
              </li>
            ))}
        </ul>
      </section>
      <section className="panel">
        <h2>{t('注文者', 'Buyer')}</h2>
        <PersonFacts at="/buyer" person={detail.buyer} />
      </section>
      <section className="panel">
        <h2>{t('支払', 'Payment')}</h2>
        <dl>
          <Fact label={t('方法', 'Kind')}>{detail.payment.name ?? paymentWord(detail.payment.kind)}</Fact>
          <Fact label={t('入金', 'Paid')}>{paidWord(detail.payment.status)}</Fact>
          <Fact label={t('入金日', 'Paid at')}>{timeOrDay(detail.payment.paidAt)}</Fact>
          <Fact label={t('支払期限', 'Due')}>{detail.payment.dueDate}</Fact>
          <Fact label={t('請求金額', 'Billed')}>{yen(detail.totals.billed)}</Fact>
          <Fact label={t('ポイント利用', 'Points')}>
            {detail.points.used > 0 && number(detail.points.used)}
          </Fact>
        </dl>
        <h2>{t('モール', 'Mall')}</h2>
        <dl>
          <Fact label={t('状態', 'State')}>
            {detail.mallStatus.name ?? detail.mallStatus.code} ({mallStateWord(detail.mallState)})
          </Fact>
          <Fact label={t('サブステータス', 'Sub-status')}>
            {detail.mallSubStatus?.name ?? detail.mallSubStatus?.code}
          </Fact>
          <Fact label={t('キャンセル理由', 'Cancel reason')}>{detail.cancelReason?.text}</Fact>
          {detail.holds.map((hold) => (
            <Fact key={hold.kind} label={t('出荷保留', 'Hold')}>
              {holdWord(hold.kind)} {hold.until && `${dateTime(hold.until)}${t('まで', '')}`} {hold.note}
            </Fact>
          ))}
        </dl>
      </section>
      <section className="panel">
        <h2>{t('配送', 'Delivery')}</h2>
        <dl>
          <Fact label={t('発送期限', 'Ship by')}>{shortDay(detail.delivery.shipBy?.slice(0, 10))}</Fact>
          <Editable label={t('配送方法', 'Method')} pointer="/delivery/methodName" />
          <Fact label={t('温度帯', 'Temperature')}>{detail.delivery.temperature}</Fact>
          <Fact label={t('早期配達', 'Fast')}>{detail.delivery.express.join('、')}</Fact>
        </dl>
        <h2>{t('備考', 'Notes')}</h2>
        <dl>
          <Fact label={t('購入者', 'Buyer')}>
            {detail.notes.buyer && <span className="multiline">{detail.notes.buyer}</span>}
          </Fact>
          <Editable label={t('店舗メモ', 'Memo')} pointer="/notes/shop" multiline />
          <Editable label={t('担当者', 'In charge')} pointer="/notes/operator" />
        </dl>
      </section>
    </div>
  )
}

const timeOrDay = (text: string | null) => (text?.includes('T') ? dateTime(text) : text)

function paidWord(status: OrderDetail['payment']['status']): string {
  const words = {
    unpaid: ['未入金', 'Unpaid'],
    authorised: ['与信済み', 'Authorised'],
    paid: ['入金済み', 'Paid'],
    refunded: ['返金済み', 'Refunded'],
    cancelled: ['取消', 'Cancelled'],
    unknown: ['不明', 'Unknown'],
  } satisfies Record<typeof status, [string, string]>
  return t(...words[status])
}

function PersonFacts({ at, person }: { at: string; person: OrderDetail['buyer'] }) {
  const split = person.familyName !== null
  return (
    <dl>
      {split ? (
        <>
          <Editable label={t('姓', 'Family name')} pointer={`${at}/familyName`} />
          <Editable label={t('名', 'Given name')} pointer={`${at}/givenName`} />
        </>
      ) : (
        <Editable label={t('氏名', 'Name')} pointer={`${at}/fullName`} />
      )}
      <Fact label={t('カナ', 'Kana')}>
        {[person.familyNameKana, person.givenNameKana].filter(Boolean).join(' ')}
      </Fact>
      <Editable label={t('郵便番号', 'Postcode')} pointer={`${at}/postalCode`} />
      <Editable label={t('都道府県', 'Prefecture')} pointer={`${at}/prefecture`} />
      <Editable label={t('市区町村', 'City')} pointer={`${at}/city`} />
      <Editable label={t('番地', 'Street')} pointer={`${at}/address1`} />
      <Editable label={t('建物', 'Building')} pointer={`${at}/address2`} />
      <Editable label={t('電話番号', 'Phone')} pointer={`${at}/phone`} />
      <Fact label={t('メール', 'Mail')}>{person.email}</Fact>
    </dl>
  )
}

function Recipients({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="panels">
      {detail.recipients.map((recipient, index) => (
        <section key={recipient.id} className="panel">
          <h2>
            {t('送付先', 'Recipient')} {detail.recipients.length > 1 && index + 1} {nameOf(recipient.person)}
          </h2>
          {recipient.remoteArea && <Sign tone="warning">{t('離島・遠隔地', 'Remote area')}</Sign>}
          <PersonFacts at={`/recipients/${index}/person`} person={recipient.person} />
          <h3>{t('希望', 'Wishes')}</h3>
          <dl>
            <Editable label={t('希望日', 'Date')} pointer={`/recipients/${index}/wish/date`} />
            <Editable label={t('時間帯', 'Time')} pointer={`/recipients/${index}/wish/timeText`} />
            <Fact label={t('置き配', 'Drop-off')}>{recipient.wish.dropOff}</Fact>
          </dl>
          {recipient.gift.requested && (
            <>
              <h3>{t('ギフト', 'Gift')}</h3>
              <dl>
                <Fact label={t('のし', 'Noshi')}>{recipient.gift.noshi}</Fact>
                <Fact label={t('メッセージ', 'Message')}>{recipient.gift.message}</Fact>
                <Fact label={t('包装', 'Wrapping')}>
                  {recipient.gift.wrappings.map((one) => one.name).join('、')}
                </Fact>
              </dl>
            </>
          )}
          <h3>{t('発送', 'Parcels')}</h3>
          {recipient.parcels.length === 0 ? (
            <p className="quiet">{t('まだありません', 'None yet')}</p>
          ) : (
            <ul>
              {recipient.parcels.map((parcel, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a parcel may have neither id nor number
                <li key={at}>
                  {parcel.carrierName ?? parcel.carrierCode} {parcel.trackingNumber}{' '}
                  {shortDay(parcel.shippedOn)}
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  )
}

function Items({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="items-money">
      <div className="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('商品', 'Item')}</th>
              <th scope="col">{t('コード', 'Code')}</th>
              <th scope="col" className="num">
                {t('単価', 'Price')}
              </th>
              <th scope="col" className="num">
                {t('数量', 'Pieces')}
              </th>
              <th scope="col" className="num">
                {t('小計', 'Sum')}
              </th>
            </tr>
          </thead>
          <tbody>
            {detail.items.map((item) => (
              <tr key={item.lineId} className={item.deleted ? 'struck' : undefined}>
                <td>
                  {item.name}
                  {item.options.map((option) => (
                    <div key={`${option.name}${option.value}`} className="quiet">
                      {option.name}: {option.value}
                      {option.price ? ` ${yen(option.price)}` : ''}
                    </div>
                  ))}
                </td>
                <td>{item.sku ?? item.itemCode}</td>
                <td className="num">
                  {number(item.unitPrice)}
                  <div className="quiet">
                    {item.taxRate !== null && `${item.taxRate}%`}{' '}
                    {item.taxIncluded ? t('税込', 'incl.') : t('税抜', 'excl.')}
                  </div>
                </td>
                <td className="num">{number(item.quantity)}</td>
                <td className="num">{number(item.subtotal)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Bill detail={detail} />
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { useFirstOrder } from '../list/first-order.ts'
import { Reason } from '../list/why-not.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { text } from '../parts/send-form.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { useMailboxes } from './mailboxes.tsx'
import { useChecks } from './shop-checks.ts'

type Shop = Schemas['Shop']
type Mailbox = Schemas['Mailbox']

const LOOK_MS = 3_000
const CONNECTED = new Set(['connected', 'polling'])

type State = readonly [tone: Tone, ja: string, en: string]
const DONE: State = ['done', '済み', 'Done']
const OPEN: State = ['unproven', 'まだ', 'Open']

/** はじめの設定: the steps until the first order is in the list, each with its state, until all are done. */
export function StartList({ shops }: { shops: readonly Shop[] }) {
  const first = useFirstOrder(true, LOOK_MS)
  const malls = useMalls().data
  const boxes = useMailboxes(first.data ? 30_000 : LOOK_MS).data
  const checks = useChecks()
  const [left, setLeft] = useState(false)
  if (first.data === undefined || !malls || !boxes || !checks) return null
  const order = first.data
  const missing = shops.filter((shop) =>
    malls
      .find(({ name }) => name === shop.marketplace)
      ?.credentialFields.some(
        ({ name, required }) => required && !shop.credentials.some((one) => one.name === name && one.set),
      ),
  )
  const untested = shops.filter(({ id }) => !checks.get(id)?.checkedAt)
  const unread = shops.filter(({ id }) => !boxes.some(({ shopIds }) => shopIds.includes(id)))
  const away = boxes.filter((box) => box.enabled && box.kind === 'imap' && !CONNECTED.has(box.state))
  const none = shops.length === 0
  const ready = !none && missing.length + untested.length + unread.length + away.length === 0
  // Who got orders before has no use for it; who sees the first one come sees that all is done.
  if (order !== null && !left) return null
  if (order === null && !left) setLeft(true)
  const done = order !== null && ready && boxes.length > 0
  return (
    <section className="panel start-list" aria-label={t('はじめの設定', 'First steps')}>
      <h2>{t('はじめの設定', 'First steps')}</h2>
      <ol className="stack">
        <Step title={t('店舗を追加する', 'Add your shops')} state={none ? OPEN : DONE} to="/shops?new=shop">
          {shops.map(({ name }) => name).join('、')}
        </Step>
        <Step
          title={t('モールの鍵を登録する', 'Enter the keys of the malls')}
          state={none || missing.length > 0 ? OPEN : DONE}
          to={`/shops/${missing[0]?.id}`}
        >
          {missing.length > 0 && t(`未登録: ${namesOf(missing)}`, `Missing: ${namesOf(missing)}`)}
        </Step>
        <Step
          title={t('モールとの接続を確かめる', 'Try the connection')}
          state={none ? OPEN : untested.length > 0 ? ['unproven', '未テスト', 'Untested'] : DONE}
          to={`/shops/${untested[0]?.id}`}
        >
          {untested.length > 0 && t(`未テスト: ${namesOf(untested)}`, `Untested: ${namesOf(untested)}`)}
        </Step>
        <Step
          title={t('受信箱をつなぐ', 'Connect the mailbox')}
          state={
            boxes.some(({ attention }) => attention)
              ? ['attention', '要対応', 'Needs you']
              : boxes.length === 0 || unread.length > 0
                ? OPEN
                : away.length > 0
                  ? ['unproven', '接続を待っています', 'Connecting']
                  : DONE
          }
          to={unread[0] ? `/shops/${unread[0].id}` : '/shops'}
        >
          {boxes.find(({ attention }) => attention)?.attention?.message ??
            (unread.length > 0 &&
              t(`受信箱のない店舗: ${namesOf(unread)}`, `Without a mailbox: ${namesOf(unread)}`))}
        </Step>
        <Step title={t('最初の注文を待つ', 'Wait for the first order')} state={order ? DONE : OPEN}>
          {order ? (
            <Link href={`/orders/${order.id}`}>
              {t(`受注 ${order.orderNumber} が入りました`, `Order ${order.orderNumber} is here`)}
            </Link>
          ) : (
            <FirstOrder shops={shops} boxes={boxes} />
          )}
        </Step>
      </ol>
      {done && (
        <p role="status">
          <strong>{t('はじめの設定は済みました。', 'All of it is done.')}</strong>{' '}
          <Link href="/orders?status=auto_imported">{t('受注一覧へ', 'To the orders')}</Link>
        </p>
      )}
    </section>
  )
}

const namesOf = (shops: readonly Shop[]): string => shops.map(({ name }) => name).join('、')

function Step(props: { title: string; state: State; to?: string; children: ReactNode }) {
  const [tone, ja, en] = props.state
  return (
    <li>
      <div className="row">
        <strong>{props.title}</strong>
        <Sign tone={tone}>{t(ja, en)}</Sign>
        {tone !== 'done' && props.to && (
          <Link href={props.to}>
            {t('ここへ', 'Go there')}
            <span className="for-reader"> {props.title}</span>
          </Link>
        )}
      </div>
      {props.children && <div className="quiet">{props.children}</div>}
    </li>
  )
}

/** Shows the first mail's progress as it happens; the other way is to ask for an order by its number. */
function FirstOrder({ shops, boxes }: { shops: readonly Shop[]; boxes: readonly Mailbox[] }) {
  const waiting = useQuery({
    queryKey: ['waiting', 'first'],
    queryFn: async () =>
      (await answer(api.GET('/v1/why/waiting', { params: { query: { limit: 5 } } }))).orders,
    refetchInterval: LOOK_MS,
  }).data
  const [asked, setAsked] = useState<{ orderNumber: string; shopId: string } | null>(null)
  if (shops.length === 0) return t('店舗を追加すると始まります。', 'It begins once there is a shop.')
  return (
    <div className="stack">
      <p role="status">{seen(boxes)}</p>
      {waiting && waiting.length > 0 && (
        <ul className="plain">
          {waiting.map(({ orderNumber, message }) => (
            <li key={orderNumber}>
              {orderNumber} {message}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>{t('受注番号で1件取り込む', 'Import one by its number')}</summary>
        <ImportOne shops={shops} onAsked={setAsked} />
        {asked && <Reason {...asked} />}
      </details>
    </div>
  )
}

function seen(boxes: readonly Mailbox[]): string {
  const sum = (what: 'recognised' | 'unreadable' | 'ignored') =>
    boxes.reduce((total, { mails }) => total + mails[what], 0)
  if (boxes.length === 0)
    return t(
      '受信箱をつなぐと、注文メールを待ち始めます。',
      'Order mails are waited for once a mailbox is connected.',
    )
  if (sum('recognised') > 0)
    return t(
      '注文メールを読み取りました。モールに注文の内容を照会しています。',
      'An order mail was read; the mall is being asked.',
    )
  if (sum('unreadable') > 0)
    return t(
      'モールからのメールが届きましたが、受注番号を読み取れませんでした。店舗の「読み取れるか試す」にメールを貼り付けると、理由がわかります。',
      'A mail of a mall came, but no order number could be read in it. Try it below at the shop.',
    )
  if (sum('ignored') > 0)
    return t(
      `メールは届いています（${sum('ignored')}通）が、モールの注文メールはまだありません。送信元を確認してください。`,
      `Mails come (${sum('ignored')}), but none is an order mail of a mall. Check who sent them.`,
    )
  if (boxes.some(({ state, kind }) => kind === 'inbound' || CONNECTED.has(state)))
    return t(
      '受信箱につながりました。注文メールを待っています。この画面を開いたままにすると、届いたときに表示が変わります。',
      'Connected, and waiting for an order mail. This changes by itself when one comes.',
    )
  return t(
    '受信箱にまだつながっていません。受信箱の接続テストで理由を確かめてください。',
    'The mailbox is not connected yet. Its test says why.',
  )
}

function ImportOne(props: {
  shops: readonly Shop[]
  onAsked: (asked: { orderNumber: string; shopId: string }) => void
}) {
  const [shopId, setShopId] = useState(props.shops[0]?.id ?? '')
  return (
    <Form
      label={t('受注番号で1件取り込む', 'Import one by its number')}
      send={async (form) => {
        const orderNumber = text(form, 'orderNumbers').trim()
        await answer(api.POST('/v1/orders/import', { body: { shopId, orderNumbers: [orderNumber] } }))
        props.onAsked({ orderNumber, shopId })
        refresh('waiting', 'why', 'first-order')
      }}
    >
      <Choice
        label={t('店舗', 'Shop')}
        name="shopId"
        value={shopId}
        onChange={setShopId}
        options={props.shops.map(({ id, name }): [string, string] => [id, name])}
      />
      <Field
        label={t('受注番号', 'Order number')}
        name="orderNumbers"
        support={t('モールの管理画面にある番号', 'As the mall shows it')}
        autoComplete="off"
        required
      />
      <FormEnd quiet label={t('取り込む', 'Import')} />
    </Form>
  )
}

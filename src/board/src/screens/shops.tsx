import { useState } from 'react'
import { Link, useLocation, useParams, useSearch } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { queries, useBoard, useMalls, useNames, useShopReasons, useShops } from '../data.ts'
import { useFigures } from '../figures/figures-data.ts'
import { t } from '../i18n.ts'
import { useLive } from '../live.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { dueDay, isoDay, number, shortTime } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { useNow } from '../parts/now.ts'
import { text } from '../parts/send-form.tsx'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Wide } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useIsOwner } from '../session.ts'
import { refreshShops } from '../settings/connection-test.tsx'
import { ContractSettings } from '../settings/contract.tsx'
import { Mailboxes, useMailboxes } from '../settings/mailboxes.tsx'
import { MarkSettings } from '../settings/mark-settings.tsx'
import { useCredentials } from '../settings/shop-checks.ts'
import { BackToShops, ShopPage } from '../settings/shop-page.tsx'
import { SortSettings } from '../settings/sort-settings.tsx'
import { StartList } from '../settings/start-list.tsx'
import { lightOf } from '../shell/side-nav.tsx'

type Shop = Schemas['Shop']
type MallName = Shop['marketplace']

/** 店舗・受信箱: a table of the shops, what needs somebody first, with a page for each. */
export default function Shops() {
  const { id } = useParams<{ id?: string }>()
  const shops = useShops()
  const owner = useIsOwner()
  if (shops.isPending) return <Loading />
  if (shops.error && !shops.data) return <Failed error={shops.error} again={() => void shops.refetch()} />
  const all = shops.data ?? []
  if (id === undefined) return <List shops={all} owner={owner} />
  const Rules = RULES.find(([path]) => path === id)?.[3]
  if (Rules)
    return (
      <div className="desk">
        <BackToShops />
        <Rules />
      </div>
    )
  const shop = all.find((one) => one.id === id)
  return shop ? (
    <ShopPage key={shop.id} shop={shop} shops={all} owner={owner} />
  ) : (
    <Empty>
      {t('この店舗は見つかりません。', 'There is no such shop.')} <BackToShops />
    </Empty>
  )
}

/** すべての店舗の決まり, each on a page of its own. */
const RULES: readonly (readonly [
  path: string,
  icon: IconName,
  label: () => string,
  Part: () => React.ReactNode,
])[] = [
  ['marks', 'star', () => t('独自のマーク・要注意顧客', 'Marks and blocked buyers'), MarkSettings],
  ['sorting', 'arrow', () => t('自動仕分け', 'Sorting'), SortSettings],
  [
    'contract',
    'label',
    () => t('登録番号・お知らせの届け先', 'Registration, where notices go'),
    ContractSettings,
  ],
]

function List({ shops, owner }: { shops: readonly Shop[]; owner: boolean }) {
  const [, navigate] = useLocation()
  const adding = new URLSearchParams(useSearch()).get('new')
  const boxes = useMailboxes().data
  const add = (what: 'shop' | 'mailbox' | null) => () =>
    navigate(what === null ? '/shops' : `/shops?new=${what}`, { replace: true })
  return (
    <div className="desk">
      <div className="page-head">
        <h1>{t('店舗・受信箱', 'Shops and mailboxes')}</h1>
        {boxes && (
          <span className="quiet">
            {t(
              `${number(shops.length)}店舗・受信箱${number(boxes.length)}つ`,
              `${shops.length} shops, ${boxes.length} mailboxes`,
            )}
          </span>
        )}
        {owner && (
          <div className="page-acts">
            <button type="button" className="button" onClick={add('mailbox')}>
              {t('受信箱を追加', 'Add a mailbox')}
            </button>
            {shops.length > 0 && (
              <button type="button" className="button" onClick={add('shop')}>
                <Icon name="plus" />
                {t('店舗を追加', 'Add a shop')}
              </button>
            )}
          </div>
        )}
      </div>
      {!owner && (
        <p className="note">{t('設定は管理者だけが変更できます。', 'Only an owner changes settings.')}</p>
      )}
      {owner && <StartList shops={shops} />}
      {owner && (adding === 'shop' || shops.length === 0) && <NewShop onCancel={add(null)} />}
      {shops.length > 0 && <ShopTable shops={shops} />}
      <div className="shop-columns">
        <Mailboxes owner={owner} shops={shops} adding={adding === 'mailbox'} onClose={add(null)} />
        <section className="panel" aria-label={t('すべての店舗の決まり', 'For all shops')}>
          <h2>{t('すべての店舗の決まり', 'For all shops')}</h2>
          <ul className="plain link-rows">
            {RULES.filter(([path]) => owner || path !== 'contract').map(([path, icon, label]) => (
              <li key={path}>
                <Icon name={icon} />
                <Link href={`/shops/${path}`}>{label()}</Link>
              </li>
            ))}
            <li>
              <Icon name="clock" />
              <Link href="/quota">{t('取込の見込み', 'When imports are in')}</Link>
            </li>
          </ul>
        </section>
      </div>
    </div>
  )
}

function ShopTable({ shops }: { shops: readonly Shop[] }) {
  const { mall } = useNames()
  const board = useBoard().data
  const reasons = useShopReasons()
  const live = useLive().state === 'open'
  const now = useNow(30_000)
  const checks = useCredentials().data
  const boxes = useMailboxes().data
  const day = isoDay(now)
  const figures = useFigures({ from: day, to: day, per: 'shop' }).data?.figures
  // Counts have a place before they are known.
  const ordersOf = (id: string) =>
    figures ? number(figures.find(({ shopId }) => shopId === id)?.orders ?? 0) : ''
  const rows = shops
    .map((shop) => {
      const counted = board?.shops.find(({ shopId }) => shopId === shop.id)
      const check = checks?.find(({ shopId }) => shopId === shop.id)
      const untested = check !== undefined && check.checkedAt === null
      const light = counted
        ? lightOf(
            counted,
            reasons?.find(({ shopId }) => shopId === shop.id),
            live,
            now,
          )
        : undefined
      const [soonest] = [...(check?.lifetimes ?? [])].sort(
        (a, b) => (a.daysLeft ?? Infinity) - (b.daysLeft ?? Infinity),
      )
      const wrong = light?.tone === 'attention' || (shop.enabled && counted && !counted.credentialsSet)
      return { shop, counted, untested, light, soonest, wrong }
    })
    // Mends come first; the others by what ends soonest.
    .sort(
      (a, b) =>
        Number(b.wrong ?? false) - Number(a.wrong ?? false) ||
        (a.soonest?.daysLeft ?? Infinity) - (b.soonest?.daysLeft ?? Infinity) ||
        0,
    )
  return (
    <section className="panel panel-table" aria-label={t('店舗', 'Shops')}>
      <div className="card-head">
        <h2>{t('店舗', 'Shops')}</h2>
        <span className="quiet card-pencil wide-only">
          {t(
            '✓ はモールにつながり、突合が30分以内で、未取込がないときだけ付きます',
            '✓ only where the mall answers, the comparison is recent and nothing is missing',
          )}
        </span>
      </div>
      <Wide label={t('店舗の一覧', 'Table of shops')}>
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">{t('店舗', 'Shop')}</th>
              <th scope="col">{t('状態', 'State')}</th>
              <th scope="col">{t('鍵・同意', 'Keys')}</th>
              <th scope="col">{t('最後の取込', 'Last import')}</th>
              <th scope="col">{t('最後の突合', 'Last comparison')}</th>
              <th scope="col" className="num">
                {t('今日の受注', 'Orders today')}
              </th>
              <th scope="col" className="wide-table">
                {t('受信箱', 'Mailbox')}
              </th>
              <th scope="col">
                <span className="for-reader">{t('すること', 'To do')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ shop, counted, untested, light, soonest, wrong }) => (
              <tr key={shop.id} id={`shop-${shop.id}`} className={wrong ? 'row-stop' : undefined}>
                <th scope="row">
                  <MallBadge name={shop.marketplace} label={mall(shop.marketplace, shop.id)} />{' '}
                  <Link href={`/shops/${shop.id}`}>{shop.name}</Link>
                </th>
                <td>
                  {light && (
                    <Sign
                      tone={
                        untested && light.tone !== 'attention' && light.tone !== 'warning'
                          ? 'unproven'
                          : light.tone
                      }
                    >
                      {light.tone === 'done'
                        ? t('正常', 'Well')
                        : untested && light.tone === 'unproven'
                          ? t('未テスト', 'Untested')
                          : light.text}
                    </Sign>
                  )}
                </td>
                <td data-label={t('鍵・同意', 'Keys')}>{soonest ? <Ends {...soonest} /> : '-'}</td>
                <td data-label={t('取込', 'Import')}>{shortTime(counted?.importedAt) || '-'}</td>
                <td data-label={t('突合', 'Comparison')}>{shortTime(counted?.comparedAt) || '-'}</td>
                <td data-label={t('今日の受注', 'Orders today')} className="num">
                  {ordersOf(shop.id)}
                </td>
                <td data-label={t('受信箱', 'Mailbox')} className="wide-table">
                  {boxes
                    ?.filter(({ shopIds }) => shopIds.includes(shop.id))
                    .map(({ name }) => name)
                    .join('、') || '-'}
                </td>
                <td className="num">
                  <Link
                    className={wrong ? 'button button-danger' : 'icon-button'}
                    href={`/shops/${shop.id}`}
                    aria-label={
                      wrong
                        ? t(`${shop.name}を直す`, `Mend ${shop.name}`)
                        : t(`${shop.name}を開く`, `Open ${shop.name}`)
                    }
                  >
                    {wrong ? t('直す', 'Mend') : <Icon name="right" />}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

/** First end of a shop's keys and consents, amber a month before. */
function Ends(props: { label: string; state: string; daysLeft: number | null; endsAt: string | null }) {
  const { label, state, daysLeft, endsAt } = props
  const words =
    state === 'ended'
      ? t('期限切れ', 'ended')
      : daysLeft === null
        ? t('期限なし・不明', 'no end known')
        : daysLeft === 0
          ? t('今日まで', 'until today')
          : t(`あと${number(daysLeft)}日`, `${daysLeft} days`)
  return (
    <span title={label}>
      <span className={state === 'ended' ? 'due-late' : state === 'ok' ? undefined : 'due-today'}>
        {words}
      </span>{' '}
      <span className="quiet">{dueDay(endsAt)}</span>
    </span>
  )
}

/** Its page is opened once it is there: the keys are what comes next. */
function NewShop({ onCancel }: { onCancel: () => void }) {
  const [, navigate] = useLocation()
  const malls = useMalls().data ?? []
  const [marketplace, setMarketplace] = useState<MallName>('rakuten')
  const mall = malls.find((one) => one.name === marketplace)
  const make = async (form: FormData) => {
    const [code, name] = [text(form, 'code').trim(), text(form, 'name').trim()]
    const made = await answer(api.POST('/v1/shops', { body: { marketplace, code, name, enabled: true } }))
    await queries.invalidateQueries({ queryKey: ['shops'] })
    refreshShops()
    toast(t('店舗を追加しました。続けて鍵を登録してください。', 'Added. Now enter its keys.'))
    navigate(`/shops/${made.id}`)
  }
  return (
    <section className="panel">
      <h2>{t('店舗を追加', 'Add a shop')}</h2>
      <Form label={t('店舗を追加', 'Add a shop')} send={make}>
        <Choice
          label={t('モール', 'Mall')}
          name="marketplace"
          value={marketplace}
          onChange={setMarketplace}
          options={malls.map((one) => [one.name, one.label] as const)}
        />
        <Field
          label={mall?.shopCodeLabel ?? t('店舗ID', 'Shop code')}
          name="code"
          autoComplete="off"
          required
        />
        <Field
          label={t('店舗名', 'Name')}
          name="name"
          support={t('この画面で見分けるための名前', 'To know it by, on this page')}
          autoComplete="off"
          required
        />
        <FormEnd label={t('店舗を追加する', 'Add')} onCancel={onCancel} />
      </Form>
    </section>
  )
}

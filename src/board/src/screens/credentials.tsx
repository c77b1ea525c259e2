import { answer, api } from '../api.ts'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { dueDay, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner } from '../session.ts'
import { Outgoing } from '../settings/connection-test.tsx'
import { useCredentials } from '../settings/shop-checks.ts'

type Shop = NonNullable<ReturnType<typeof useCredentials>['data']>[number]
type Lifetime = Shop['lifetimes'][number]

/** 鍵・同意カレンダー: all that ends, soonest first, and what to do about it. */
export default function Credentials() {
  const list = useCredentials()
  if (list.isPending) return <Loading />
  if (list.error) return <Failed error={list.error} again={() => void list.refetch()} />
  const soonest = (shop: Shop) => Math.min(...shop.lifetimes.map(({ daysLeft }) => daysLeft ?? 9_999), 9_999)
  const shops = [...list.data].sort((a, b) => soonest(a) - soonest(b))
  return (
    <div className="desk">
      <h1>{t('鍵・同意カレンダー', 'Keys and consents')}</h1>
      {shops.length === 0 && <Empty>{t('店舗はまだありません。', 'No shops yet.')}</Empty>}
      {shops.map((shop) => (
        <ShopKeys key={shop.shopId} shop={shop} />
      ))}
    </div>
  )
}

const TONES: Record<Lifetime['state'], Tone> = {
  ok: 'done',
  soon: 'warning',
  ended: 'failed',
  doubtful: 'warning',
  unknown: 'unproven',
}

function stateWord({ state, daysLeft }: Lifetime): string {
  if (state === 'ended') return t('期限切れ', 'Ended')
  if (daysLeft === null) return t('期限なし・不明', 'No end known')
  if (daysLeft === 0) return t('今日まで', 'Until today')
  return t(`あと${daysLeft}日`, `${daysLeft} days`)
}

function ShopKeys({ shop }: { shop: Shop }) {
  const { mall } = useNames()
  return (
    <section className="desk-part">
      <h2>
        {shop.shopName} <span className="quiet">{mall(shop.marketplace, shop.shopId)}</span>
      </h2>
      {shop.attention && (
        <p>
          <Sign tone="attention">{shop.attention.message}</Sign>{' '}
          <code className="quiet">{shop.attention.code}</code>
        </p>
      )}
      {shop.attention && <Outgoing marketplace={shop.marketplace} />}
      {shop.lifetimes.length > 0 && (
        <Wide label={t('鍵・同意の期限', 'Ends of keys and consents')}>
          <table className="stacked">
            <thead>
              <tr>
                <th scope="col">{t('鍵・同意', 'Key or consent')}</th>
                <th scope="col">{t('残り', 'Left')}</th>
                <th scope="col">{t('期限', 'Ends')}</th>
                <th scope="col">{t('すること', 'What to do')}</th>
              </tr>
            </thead>
            <tbody>
              {shop.lifetimes.map((one) => (
                <tr key={one.what}>
                  <th scope="row">{one.label}</th>
                  <td>
                    <Sign tone={TONES[one.state]}>{stateWord(one)}</Sign>
                  </td>
                  <td className="number" data-label={t('期限', 'Ends')}>
                    {dueDay(one.endsAt)} {one.endsAt && !one.certain && t('（見込み）', '(estimate)')}
                  </td>
                  <td className="long-text">{one.action}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <p className="quiet">
        {shop.checkedAt
          ? t(`モールへの確認: ${shortTime(shop.checkedAt)}`, `Asked the mall: ${shortTime(shop.checkedAt)}`)
          : t('モールへの確認はまだです。', 'The mall was not asked yet.')}
      </p>
      {shop.consent && <Consent shopId={shop.shopId} />}
    </section>
  )
}

/** The mall's own page asks for the consent, and comes back to the service. */
export function Consent({ shopId }: { shopId: string }) {
  const owner = useIsOwner()
  const { error, send } = useSend()
  if (!owner) return <p className="support">{t('同意は管理者が行います。', 'An owner gives the consent.')}</p>
  const begin = async () => {
    const params = { path: { id: shopId } }
    location.assign((await answer(api.POST('/v1/shops/{id}/consent', { params, body: {} }))).url)
  }
  return (
    <div>
      <button type="button" className="button" onClick={() => send(begin)}>
        {t('モールの画面で同意する', 'Give the consent at the mall')}
      </button>
      <Problem error={error} />
    </div>
  )
}

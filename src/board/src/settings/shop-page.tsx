import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useBoard, useMalls, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { ConnectionTest, Outgoing, refreshShops } from './connection-test.tsx'
import { MailTry } from './mail-try.tsx'
import { MailboxForm } from './mailbox-form.tsx'
import { MailAddresses, MailboxCard, MailboxState, useMailboxes } from './mailboxes.tsx'
import { Rehearsal } from './rehearsal.tsx'
import { useChecks } from './shop-checks.ts'
import { ShopItself } from './shop-itself.tsx'
import { KeyEntry } from './shop-keys.tsx'
import { MailRules, MallSettings, OnImport } from './shop-rules.tsx'
import { StartList } from './start-list.tsx'

type Shop = Schemas['Shop']

export const BackToShops = () => (
  <p className="order-way">
    <Link href="/shops">
      <Icon name="left" />
      {t('店舗・受信箱', 'Shops and mailboxes')}
    </Link>
  </p>
)

/** One shop: its trouble and what to do, then its settings, each with its sign in the list beside. */
export function ShopPage({ shop, shops, owner }: { shop: Shop; shops: readonly Shop[]; owner: boolean }) {
  const { mall: mallWord } = useNames()
  const mall = useMalls().data?.find(({ name }) => name === shop.marketplace)
  const checks = useChecks()
  const boxes = useMailboxes().data
  const mayWork = useMayWork()
  const [saved, setSaved] = useState(0)
  /** The mailbox that was added here, which is tried at once. */
  const [made, setMade] = useState<string | null>(null)
  /** It needs neither keys nor a mailbox: every other shop has fields for its keys. */
  const byFile = shop.credentials.length === 0
  const missing = mall?.credentialFields.some(
    ({ name, required }) => required && shop.credentials.some((one) => one.name === name && !one.set),
  )
  const check = checks?.get(shop.id)
  const checkedAt = check?.checkedAt
  const untested = checks !== undefined && !checkedAt && !byFile
  const read = boxes?.some(({ shopIds }) => shopIds.includes(shop.id))
  const state: readonly [Tone, string] | null = !shop.enabled
    ? ['hold', t('停止中', 'Off')]
    : shop.attention
      ? ['attention', t('要対応', 'Needs you')]
      : missing
        ? ['warning', t('鍵が未登録', 'Keys missing')]
        : untested
          ? ['unproven', t('未テスト', 'Untested')]
          : null
  if (!mall || !checks) return <Loading />
  const parts: readonly Section[] = [
    {
      id: 'keys',
      title: t('鍵', 'Keys'),
      sign: shop.attention ? 'attention' : missing ? 'warning' : checkedAt || byFile ? 'done' : 'unproven',
      body: byFile ? (
        <p>
          {t(
            'この店舗の受注は、カートから出力した注文ファイルで取り込みます。鍵と受信箱は要りません。',
            'The orders of this shop come as files of its cart. It needs neither keys nor a mailbox.',
          )}{' '}
          <Link href="/csv?tab=files">{t('注文ファイルを取り込む', 'Take in a file')}</Link>
        </p>
      ) : (
        <>
          {owner ? (
            <KeyEntry
              shop={shop}
              mall={mall}
              canConsent={check?.consent ?? false}
              onSaved={() => setSaved((times) => times + 1)}
            />
          ) : (
            <p className="support">{t('鍵の登録は管理者が行います。', 'An owner enters the keys.')}</p>
          )}
          <Outgoing marketplace={shop.marketplace} />
          <p>
            {t('接続', 'Connection')}{' '}
            {checkedAt ? (
              <Sign tone="done">{t(`${shortTime(checkedAt)}に成功`, `good ${shortTime(checkedAt)}`)}</Sign>
            ) : (
              <Sign tone="unproven">{t('未テスト', 'Untested')}</Sign>
            )}
          </p>
          {owner && !missing && <ConnectionTest path="shops" id={shop.id} main={untested} auto={saved} />}
        </>
      ),
    },
    {
      id: 'mails',
      title: t('注文メール', 'Order mails'),
      sign: read === undefined || byFile ? undefined : read ? 'done' : 'warning',
      body: (
        <>
          <p>{mall.mailHelp}</p>
          <MailAddresses shopId={shop.id} />
          {boxes
            ?.filter(({ shopIds }) => shopIds.includes(shop.id))
            .map((box) => (
              <MailboxCard key={box.id} box={box} owner={owner} shops={shops} isNew={box.id === made} />
            ))}
          {owner && read === false && <ChooseMailbox shop={shop} shops={shops} onMade={setMade} />}
          {mayWork && (
            <details>
              <summary>{t('読み取れるか試す（注文メールを貼り付け）', 'Try a mail')}</summary>
              <MailTry />
            </details>
          )}
        </>
      ),
    },
    ...(owner
      ? [
          {
            id: 'on-import',
            title: t('取込と同時に行うサイト変更', 'Site change on import'),
            sign: shop.settings.onImport ? ('done' as const) : undefined,
            body: <OnImport shop={shop} onSaved={refreshShops} />,
          },
          {
            id: 'mail-rules',
            title: t('メール判別ルール', 'Mail rules'),
            body: <MailRules shop={shop} onSaved={refreshShops} />,
          },
          {
            id: 'of-mall',
            title: t('モールごとの設定', 'Settings of the mall'),
            body: <MallSettings shop={shop} onSaved={refreshShops} />,
          },
        ]
      : []),
    {
      id: 'rehearsal',
      title: t('リハーサル', 'Rehearsal'),
      body: <Rehearsal shopId={shop.id} owner={owner} />,
    },
    ...(owner
      ? [
          {
            id: 'itself',
            title: t('店舗名・停止・削除', 'Name, off, remove'),
            body: <ShopItself shop={shop} />,
          },
        ]
      : []),
  ]
  return (
    <section className="desk" aria-label={shop.name}>
      <BackToShops />
      <div className="page-head">
        <MallBadge large name={shop.marketplace} label={mallWord(shop.marketplace)} />
        <h1>{shop.name}</h1>
        {state && (
          <span className="status-pill">
            <Sign tone={state[0]}>{state[1]}</Sign>
          </span>
        )}
        <span className="quiet">
          {mall.label} {shop.code}
        </span>
      </div>
      {shop.attention && <Wrong shop={shop} />}
      {owner && <StartList shops={shops} />}
      <div className="shop-split">
        <nav className="shop-parts" aria-label={t('この店舗の設定', 'Settings of this shop')}>
          {parts.map(({ id, title, sign }) => (
            <a key={id} href={`#${id}`}>
              {title}
              {sign && <Sign tone={sign} />}
            </a>
          ))}
        </nav>
        <div className="stack">
          {parts.map(({ id, title, body }) => (
            <section key={id} id={id} className="panel" aria-label={title}>
              <h2>{title}</h2>
              {body}
            </section>
          ))}
        </div>
      </div>
    </section>
  )
}

interface Section {
  id: string
  title: string
  /** How it stands, where that can be said. */
  sign?: Tone | undefined
  body: ReactNode
}

/** Since when orders are missing, why, and what to do. */
function Wrong({ shop }: { shop: Shop }) {
  const since = useBoard().data?.shops.find(({ shopId }) => shopId === shop.id)?.attention?.since
  if (!shop.attention) return null
  return (
    <div className="problem" role="alert">
      <strong>
        {since
          ? t(
              `${shortTime(since)}から注文を取り込めていません`,
              `No orders come in since ${shortTime(since)}`,
            )
          : t('注文を取り込めていません', 'No orders come in')}
      </strong>
      <p>
        {shop.attention.message} <code>{shop.attention.code}</code>
      </p>
      {shop.attention.code !== 'ORDER_FILE_FAILED' && (
        <p>
          {t(
            'つながると、止まっていた間の注文もすべて取り込みます。',
            'Once it is connected, all orders of meanwhile are imported.',
          )}
        </p>
      )}
    </div>
  )
}

/** A shop that no mailbox is read for: one that is there, by one press, or the first one. */
function ChooseMailbox(props: { shop: Shop; shops: readonly Shop[]; onMade: (id: string) => void }) {
  const { shop, shops } = props
  const boxes = useMailboxes().data ?? []
  const { busy, error, send } = useSend()
  const use = (id: string) => async () => {
    const params = { path: { id } }
    // A colleague may have added a shop meanwhile.
    const { shopIds } = await answer(api.GET('/v1/mailboxes/{id}', { params }))
    await answer(api.PATCH('/v1/mailboxes/{id}', { params, body: { shopIds: [...shopIds, shop.id] } }))
    refresh('mailboxes')
    toast(t('受信箱を選びました。', 'Chosen.'))
  }
  if (boxes.length === 0) return <MailboxForm mailbox={null} shops={shops} onDone={props.onMade} />
  return (
    <>
      <ul className="plain">
        {boxes.map((box) => (
          <li key={box.id} className="row">
            <strong>{box.name}</strong> <MailboxState box={box} />
            <button type="button" className="button" aria-disabled={busy} onClick={() => send(use(box.id))}>
              {t('この受信箱で読む', 'Read this one')}
              <span className="for-reader"> {box.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <Problem error={error} />
    </>
  )
}

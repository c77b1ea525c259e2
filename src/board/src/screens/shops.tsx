import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { answer, api, fieldProblem, type Schemas } from '../api.ts'
import { refresh, useMalls, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { number, shortTime } from '../parts/format.ts'
import { MailTry } from '../parts/mail-try.tsx'
import { MailRules, OnImport } from '../parts/shop-rules.tsx'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner, useMayWork } from '../session.ts'
import { Consent } from './credentials.tsx'

export type Shop = Schemas['Shop']
type MallName = Shop['marketplace']

/** 店舗・受信箱: what must be set where, step by step, each proven by a test. */
export default function Shops() {
  const shops = useShops()
  const owner = useIsOwner()
  const [adding, setAdding] = useState(false)
  if (shops.isPending) return <Loading />
  if (shops.error && !shops.data) return <Failed error={shops.error} again={() => void shops.refetch()} />
  return (
    <div className="desk">
      <h1>{t('店舗・受信箱', 'Shops and mailboxes')}</h1>
      {!owner && (
        <p className="note">{t('設定は管理者だけが変更できます。', 'Only an owner changes settings.')}</p>
      )}
      {shops.data?.map((shop) => (
        <ShopCard key={shop.id} shop={shop} owner={owner} />
      ))}
      {owner &&
        (adding ? (
          <NewShop onDone={() => setAdding(false)} />
        ) : (
          <p>
            <button type="button" className="button button-main" onClick={() => setAdding(true)}>
              {t('店舗を追加', 'Add a shop')}
            </button>
          </p>
        ))}
      <Mailboxes owner={owner} shops={shops.data ?? []} />
    </div>
  )
}

const refreshShops = (): void => refresh('shops', 'mailboxes', 'board', 'credentials')

function ShopCard({ shop, owner }: { shop: Shop; owner: boolean }) {
  const mall = useMalls().data?.find(({ name }) => name === shop.marketplace)
  const mayWork = useMayWork()
  const missing = mall?.credentialFields.filter(
    ({ name, required }) => required && !shop.credentials.some((one) => one.name === name && one.set),
  )
  return (
    <section className="desk-part">
      <h2>
        {shop.name} <span className="quiet">{mall?.label}</span>{' '}
        {!shop.enabled ? (
          <Sign tone="hold">{t('停止中', 'Off')}</Sign>
        ) : shop.attention ? (
          <Sign tone="attention">{t('要対応', 'Needs you')}</Sign>
        ) : (missing?.length ?? 0) > 0 ? (
          <Sign tone="warning">{t('鍵が未登録', 'Keys missing')}</Sign>
        ) : null}
      </h2>
      {shop.attention && <p>{shop.attention.message}</p>}
      <details open={(missing?.length ?? 0) > 0 || shop.attention !== null}>
        <summary>{t('設定の手順', 'Set-up')}</summary>
        <ol className="stack">
          <li>
            <h3>{t('鍵を登録する', 'Enter the keys')}</h3>
            {owner && mall && <Keys shop={shop} fields={mall.credentialFields} />}
            {mall?.consent && <Consent shopId={shop.id} />}
          </li>
          <li>
            <h3>{t('接続を確かめる', 'Try the connection')}</h3>
            {owner ? <Test path="shops" id={shop.id} /> : null}
          </li>
          <li>
            <h3>{t('モールの注文メールを受信箱に届ける', 'Have the order mails sent to the mailbox')}</h3>
            <p>{mall?.mailHelp}</p>
          </li>
          {mayWork && (
            <li>
              <h3>{t('読み取れるか試す', 'Try a mail')}</h3>
              <details>
                <summary>{t('注文メールを貼り付けて試す', 'Paste an order mail')}</summary>
                <MailTry />
              </details>
            </li>
          )}
        </ol>
      </details>
      {owner && (
        <>
          <details>
            <summary>{t('取込と同時に行うサイト変更', 'Site change on import')}</summary>
            <OnImport shop={shop} onSaved={refreshShops} />
          </details>
          <details>
            <summary>{t('メール判別ルール', 'Mail rules')}</summary>
            <MailRules shop={shop} onSaved={refreshShops} />
          </details>
        </>
      )}
    </section>
  )
}

type KeyField = { name: string; label: string; help: string; secret: boolean; required: boolean }

/** What is stored is never shown again; an empty field leaves it as it is. */
function Keys({ shop, fields }: { shop: Shop; fields: readonly KeyField[] }) {
  const [values, setValues] = useState<Record<string, string>>({})
  const { error, submit } = useSend()
  const keep = async () => {
    const credentials = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
    await answer(api.PATCH('/v1/shops/{id}', { params: { path: { id: shop.id } }, body: { credentials } }))
    setValues({})
    refreshShops()
    toast(t('鍵を登録しました。続けて接続を確かめてください。', 'Stored. Now try the connection.'))
  }
  return (
    <form className="stack form-narrow" onSubmit={submit(keep)}>
      {fields.map(({ name, label, help, secret, required }) => {
        const stored = shop.credentials.find((one) => one.name === name)
        const state = stored?.set
          ? t(
              `登録済み（${shortTime(stored.setAt)}）。変えるときだけ入力してください。`,
              'Stored. Enter only to change.',
            )
          : ''
        return (
          <Field
            key={name}
            label={label}
            support={`${help} ${state}`}
            required={required && !stored?.set}
            type={secret ? 'password' : 'text'}
            autoComplete="off"
            value={values[name] ?? ''}
            error={fieldProblem(error, `credentials.${name}`)}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        )
      })}
      <Problem error={error} />
      <p>
        <button type="submit" className="button">
          {t('鍵を保存する', 'Store the keys')}
        </button>
      </p>
    </form>
  )
}

/** Logs in at the mall or mail server, and says in its words what was found. */
function Test({ path, id }: { path: 'shops' | 'mailboxes'; id: string }) {
  const { busy, error, send } = useSend()
  const [found, setFound] = useState<{ ok: boolean; messages: readonly string[] } | null>(null)
  const run = async () => {
    setFound(null)
    const params = { params: { path: { id } } }
    setFound(
      path === 'shops'
        ? await answer(api.POST('/v1/shops/{id}/test', params))
        : await answer(api.POST('/v1/mailboxes/{id}/test', params)),
    )
    refreshShops()
  }
  return (
    <div className="stack">
      <p>
        <button type="button" className="button" aria-disabled={busy} onClick={() => send(run)}>
          {t('接続テスト', 'Test')}
        </button>{' '}
        <span role="status">{busy && t('問い合わせています…', 'Asking…')}</span>
      </p>
      {found && (
        <div role="status">
          <Sign tone={found.ok ? 'done' : 'failed'}>
            {found.ok ? t('接続できました', 'It works') : t('接続できません', 'It does not work')}
          </Sign>
          {found.messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      <Problem error={error} />
    </div>
  )
}

function NewShop({ onDone }: { onDone: () => void }) {
  const malls = useMalls().data ?? []
  const [marketplace, setMarketplace] = useState<MallName>('rakuten')
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const { error, submit } = useSend()
  const mall = malls.find((one) => one.name === marketplace)
  const make = async () => {
    await answer(api.POST('/v1/shops', { body: { marketplace, code, name, enabled: true } }))
    refreshShops()
    onDone()
  }
  return (
    <form className="stack form-narrow panel" onSubmit={submit(make)}>
      <h2>{t('店舗を追加', 'Add a shop')}</h2>
      <Choice
        label={t('モール', 'Mall')}
        value={marketplace}
        onChange={(value) => setMarketplace(value as MallName)}
        options={malls.map((one) => [one.name, one.label] as const)}
      />
      <Field
        label={mall?.shopCodeLabel ?? t('店舗ID', 'Shop code')}
        required
        value={code}
        error={fieldProblem(error, 'code')}
        onChange={(event) => setCode(event.target.value)}
      />
      <Field
        label={t('店舗名', 'Name')}
        required
        value={name}
        error={fieldProblem(error, 'name')}
        onChange={(event) => setName(event.target.value)}
      />
      <Problem error={error} />
      <div className="row">
        <button type="submit" className="button button-main">
          {t('追加する', 'Add')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('やめる', 'Cancel')}
        </button>
      </div>
    </form>
  )
}

function Mailboxes({ owner, shops }: { owner: boolean; shops: readonly Shop[] }) {
  const list = useQuery({
    queryKey: ['mailboxes'],
    queryFn: async () => (await answer(api.GET('/v1/mailboxes'))).mailboxes,
  })
  return (
    <section className="desk-part">
      <h2>{t('受信箱', 'Mailboxes')}</h2>
      <p className="support">
        {t(
          '受信箱は読むだけです。既読にも移動にもしません。',
          'Mailboxes are only read: nothing is marked or moved.',
        )}
      </p>
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        list.data.map((box) => (
          <article key={box.id} className="change-card">
            <header>
              <strong>{box.name}</strong>
              <span className="quiet">
                {box.username} ({box.host}:{box.port} {box.folder})
              </span>
              {box.attention && <Sign tone="attention">{box.attention.message}</Sign>}
            </header>
            <p>
              {t(
                `判別 ${number(box.mails.recognised)}通 読み取り不可 ${number(box.mails.unreadable)}通 最終受信 ${shortTime(box.lastMailAt) || 'なし'}`,
                `${box.mails.recognised} recognised, ${box.mails.unreadable} unreadable, last ${shortTime(box.lastMailAt) || 'none'}`,
              )}
            </p>
            <p className="quiet">
              {box.shopIds.map((id) => shops.find((shop) => shop.id === id)?.name ?? '').join('、')}
            </p>
            {owner && (box.auth.consentNeeded || box.auth.consentedAt !== null) && (
              <MailConsent id={box.id} />
            )}
            {owner && <Test path="mailboxes" id={box.id} />}
          </article>
        ))
      )}
      {owner && <NewMailbox shops={shops} />}
      <p>
        <Link href="/desk">{t('読み取れなかったメールを見る', 'Mails that could not be read')}</Link>
      </p>
    </section>
  )
}

/** The provider's own page asks for the consent, and comes back to the service. */
function MailConsent({ id }: { id: string }) {
  const { error, send } = useSend()
  const begin = async () => {
    location.assign((await answer(api.POST('/v1/mailboxes/{id}/consent', { params: { path: { id } } }))).url)
  }
  return (
    <div>
      <button type="button" className="button button-main" onClick={() => send(begin)}>
        {t('メール事業者の画面で同意する', 'Give the consent at the mail provider')}
      </button>
      <Problem error={error} />
    </div>
  )
}

function NewMailbox({ shops }: { shops: readonly Shop[] }) {
  const empty = { name: '', host: '', port: '993', username: '', password: '', folder: 'INBOX' }
  const [values, setValues] = useState(empty)
  const { error, submit } = useSend()
  const fields: [keyof typeof empty, string, string][] = [
    ['name', t('名前', 'Name'), 'text'],
    ['host', t('IMAPサーバー', 'IMAP host'), 'text'],
    ['port', t('ポート', 'Port'), 'number'],
    ['username', t('ユーザー名', 'User'), 'text'],
    ['password', t('パスワード', 'Password'), 'password'],
    ['folder', t('フォルダー', 'Folder'), 'text'],
  ]
  const make = async () => {
    const body = {
      ...values,
      port: Number(values.port),
      security: 'tls' as const,
      enabled: true,
      shopIds: shops.map(({ id }) => id),
    }
    await answer(api.POST('/v1/mailboxes', { body }))
    setValues(empty)
    refresh('mailboxes')
    toast(t('受信箱を追加しました。接続テストをしてください。', 'Added. Now test it.'))
  }
  return (
    <details>
      <summary>{t('受信箱を追加', 'Add a mailbox')}</summary>
      <form className="stack form-narrow" onSubmit={submit(make)}>
        {fields.map(([name, label, type]) => (
          <Field
            key={name}
            {...{ label, type }}
            required
            autoComplete="off"
            value={values[name]}
            error={fieldProblem(error, name)}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
        <Problem error={error} />
        <p>
          <button type="submit" className="button button-main">
            {t('追加する', 'Add')}
          </button>
        </p>
      </form>
    </details>
  )
}

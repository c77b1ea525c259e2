import { useState } from 'react'
import { answer, api, fieldProblem, type Schemas } from '../api.ts'
import { useMalls, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner, useMayWork } from '../session.ts'
import { ConnectionTest, refreshShops } from '../settings/connection-test.tsx'
import { MailTry } from '../settings/mail-try.tsx'
import { MailAddresses, Mailboxes } from '../settings/mailboxes.tsx'
import { MarkSettings } from '../settings/mark-settings.tsx'
import { MailRules, OnImport } from '../settings/shop-rules.tsx'
import { Consent } from './credentials.tsx'

type Shop = Schemas['Shop']
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
      <MarkSettings />
    </div>
  )
}

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
            {owner ? <ConnectionTest path="shops" id={shop.id} /> : null}
          </li>
          <li>
            <h3>{t('モールの注文メールを受信箱に届ける', 'Have the order mails sent to the mailbox')}</h3>
            <p>{mall?.mailHelp}</p>
            <MailAddresses shopId={shop.id} />
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
        onChange={setMarketplace}
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

import { type ReactNode, useState } from 'react'
import { ApiProblem, answer, api, type Schemas } from '../api.ts'
import { useMalls, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field, TextArea } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { number, shortTime } from '../parts/format.ts'
import { useOpened } from '../parts/opened.ts'
import { text } from '../parts/send-form.tsx'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner, useMayWork } from '../session.ts'
import { ConnectionTest, refreshShops } from '../settings/connection-test.tsx'
import { ContractSettings } from '../settings/contract.tsx'
import { MailTry } from '../settings/mail-try.tsx'
import { MailAddresses, Mailboxes } from '../settings/mailboxes.tsx'
import { MarkSettings } from '../settings/mark-settings.tsx'
import { Rehearsal } from '../settings/rehearsal.tsx'
import { useChecks } from '../settings/shop-checks.ts'
import { MailRules, MallSettings, OnImport } from '../settings/shop-rules.tsx'
import { SortSettings } from '../settings/sort-settings.tsx'
import { StartList } from '../settings/start-list.tsx'

type Shop = Schemas['Shop']
type MallName = Shop['marketplace']

/** 店舗・受信箱: what must be set where, step by step, each proven by a test; at first with what is left to do. */
export default function Shops() {
  const shops = useShops()
  const owner = useIsOwner()
  const [adding, setAdding] = useState(false)
  if (shops.isPending) return <Loading />
  if (shops.error && !shops.data) return <Failed error={shops.error} again={() => void shops.refetch()} />
  const all = shops.data ?? []
  return (
    <div className="desk">
      <h1>{t('店舗・受信箱', 'Shops and mailboxes')}</h1>
      {!owner && (
        <p className="note">{t('設定は管理者だけが変更できます。', 'Only an owner changes settings.')}</p>
      )}
      {owner && <StartList shops={all} />}
      {all.map((shop) => (
        <ShopCard key={shop.id} shop={shop} owner={owner} />
      ))}
      {owner && (
        <div id="new-shop">
          {adding || all.length === 0 ? (
            <NewShop onDone={() => setAdding(false)} />
          ) : (
            <p>
              <button type="button" className="button" onClick={() => setAdding(true)}>
                {t('店舗を追加', 'Add a shop')}
              </button>
            </p>
          )}
        </div>
      )}
      <Mailboxes owner={owner} shops={all} />
      <MarkSettings />
      <SortSettings />
      {owner && <ContractSettings />}
    </div>
  )
}

function ShopCard({ shop, owner }: { shop: Shop; owner: boolean }) {
  const mall = useMalls().data?.find(({ name }) => name === shop.marketplace)
  const checks = useChecks()
  const mayWork = useMayWork()
  const missing = mall?.credentialFields.some(
    ({ name, required }) => required && !shop.credentials.some((one) => one.name === name && one.set),
  )
  const checkedAt = checks?.get(shop.id)?.checkedAt
  const untested = checks !== undefined && !checkedAt
  return (
    <section className="desk-part" id={`shop-${shop.id}`} aria-label={shop.name}>
      <h2>
        {shop.name} <span className="quiet">{mall?.label}</span>{' '}
        {!shop.enabled ? (
          <Sign tone="hold">{t('停止中', 'Off')}</Sign>
        ) : shop.attention ? (
          <Sign tone="attention">{t('要対応', 'Needs you')}</Sign>
        ) : missing ? (
          <Sign tone="warning">{t('鍵が未登録', 'Keys missing')}</Sign>
        ) : untested ? (
          <Sign tone="unproven">{t('未テスト', 'Untested')}</Sign>
        ) : null}
      </h2>
      {shop.attention && <p>{shop.attention.message}</p>}
      {mall && checks && (
        <Steps openAtFirst={missing || untested || shop.attention !== null}>
          <li>
            <h3>{t('鍵を登録する', 'Enter the keys')}</h3>
            {owner ? (
              <KeyEntry shop={shop} mall={mall} canConsent={checks.get(shop.id)?.consent ?? false} />
            ) : (
              <p className="support">{t('鍵の登録は管理者が行います。', 'An owner enters the keys.')}</p>
            )}
          </li>
          <li>
            <h3>
              {t('接続を確かめる', 'Try the connection')}{' '}
              {checkedAt ? (
                <Sign tone="done">{t(`${shortTime(checkedAt)}に成功`, `good ${shortTime(checkedAt)}`)}</Sign>
              ) : (
                <Sign tone="unproven">{t('未テスト', 'Untested')}</Sign>
              )}
            </h3>
            {owner && !missing ? (
              <ConnectionTest path="shops" id={shop.id} main={untested} />
            ) : (
              <p className="quiet">{t('鍵を登録すると試せます。', 'Once the keys are there.')}</p>
            )}
          </li>
          <li>
            <h3>{t('モールの注文メールを受信箱に届ける', 'Have the order mails sent to the mailbox')}</h3>
            <p>{mall.mailHelp}</p>
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
        </Steps>
      )}
      <Rehearsal shopId={shop.id} owner={owner} />
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
          <details>
            <summary>{t('モールごとの設定', 'Settings of the mall')}</summary>
            <MallSettings shop={shop} onSaved={refreshShops} />
          </details>
          <details>
            <summary>{t('店舗名・停止・削除', 'Name, off, remove')}</summary>
            <ShopItself shop={shop} />
          </details>
        </>
      )}
    </section>
  )
}

/** Open while something is to be done when it is first seen; what a person saves here does not close it. */
function Steps({ openAtFirst, children }: { openAtFirst: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(openAtFirst)
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('設定の手順', 'Set-up')}</summary>
      <ol className="stack">{children}</ol>
    </details>
  )
}

function ShopItself({ shop }: { shop: Shop }) {
  const { busy, error, send } = useSend()
  const params = { path: { id: shop.id } }
  const rename = useOpened({ name: shop.name }, () => [t('店舗名', 'Name')])
  const change = async (body: { name?: string; enabled?: boolean }) => {
    await answer(api.PATCH('/v1/shops/{id}', { params, body }))
    refreshShops()
  }
  /** Of what would go with it; null until somebody tried. */
  const [orders, setOrders] = useState<number | null>(null)
  const remove = async () => {
    const query = { withOrders: orders === null ? 'false' : 'true' } as const
    try {
      await answer(api.DELETE('/v1/shops/{id}', { params: { ...params, query } }))
    } catch (thrown) {
      const count = thrown instanceof ApiProblem && thrown.status === 409 ? thrown.body.orders : undefined
      if (typeof count !== 'number') throw thrown
      return setOrders(count)
    }
    refreshShops()
    toast(t(`${shop.name}を削除しました。`, `${shop.name} was removed.`))
  }
  return (
    <div className="stack">
      <Form
        label={t('店舗名', 'Name')}
        send={async (form) => {
          const read = async () => ({ name: (await answer(api.GET('/v1/shops/{id}', { params }))).name })
          await rename({ name: text(form, 'name').trim() }, read, change)
          toast(t('店舗名を変更しました。', 'Changed.'))
        }}
      >
        <Field label={t('店舗名', 'Name')} name="name" required maxLength={200} defaultValue={shop.name} />
        <FormEnd quiet label={t('店舗名を変更する', 'Change the name')} />
      </Form>
      <div className="row">
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          onClick={() => send(() => change({ enabled: !shop.enabled }))}
        >
          {shop.enabled ? t('取込を停止する', 'Turn off') : t('取込を再開する', 'Turn on')}
          <span className="for-reader"> {shop.name}</span>
        </button>
        <TwiceButton
          key={String(orders)}
          label={
            orders === null
              ? t('店舗を削除する', 'Remove')
              : t(`受注${number(orders)}件ごと削除する`, `Remove with its ${orders} orders`)
          }
          again={t('もう一度押すと削除します。元に戻せません', 'Press again to remove it for good')}
          of={shop.name}
          busy={busy}
          act={() => send(remove)}
        />
      </div>
      {orders !== null && (
        <p className="note" role="status">
          {t(
            `この店舗には受注が${number(orders)}件あります。使わないだけなら「取込を停止する」を選んでください。`,
            `It has ${orders} orders. Turn it off if it is only out of use.`,
          )}
        </p>
      )}
      <Problem error={error} />
    </div>
  )
}

type Mall = NonNullable<ReturnType<typeof useMalls>['data']>[number]
type KeyField = Mall['credentialFields'][number]

/** Chooses the input for a key: most are a line; key files have many, dates are picked. */
const inputOf = (name: string): 'line' | 'lines' | 'date' | 'time' =>
  /publicKey$|privateKey$/i.test(name)
    ? 'lines'
    : /On$/.test(name)
      ? 'date'
      : /At$/.test(name)
        ? 'time'
        : 'line'

type Way = 'consent' | 'paste'

/** The keys of a shop: by a consent at the mall where there is one, else all of them pasted. */
function KeyEntry({ shop, mall, canConsent }: { shop: Shop; mall: Mall; canConsent: boolean }) {
  const [way, setWay] = useState<Way>('consent')
  if (canConsent)
    return (
      <div className="stack">
        <Choice
          label={t('鍵の登録方法', 'How the keys are entered')}
          value={way}
          onChange={setWay}
          options={[
            ['consent', t('モールの画面で同意する', 'Consent at the mall')],
            ['paste', t('トークンを貼り付ける', 'Paste the tokens')],
          ]}
        />
        <Keys key={way} shop={shop} fields={mall.credentialFields} way={way} />
      </div>
    )
  return (
    <>
      {mall.consent && (
        <p className="support">
          {t(
            'モールの画面での同意は、運営者が公開URL（PUBLIC_URL）を設定すると使えます。それまではトークンを貼り付けてください。',
            'A consent at the mall needs the operator to set PUBLIC_URL. Until then, paste the tokens.',
          )}
        </p>
      )}
      <Keys shop={shop} fields={mall.credentialFields} way="paste" />
    </>
  )
}

/**
 * Form of a shop's keys. Stored values are never shown again; an empty field leaves its value as it is. For a
 * consent it asks for what the mall's application needs, and sends it along: nothing is stored before.
 */
function Keys({ shop, fields, way }: { shop: Shop; fields: readonly KeyField[]; way: Way }) {
  const [values, setValues] = useState<Record<string, string>>({})
  const params = { path: { id: shop.id } }
  const send = async () => {
    const credentials = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        // A picked time is Japan's.
        value === '' ? [] : [[name, inputOf(name) === 'time' ? `${value}:00+09:00` : value]],
      ),
    )
    if (way === 'consent') {
      const begun = await answer(api.POST('/v1/shops/{id}/consent', { params, body: { credentials } }))
      return location.assign(begun.url)
    }
    await answer(api.PATCH('/v1/shops/{id}', { params, body: { credentials } }))
    setValues({})
    refreshShops()
    toast(t('鍵を登録しました。続けて接続を確かめてください。', 'Stored. Now try the connection.'))
  }
  return (
    <Form label={t(`${shop.name}の鍵`, `Keys of ${shop.name}`)} send={send}>
      {fields
        .filter(({ byConsent }) => way === 'paste' || !byConsent)
        .map(({ name, label, help, secret, required }) => {
          const stored = shop.credentials.find((one) => one.name === name)
          const state = stored?.set
            ? t(
                `登録済み（${shortTime(stored.setAt)}）。変えるときだけ入力してください。`,
                'Stored. Enter only to change.',
              )
            : ''
          const input = inputOf(name)
          const own = {
            label,
            support: `${help} ${state}`,
            name: `credentials.${name}`,
            autoComplete: 'off',
            required: required && !stored?.set,
            value: values[name] ?? '',
            onChange: (event: { target: { value: string } }) =>
              setValues({ ...values, [name]: event.target.value }),
          }
          return input === 'lines' ? (
            <TextArea key={name} {...own} spellCheck={false} />
          ) : (
            <Field
              key={name}
              {...own}
              type={
                input === 'date' ? 'date' : input === 'time' ? 'datetime-local' : secret ? 'password' : 'text'
              }
            />
          )
        })}
      {way === 'consent' ? (
        <FormEnd label={t('モールの画面で同意する', 'Give the consent at the mall')} />
      ) : (
        <FormEnd quiet label={t('鍵を保存する', 'Store the keys')} />
      )}
    </Form>
  )
}

function NewShop({ onDone }: { onDone: () => void }) {
  const malls = useMalls().data ?? []
  const [marketplace, setMarketplace] = useState<MallName>('rakuten')
  const mall = malls.find((one) => one.name === marketplace)
  const make = async (form: FormData) => {
    const [code, name] = [text(form, 'code').trim(), text(form, 'name').trim()]
    await answer(api.POST('/v1/shops', { body: { marketplace, code, name, enabled: true } }))
    refreshShops()
    toast(t('店舗を追加しました。続けて鍵を登録してください。', 'Added. Now enter its keys.'))
    onDone()
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
        <FormEnd label={t('店舗を追加する', 'Add')} onCancel={onDone} />
      </Form>
    </section>
  )
}

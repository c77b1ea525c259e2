import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import type { useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field, TextArea } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { shortTime } from '../parts/format.ts'
import { toast } from '../parts/toast.tsx'
import { refreshShops } from './connection-test.tsx'

/** A shop's keys at its mall. */

type Shop = Schemas['Shop']
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
export function KeyEntry(props: { shop: Shop; mall: Mall; canConsent: boolean; onSaved: () => void }) {
  const { shop, mall, canConsent, onSaved } = props
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
        <Keys key={way} shop={shop} fields={mall.credentialFields} way={way} onSaved={onSaved} />
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
      <Keys shop={shop} fields={mall.credentialFields} way="paste" onSaved={onSaved} />
    </>
  )
}

/**
 * Form of a shop's keys. Stored values are never shown again; an empty field leaves its value as it is. For a
 * consent it asks for what the mall's application needs, and sends it along: nothing is stored before.
 */
function Keys(props: { shop: Shop; fields: readonly KeyField[]; way: Way; onSaved: () => void }) {
  const { shop, fields, way } = props
  const [values, setValues] = useState<Record<string, string>>({})
  const params = { path: { id: shop.id } }
  const isSet = (name: string) => shop.credentials.some((one) => one.name === name && one.set)
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
    toast(t('鍵を登録しました。接続を確かめています。', 'Stored. The connection is tried.'))
    props.onSaved()
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
        <FormEnd
          quiet={fields.every(({ name, required }) => !required || isSet(name))}
          label={t('保存して接続テスト', 'Store and test')}
        />
      )}
    </Form>
  )
}

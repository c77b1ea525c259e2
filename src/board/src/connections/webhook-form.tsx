import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { KINDS, type Kind, kindWord, type Webhook } from './webhook-words.ts'

interface Kept {
  name: string
  kinds: Kind[]
  /** Shown in part alone, so sent only where it was typed. */
  url?: string
}
const fieldWords = (): Record<keyof Kept, string> => ({
  name: t('名前', 'Name'),
  kinds: t('送る内容', 'What is sent'),
  url: t('送信先URL', 'Address'),
})

/** Makes a webhook, or changes one. */
export function WebhookForm(props: {
  webhook: Webhook | null
  onMade: (made: Schemas['WebhookWithSecret']) => void
  onChanged: () => void
  onCancel: () => void
}) {
  const { webhook } = props
  const [name, setName] = useState(webhook?.name ?? '')
  const [url, setUrl] = useState('')
  const [kinds, setKinds] = useState<ReadonlySet<Kind>>(
    new Set(KINDS.filter((kind) => webhook?.kinds.includes(kind))),
  )
  const plain: Kept = { name, kinds: KINDS.filter((kind) => kinds.has(kind)) }
  const keep = useOpened(plain, (field) => [fieldWords()[field]])
  const save = async () => {
    const address = url.trim()
    if (webhook === null)
      return props.onMade(await answer(api.POST('/v1/webhooks', { body: { ...plain, url: address } })))
    const params = { path: { id: webhook.id } }
    await keep(
      address === '' ? plain : { ...plain, url: address },
      async () => {
        const now = await answer(api.GET('/v1/webhooks/{id}', { params }))
        return { name: now.name, kinds: KINDS.filter((kind) => now.kinds.includes(kind)) }
      },
      (body) => answer(api.PATCH('/v1/webhooks/{id}', { params, body })),
    )
    props.onChanged()
  }
  return (
    <Form of={webhook?.id} send={save}>
      <Field
        label={t('名前', 'Name')}
        name="name"
        required
        autoFocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={t('送信先URL', 'Address')}
        name="url"
        support={
          webhook
            ? t('変えるときだけ入力します', 'Only to change it')
            : t('httpsで始まるURL', 'Begins with https')
        }
        placeholder={webhook?.url}
        type="url"
        autoComplete="off"
        required={webhook === null}
        maxLength={2_000}
        value={url}
        onChange={(event) => setUrl(event.target.value)}
      />
      <Ticks legend={t('送る内容（選ばなければすべて）', 'What is sent (none: all)')}>
        {KINDS.map((kind) => (
          <Tick
            key={kind}
            label={kindWord(kind)}
            on={kinds.has(kind)}
            set={() => setKinds(turned(kinds, kind))}
          />
        ))}
      </Ticks>
      <FormEnd label={webhook ? t('変更する', 'Change') : t('登録する', 'Add')} onCancel={props.onCancel} />
    </Form>
  )
}

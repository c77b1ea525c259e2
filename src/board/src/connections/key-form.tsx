import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { today } from '../parts/format.ts'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { type Role, roleOptions } from '../people/people-data.ts'

const LIVES = ['none', '90', '365', 'date'] as const
type Life = (typeof LIVES)[number]
const DAY_MS = 86_400_000

/** Makes a key with no more rights than its program needs; they cannot be changed later. */
export function KeyForm(props: { onMade: (made: Schemas['NewApiKey']) => void; onCancel: () => void }) {
  const shops = useShops().data ?? []
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('staff')
  const [life, setLife] = useState<Life>('none')
  const [date, setDate] = useState('')
  const [shopIds, setShopIds] = useState<ReadonlySet<string>>(new Set())
  const ends = (): { expiresAt?: string } => {
    if (life === 'none') return {}
    // The chosen day is its last one, in Japan.
    const end =
      life === 'date' ? new Date(`${date}T23:59:59+09:00`) : new Date(Date.now() + Number(life) * DAY_MS)
    return { expiresAt: end.toISOString() }
  }
  const make = async () => {
    const body = { name, role, shopIds: [...shopIds], ...ends() }
    props.onMade(await answer(api.POST('/v1/api-keys', { body })))
  }
  const word: Record<Life, string> = {
    none: t('期限なし（取り消すまで）', 'None: until it is revoked'),
    '90': t('90日', '90 days'),
    '365': t('1年', 'One year'),
    date: t('日付を指定', 'A date'),
  }
  return (
    <Form send={make}>
      <Field
        label={t('用途', 'What it is for')}
        name="name"
        support={t('あとで見分けられる名前。例: 受注管理ソフト', 'A name to know it by later.')}
        required
        autoFocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Choice label={t('権限', 'Role')} value={role} onChange={setRole} options={roleOptions()} />
      <Choice
        label={t('有効期限', 'It ends')}
        value={life}
        onChange={setLife}
        options={LIVES.map((one) => [one, word[one]] as const)}
      />
      {life === 'date' && (
        <Field
          label={t('最終日', 'Last day')}
          name="expiresAt"
          type="date"
          required
          min={today()}
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
      )}
      <Ticks legend={t('使える店舗（選ばなければすべて）', 'Shops (none: all)')}>
        {shops.map(({ id, name: shop }) => (
          <Tick key={id} label={shop} on={shopIds.has(id)} set={() => setShopIds(turned(shopIds, id))} />
        ))}
      </Ticks>
      <FormEnd label={t('発行する', 'Make it')} onCancel={props.onCancel} />
    </Form>
  )
}

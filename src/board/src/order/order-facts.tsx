import type { ReactNode } from 'react'
import type { Order, OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable } from '../parts/editable.tsx'
import { Empty } from '../parts/states.tsx'
import { PERSON_WORDS } from './field-words.ts'

/** Label and value, as several tabs of an order show them. */
export const Fact = ({ label, children }: { label: string; children: ReactNode }) =>
  children === null || children === undefined || children === '' ? null : (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )

export const Missing = ({ order }: { order: Order }) => (
  <Empty>
    {order.detailMissing === 'unreadable'
      ? t(
          '詳細を復号できません。運営者に連絡してください。',
          'The detail cannot be opened. Tell the operator.',
        )
      : t(
          '個人情報の保存期間が過ぎたため、詳細は削除されました。',
          'The detail was removed at the end of its retention time.',
        )}
  </Empty>
)

type PersonField = keyof typeof PERSON_WORDS
const ADDRESS = ['postalCode', 'prefecture', 'city', 'address1', 'address2', 'phone'] as const

export function PersonFacts({ at, person }: { at: string; person: OrderDetail['buyer'] }) {
  const names: readonly PersonField[] =
    person.familyName !== null ? ['familyName', 'givenName'] : ['fullName']
  const edited = (field: PersonField) => (
    <Editable key={field} label={t(...PERSON_WORDS[field])} pointer={`${at}/${field}`} />
  )
  return (
    <dl>
      {names.map(edited)}
      <Fact label={t('カナ', 'Kana')}>
        {[person.familyNameKana, person.givenNameKana].filter(Boolean).join(' ')}
      </Fact>
      {ADDRESS.map(edited)}
      <Fact label={t(...PERSON_WORDS.email)}>{person.email}</Fact>
    </dl>
  )
}

import type { ReactNode } from 'react'
import type { Order, OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable, useIsEditing } from '../parts/editable.tsx'
import { nameOf } from '../parts/format.ts'
import { Empty } from '../parts/states.tsx'
import { fieldWord, PERSON_WORDS } from './field-words.ts'

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

type Person = OrderDetail['buyer']
type PersonField = keyof typeof PERSON_WORDS
const ADDRESS = ['postalCode', 'prefecture', 'city', 'address1', 'address2', 'phone'] as const

const fieldsOf = (person: Person): readonly PersonField[] => [
  ...(person.familyName !== null ? (['familyName', 'givenName'] as const) : (['fullName'] as const)),
  ...ADDRESS,
]

/** The labels of a person's fields by their places, for the card around them. */
export const personLabels = (at: string, person: Person): [pointer: string, label: string][] =>
  fieldsOf(person).map((field) => [`${at}/${field}`, t(...PERSON_WORDS[field])])

/** An address as it is read; while its card is edited, each field by itself. */
export function PersonFacts({ at, person, order }: { at: string; person: Person; order: Order }) {
  const editing = useIsEditing()
  if (editing)
    return (
      <dl>
        {personLabels(at, person).map(([pointer, label]) => (
          <Editable key={pointer} label={label} pointer={pointer} />
        ))}
      </dl>
    )
  const kana = [person.familyNameKana, person.givenNameKana].filter(Boolean).join(' ')
  const edits = Object.entries(order.edits).filter(([pointer]) => pointer.startsWith(`${at}/`))
  return (
    <address>
      <strong className="person-name">
        <bdi>{nameOf(person)}</bdi>
      </strong>{' '}
      <span className="quiet">
        <bdi>{kana}</bdi>
      </span>
      <br />
      {person.postalCode && `〒${person.postalCode.replace(/^(\d{3})(\d{4})$/, '$1-$2')} `}
      <bdi>
        {person.prefecture}
        {person.city}
        {person.address1} {person.address2}
      </bdi>
      <br />
      {person.company && (
        <>
          <bdi>{person.company}</bdi>
          <br />
        </>
      )}
      <span className="quiet">
        <bdi>{person.phone}</bdi> <bdi className="wrap">{person.email}</bdi>
      </span>
      {edits.map(([pointer, edit]) => (
        <span key={pointer} className="mall-value">
          {t('モール', 'Mall')} {fieldWord(pointer.slice(at.length))}:{' '}
          <bdi>{String(edit.mall ?? '') || t('（空）', '(empty)')}</bdi>
        </span>
      ))}
    </address>
  )
}

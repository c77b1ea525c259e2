import type { ReactNode } from 'react'
import type { Order, OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable } from '../parts/editable.tsx'
import { Empty } from '../parts/states.tsx'

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

export function PersonFacts({ at, person }: { at: string; person: OrderDetail['buyer'] }) {
  const split = person.familyName !== null
  return (
    <dl>
      {split ? (
        <>
          <Editable label={t('姓', 'Family name')} pointer={`${at}/familyName`} />
          <Editable label={t('名', 'Given name')} pointer={`${at}/givenName`} />
        </>
      ) : (
        <Editable label={t('氏名', 'Name')} pointer={`${at}/fullName`} />
      )}
      <Fact label={t('カナ', 'Kana')}>
        {[person.familyNameKana, person.givenNameKana].filter(Boolean).join(' ')}
      </Fact>
      <Editable label={t('郵便番号', 'Postcode')} pointer={`${at}/postalCode`} />
      <Editable label={t('都道府県', 'Prefecture')} pointer={`${at}/prefecture`} />
      <Editable label={t('市区町村', 'City')} pointer={`${at}/city`} />
      <Editable label={t('番地', 'Street')} pointer={`${at}/address1`} />
      <Editable label={t('建物', 'Building')} pointer={`${at}/address2`} />
      <Editable label={t('電話番号', 'Phone')} pointer={`${at}/phone`} />
      <Fact label={t('メール', 'Mail')}>{person.email}</Fact>
    </dl>
  )
}

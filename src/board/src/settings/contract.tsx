import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { text } from '../parts/send-form.tsx'
import { toast } from '../parts/toast.tsx'
import { ELSEWHERE } from './elsewhere.ts'

const readContract = () => answer(api.GET('/v1/contract'))

export const useContract = () => useQuery({ queryKey: ['contract'], queryFn: readContract })

const WORDS = () => ({
  emails: t('お知らせが届くメールアドレス', 'Addresses that notices go to'),
  registrationNumber: t('登録番号（適格請求書発行事業者）', 'Number as an issuer of invoices'),
  statusFollowsMall: t(
    'サイト変更が成功したら、受注ステータスをモールに合わせて自動で進める',
    'After a site change that went well the status follows the mall',
  ),
})

/** Settings for all shops of the contract, and a list of those that have no place on this page. */
export function ContractSettings() {
  const { data } = useContract()
  return (
    <>
      <h1>{t('契約店全体の設定', 'For all shops')}</h1>
      <section className="panel">
        <h2>
          {t(
            'お知らせの届け先・登録番号・ステータスの進め方',
            'Where notices go, registration, how statuses follow',
          )}
        </h2>
        {data && <Contract contract={data} />}
      </section>
      <section className="panel">
        <h2>{t('この画面にない設定', 'Settings that are not here')}</h2>
        <p className="support">
          {t(
            '次の設定は、この画面にはありません。連携するソフト（API）から行うか、ソフトの担当者に依頼してください。',
            'These are made by the API.',
          )}
        </p>
        <ul>
          {ELSEWHERE.map(({ ja, en, call }) => (
            <li key={ja}>
              {t(ja, en)} <code className="quiet">{call}</code>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function Contract({ contract }: { contract: Schemas['Contract'] }) {
  const { emails, statusFollowsMall, registrationNumber } = contract
  const save = useOpened({ emails, statusFollowsMall, registrationNumber }, (field) => [WORDS()[field]])
  const keep = async (form: FormData) => {
    const typed = text(form, 'emails')
      .split(/[,、\s]+/)
      .filter(Boolean)
    const mine = {
      emails: typed,
      statusFollowsMall: form.get('statusFollowsMall') !== null,
      registrationNumber: text(form, 'registrationNumber').normalize('NFKC').trim() || null,
    }
    await save(mine, readContract, (body) => answer(api.PATCH('/v1/contract', { body })))
    refresh('contract')
    toast(t('契約店の設定を保存しました。', 'Saved.'))
  }
  return (
    <Form label={t('契約店全体の設定', 'For all shops')} send={keep}>
      <Field
        label={WORDS().emails}
        support={t('複数はカンマで区切ります。10件まで。', 'Commas between several, ten at most.')}
        name="emails"
        autoComplete="off"
        defaultValue={emails.join(', ')}
      />
      <Field
        label={WORDS().registrationNumber}
        support={t('Tと13桁の数字。納品書に印刷します。', 'T and 13 digits; printed on delivery notes.')}
        name="registrationNumber"
        autoComplete="off"
        placeholder="T1234567890123"
        defaultValue={registrationNumber ?? ''}
      />
      <label className="tick">
        <input type="checkbox" name="statusFollowsMall" defaultChecked={statusFollowsMall} />
        {WORDS().statusFollowsMall}
      </label>
      <FormEnd quiet label={t('保存する', 'Save')} />
    </Form>
  )
}

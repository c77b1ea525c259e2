import { expect, it } from 'vitest'
import { refusedUpdate } from './index.ts'

it.each([
  ['この注文はキャンセル済みです。', 'ORDER_CANCELLED_AT_MALL'],
  ['該当する注文は存在しません。', 'AUPAY_ORDER_UNKNOWN'],
  ['発送情報が登録されていません。', 'AUPAY_SHIPPING_MISSING'],
  ['[orderId]必須入力項目です', 'AUPAY_FIELD_MISSING'],
  ['[shippingDate]の値が正しくありません。', 'AUPAY_FORMAT_REFUSED'],
])('"%s" means %s, for good, with the mall’s own words kept', (message, code) => {
  const answer = { kind: 'refused' as const, error: { code: 'CME9999', message }, status: 200, raw: '' }
  const failure = refusedUpdate(answer)
  expect(failure).toMatchObject({ kind: 'rejected', code, mallMessage: message, mallCode: 'CME9999' })
  expect(failure.message).toMatch(/ください/)
})

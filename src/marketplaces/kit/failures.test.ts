import { expect, it } from 'vitest'
import { type CallKind, failureOfGatewayBody, malformed, malformedList, rejectedCall } from './failures.ts'

const MALL = { label: '見本モール', prefix: 'SAMPLE', console: '見本画面' }
const page = (status: number, body = '<html>') =>
  failureOfGatewayBody(MALL, { status, headers: {}, body: Buffer.from(body) })

it.each<[number, RegExp]>([
  [200, /メンテナンスの可能性/],
  [403, /メンテナンスの可能性/],
  [408, /（HTTP 408）。要求が時間内に届きませんでした。/],
  [413, /（HTTP 413）。要求が大きすぎると判断されました。/],
])('a page with %i says why', (status, words) => {
  expect(page(status)).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(words) })
  expect(page(status, '')).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(words) })
})

it.each([408, 413])('%i is no maintenance', (status) => {
  expect(page(status)?.message).not.toContain('メンテナンス')
})

it.each<[CallKind, string]>([
  ['order', '見本モールが要求を拒否しました（X1）。見本画面で注文を確認してください。'],
  [
    'list',
    '見本モールが注文一覧の取得を拒否しました（X1）。注文は注文メールなどで引き続き取り込みます。続く場合は運営者へ連絡してください。',
  ],
  [
    'shop',
    '見本モールが店舗の情報の取得を拒否しました（X1）。見本画面で店舗の設定とAPIの利用状態を確認してください。',
  ],
])('a refused call of kind %s says what staff can do about it', (call, message) => {
  const refused = { error: { code: 'X1', message: 'no' }, status: 400, raw: '' }
  expect(rejectedCall(MALL, refused, call)).toMatchObject({ kind: 'rejected', message })
})

it('an unreadable answer sends staff to the order where it is about one', () => {
  expect(malformed(MALL, '項目', '{').message).toMatch(/管理画面で注文を確認し、運営者へ連絡してください。$/)
  const list = malformedList(MALL, '件数', '{')
  expect(list).toMatchObject({ kind: 'malformed', code: 'SAMPLE_MALFORMED', raw: '{' })
  expect(list.message).not.toContain('注文を確認')
})

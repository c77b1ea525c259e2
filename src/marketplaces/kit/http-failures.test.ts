import { expect, it } from 'vitest'
import { failureOfGatewayBody } from './http-failures.ts'

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

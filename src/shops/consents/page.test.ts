import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type ConsentEnding, consentPage, pageHeaders, wordsOf } from './page.ts'

const names = { shopName: '<b>店</b>', mallLabel: 'Yahoo!ショッピング' }
const ENDINGS: ConsentEnding[] = [
  { kind: 'stored', ...names, findings: ['接続できました。'], problem: null },
  { kind: 'stored', ...names, findings: [], problem: '権限がありません。' },
  { kind: 'refused', ...names },
  { kind: 'failed', ...names, code: 'X', away: true, message: '休止中です。', renew: undefined },
  {
    kind: 'failed',
    ...names,
    code: 'X',
    away: false,
    message: '拒否されました。',
    renew: '確認してください。',
  },
  { kind: 'bad_state', reason: 'unknown' },
  { kind: 'bad_state', reason: 'expired' },
  { kind: 'bad_state', reason: 'used' },
  { kind: 'bad_state', reason: 'too_often' },
  { kind: 'needs_code', tenantName: '<b>店', ...names, wrong: false },
  { kind: 'needs_code', tenantName: '<b>店', ...names, wrong: true },
  { kind: 'no_answer' },
  { kind: 'suspended' },
  { kind: 'broken', error: new Error('secret') },
]

test.each(ENDINGS)('$kind is told in Japanese, with a code, and nothing that runs or loads', (ending) => {
  const words = wordsOf(ending)
  const page = consentPage(words)
  expect(page).toContain('<html lang="ja">')
  expect(page).toContain(words.code)
  expect(words.text.join('')).toMatch(/[ぁ-ん]/)
  expect(page).not.toMatch(/<script|<b>|<form|<img|<a |secret/)
})

test('only what changed something counts as a success', () => {
  expect(ENDINGS.map((ending) => wordsOf(ending).status)).toEqual([
    200, 200, 200, 502, 400, 400, 400, 400, 400, 200, 400, 400, 403, 500,
  ])
})

test('the policy names the hash of the one style that the page has', () => {
  const style = /<style>(.*)<\/style>/s.exec(consentPage({ title: 'x', text: [], code: 'y' }))?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(pageHeaders(false)['content-security-policy']).toContain(`style-src 'sha256-${hash}'`)
})

test('what asks for a code says for whom it is, and submits it with what the mall said to its own address alone', () => {
  const ending = { kind: 'needs_code', tenantName: '<i>C社', ...names, wrong: false } as const
  const page = consentPage(wordsOf(ending), { state: 's', code: '"><b>' })
  expect(page).toContain('契約店「&#60;i&#62;C社」')
  expect(page).toContain('<form method="get"><input type="hidden" name="state" value="s">')
  expect(page).not.toMatch(/<script|<b>|<i>|action=/)
  expect(pageHeaders(true)['content-security-policy']).toContain("form-action 'self'")
  expect(pageHeaders(false)['content-security-policy']).toContain("form-action 'none'")
})

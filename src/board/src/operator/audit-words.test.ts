import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { AUDIT_WORDS, factsInWords } from './audit-words.ts'

const SOURCE = new URL('../../../http/audited.ts', import.meta.url)

test('each action of the audit has its words', () => {
  const actions = [...readFileSync(SOURCE, 'utf8').matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, name]) => name)
  expect(actions.length).toBeGreaterThan(50)
  expect(actions.filter((name) => !Object.hasOwn(AUDIT_WORDS, name ?? ''))).toEqual([])
})

test('what an entry holds is said in words, and a name without one stands as it is', () => {
  vi.stubGlobal('document', { documentElement: { lang: 'ja' } })
  const data = {
    email: 'a@example.jp',
    role: 'staff',
    enabled: false,
    count: 3,
    shopIds: ['1', '2'],
    newest: 'x',
    none: null,
  }
  expect(factsInWords(data)).toBe(
    'メールアドレス: a@example.jp、権限: staff、有効: いいえ、件数: 3、店舗ID: 1 2、newest: x',
  )
  expect(factsInWords({})).toBe('')
  vi.unstubAllGlobals()
})

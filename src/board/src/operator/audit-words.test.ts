import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUDIT_WORDS } from './audit-words.ts'

const SOURCE = new URL('../../../http/audited.ts', import.meta.url)

test('each action of the audit has its words', () => {
  const actions = [...readFileSync(SOURCE, 'utf8').matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, name]) => name)
  expect(actions.length).toBeGreaterThan(50)
  expect(actions.filter((name) => !Object.hasOwn(AUDIT_WORDS, name ?? ''))).toEqual([])
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CHANGE_ACTIONS, CHANGE_LABELS } from '../../src/marketplaces/port/site-changes.ts'

/** Docs, REST texts and history read the table; the board is built apart and repeats it. */
test('the board calls each site change as the REST API does', () => {
  const words = readFileSync('src/board/src/words.ts', 'utf8')
  const [, table = ''] = /const ACTIONS = \{([\s\S]*?)\}/.exec(words) ?? []
  const named = [...table.matchAll(/(\w+): \['([^']+)'/g)].map(([, action, label]) => [action, label])
  expect(Object.fromEntries(named)).toEqual(CHANGE_LABELS)
  expect(named).toHaveLength(CHANGE_ACTIONS.length)
})

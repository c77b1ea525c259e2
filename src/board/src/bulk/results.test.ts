import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Router } from 'wouter'
import type { Result } from './bulk.ts'
import { Results } from './results.tsx'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))
beforeAll(() => vi.stubGlobal('document', { documentElement: { lang: 'ja' } }))
// Test files share their globals.
afterAll(() => vi.unstubAllGlobals())

/** The text of the list, without tags. */
const textOf = (results: readonly Result[], leftOut = 0): string => {
  const routed = { ssrPath: '/', children: createElement(Results, { results, leftOut }) }
  return renderToStaticMarkup(createElement(Router, routed))
    .replaceAll(/<svg.*?<\/svg>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
}

const some = (count: number, state: Result['state']): Result[] =>
  Array.from({ length: count }, (_, at) => ({
    orderId: `${state}-${at}`,
    orderNumber: `${state}-no-${at}`,
    state,
    text: 'x',
  }))

test('what the list calls 警告あり is called so here, and no failure', () => {
  const text = textOf([...some(4, 'warning'), ...some(2, 'ok')])
  expect(text).toContain('警告あり 4件')
  expect(text).not.toContain('失敗')
})

test('each order of an action is counted: 141 are 136 and 5, and what was left out is said', () => {
  const text = textOf([...some(136, 'ok'), ...some(3, 'failed'), ...some(2, 'waiting')], 3)
  for (const words of ['成功 136件', '失敗 3件', '処理中 2件', '対象外 3件（送っていません）'])
    expect(text).toContain(words)
  expect(text.match(/-no-/g)).toHaveLength(141)
  expect(textOf(some(1, 'ok'))).not.toContain('対象外')
})

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { lightOf } from './side-nav.tsx'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))
beforeAll(() => vi.stubGlobal('document', { documentElement: { lang: 'ja' } }))
// Test files share their globals.
afterAll(() => vi.unstubAllGlobals())

const NOW = Date.parse('2026-12-01T09:00:00+09:00')
const shop: Parameters<typeof lightOf>[0] = {
  shopId: 's',
  name: '本店',
  marketplace: 'rakuten',
  enabled: true,
  credentialsSet: true,
  attention: null,
  laneClosedUntil: null,
  missing: 0,
  differing: 0,
  comparedAt: new Date(NOW - 12_000).toISOString(),
  verifiedUntil: new Date(NOW - 60_000).toISOString(),
} as never

test('a shop without keys is called so, and no comparison seconds ago stands in for it', () => {
  expect(lightOf(shop, undefined, true, NOW)).toEqual({ tone: 'done', text: '12秒前' })
  const without = { ...shop, credentialsSet: false }
  expect(lightOf(without, undefined, true, NOW)).toEqual({ tone: 'warning', text: '鍵が未登録' })
})

test('✓ stands only where something proves it', () => {
  expect(lightOf(shop, undefined, false, NOW).tone).toBe('unproven')
  expect(lightOf({ ...shop, verifiedUntil: null }, undefined, true, NOW).tone).toBe('unproven')
  expect(lightOf({ ...shop, comparedAt: null }, undefined, true, NOW)).toEqual({
    tone: 'unproven',
    text: '未確認',
  })
})

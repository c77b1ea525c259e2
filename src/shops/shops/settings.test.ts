import { expect, test } from 'vitest'
import { mailRulesOf, ShopSettings } from './settings.ts'

test('rules are taken in the form in which mails are compared', () => {
  const settings = ShopSettings.parse({ mailRules: { senders: [' Order@Example.JP ', '@example.com'] } })
  expect(mailRulesOf(settings)).toEqual({ senders: ['order@example.jp', '@example.com'] })
})

test.each([{}, null, { mailRules: { senders: 'x' } }, { later: 1 }])(
  '%j in a row adds no rules',
  (stored) => {
    expect(mailRulesOf(stored)).toEqual({})
  },
)

test.each(['order', '@', 'a@b', 'a b@example.jp', '@example.jp@example.jp'])(
  'sender %j is refused',
  (sender) => {
    expect(ShopSettings.safeParse({ mailRules: { senders: [sender] } }).success).toBe(false)
  },
)

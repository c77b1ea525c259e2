import { afterAll, beforeAll, expect, it } from 'vitest'
import { NEVER, type YahooKit, yahooKit } from './test-kit.ts'

let kit: YahooKit
beforeAll(async () => {
  kit = await yahooKit()
})
afterAll(() => kit.close())

it.each([
  ['a good key', {}, [], ['YAHOO_KEY_MISSING', 'YAHOO_KEY_NOT_AUTHORISED']],
  [
    'a wrong version of it',
    { publicKeyVersion: '9999' },
    ['YAHOO_KEY_NOT_AUTHORISED'],
    ['YAHOO_KEY_MISSING'],
  ],
  [
    'no key',
    { publicKey: undefined, publicKeyVersion: undefined },
    ['YAHOO_KEY_MISSING'],
    ['YAHOO_KEY_NOT_AUTHORISED'],
  ],
])('the answer to %s says what holds and what is over', async (_, credentials, holds, over) => {
  const { session, tools } = kit.open({ credentials })
  await session.checkCredentials(NEVER)
  expect(tools.notices.map(({ code }) => code)).toEqual(holds)
  expect(tools.over).toEqual(over)
})

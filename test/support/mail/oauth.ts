import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import type { Db } from '../../../src/platform/db/database.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import type { MailOAuthSettings } from '../../../src/shops/mailboxes/oauth/providers.ts'
import { createMailboxAccess, type MailboxAccess } from '../../../src/shops/mailboxes/sign-in.ts'
import { newId, testSealer } from '../fixtures.ts'

/** What stands for the providers of tokens in tests. */

const NOWHERE = 'http://127.0.0.1:9'

export const providersAt = (url: string, more: Partial<MailOAuthSettings> = {}): MailOAuthSettings => ({
  microsoftUrl: url,
  googleConsentUrl: url,
  googleTokenUrl: url,
  microsoftClient: null,
  googleClient: null,
  ...more,
})

/** For mailboxes with passwords, which never ask. */
export const noAccess: MailboxAccess = {
  get: () => Promise.reject(new Error('this test gave no tokens')),
  invalidate: () => Promise.resolve(),
}

export const oauthTools = (db: Db, clock: Clock = systemClock, providers = providersAt(NOWHERE)) => ({
  db,
  clock,
  newId,
  random: systemRandom,
  sealer: testSealer,
  owner: newId(),
  http: createHttpClient({ allowPrivateHosts: 'all' }),
  mailOAuth: providers,
})

export const accessAt = (db: Db, url: string, clock?: Clock): MailboxAccess =>
  createMailboxAccess(oauthTools(db, clock, providersAt(url)))

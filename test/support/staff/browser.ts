import { argon2Sync } from 'node:crypto'
import { generateSync } from 'otplib'
import type { App } from '../../../src/http/app-types.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import type { Db } from '../../../src/platform/db/database.ts'
import { newAccount, type StaffRole } from '../../../src/staff/accounts.ts'
import { newId, testSealer } from '../fixtures.ts'

/** A browser as far as sessions go: keeps the cookie and the token that the service told it. */
export interface Browser {
  cookie: string
  csrfToken: string
  /** Of a sign-in by a passkey that was begun. */
  passkey: string
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object): Promise<Answer>
}

interface Answer {
  statusCode: number
  headers: Record<string, unknown>
  body: string
  cookies: { name: string; value: string }[]
  // biome-ignore lint/suspicious/noExplicitAny: what a route answers is the test's own matter
  json(): any
}

export function openBrowser(app: App, remoteAddress = '203.0.113.7'): Browser {
  const browser: Browser = {
    cookie: '',
    csrfToken: '',
    passkey: '',
    async ask(method, url, payload) {
      const answer = await app.inject({
        method,
        url: `/v1${url}`,
        remoteAddress,
        headers: {
          'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36',
          cookie: `__Host-torikomi_session=${browser.cookie}; __Host-torikomi_passkey=${browser.passkey}`,
          ...(browser.csrfToken === '' ? {} : { 'x-csrf-token': browser.csrfToken }),
        },
        ...(payload === undefined ? {} : { payload }),
      })
      const set = answer.cookies.find(({ name }) => name === '__Host-torikomi_session')
      if (set) browser.cookie = set.value
      const begun = answer.cookies.find(({ name }) => name === '__Host-torikomi_passkey')
      if (begun) browser.passkey = begun.value
      if (answer.statusCode === 200 && answer.body.includes('"csrfToken"'))
        browser.csrfToken = answer.json().csrfToken
      return answer as unknown as Answer
    },
  }
  return browser
}

export const PASSWORD = 'correct horse battery'

/**
 * As it is stored, with the least cost that argon2 has: each sign-in pays what the stored one names, in
 * threads that come last on a busy machine.
 */
const PASSWORD_HASH = cheapHash(PASSWORD)

function cheapHash(password: string): string {
  const [memory, passes, parallelism] = [8, 1, 1]
  const nonce = Buffer.alloc(16, 7)
  const sum = argon2Sync('argon2id', { message: password, nonce, tagLength: 32, memory, passes, parallelism })
  const [salt, hash] = [nonce, sum].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${hash}`
}

/** An account as if it had been invited; without a second factor. */
export async function makeStaff(
  db: Db,
  tenantId: string | null,
  role: StaffRole,
  email = `${newId()}@example.jp`,
) {
  const tools = { sealer: testSealer, newId, clock: systemClock }
  const person = { tenantId, role, email, name: `${role} 花子`, passwordHash: PASSWORD_HASH }
  const { id } = await db.staffAccount.create({ data: newAccount(tools, person) })
  return { id, email }
}

export const codeAt = (secret: string, ms: number): string =>
  generateSync({ secret, epoch: Math.floor(ms / 1000) })

/** Signs in and sets up the second factor where it is asked for. */
export async function signedIn(app: App, email: string, now: () => number = Date.now): Promise<Browser> {
  const browser = openBrowser(app)
  const first = await browser.ask('POST', '/session', { email, password: PASSWORD })
  if (first.statusCode !== 200) throw new Error(`sign-in: ${first.statusCode} ${first.body}`)
  if (first.json().state === 'second_factor_setup_required') {
    const { secret } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
    await browser.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, now()) })
  }
  return browser
}

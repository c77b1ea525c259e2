import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, signedIn } from '../../support/staff/browser.ts'

/**
 * Every place of the API that takes an address to send to, in every notation of an address that is not
 * public.
 */

let database: TestDatabase
let app: App
let owner: Browser
let tenantId: string

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database, { requestsPerMinute: 100_000 })
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
  owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const FORMS = [
  ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::1]:8443', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...['[0:0:0:0:0:ffff:a9fe:a9fe]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::10.0.0.5]'],
  ...['[64:ff9b:1::a00:5]', '[2002:7f00:1::]', '[2002:a00:5::1]', '[2001:0:7f00:1::]', '[fe80::1]'],
  ...['[fe80::1%25eth0]', '[fec0::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[ff0e::1]'],
  ...['[2001:db8::1]', '[3fff::1]', '[100::1]', '[2001:20::1]', '[5f00::1]', '[4000::1]'],
  ...['127.0.0.1', '127.1', '0x7f.1', '0177.0.0.1', '2130706433', '0', '１２７.0.0.1', '①②⑦.0.0.1'],
  ...['127.0.0.1.', '169.254.169.254', '100.64.0.1', '0xa9fea9fe', 'localhost', 'LOCALHOST', 'localhost.'],
  ...['user@[::1]', '8.8.8.8@[::1]'],
]
const PUBLIC = ['[2606:4700::1111]', '[2606:4700:0:0:0:0:0:1111]', '8.8.8.8']

const webhook = (host: string) => ({ name: 'x', url: `https://${host}/in` })
const channel = (host: string) => ({ kind: 'webhook', for: 'tenant', ...webhook(host) })

test.each([
  ['webhooks', webhook],
  ['notice-channels', channel],
])('no form of a private address is an address of %s, made or changed', async (where, body) => {
  const wrong: unknown[] = []
  const made = await owner.ask('POST', `/${where}`, body('8.8.8.8'))
  expect(made.statusCode).toBe(201)
  const { id } = made.json()
  for (const form of FORMS) {
    const answers = [
      await owner.ask('POST', `/${where}`, body(form)),
      await owner.ask('PATCH', `/${where}/${id}`, { url: body(form).url }),
    ]
    for (const { statusCode, body: text } of answers)
      if (statusCode !== 422 && !/HOST_NOT_ALLOWED|VALIDATION_FAILED/.test(text))
        wrong.push([form, statusCode, text.slice(0, 200)])
  }
  expect(wrong).toEqual([])
  for (const form of PUBLIC) {
    const answer = await owner.ask('PATCH', `/${where}/${id}`, { url: body(form).url })
    expect([form, answer.statusCode]).toEqual([form, 200])
  }
  const rows = where === 'webhooks' ? database.db.webhook : database.db.noticeChannel
  expect(await (rows.count as (of: object) => Promise<number>)({ where: { tenantId } })).toBe(1)
})

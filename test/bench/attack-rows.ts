/**
 * What `npm run attack` tries, a row of its table each. docs/security.md names for each wall the row
 * that tries it (test/house/docs.test.ts).
 */

/** Of `npm run bench -- floods`: what one tenant or stranger asks without end. */
export const FLOOD_NAMES = [
  '40 item searches with total',
  '200 lists of 500 with details',
  '200 lists of 50',
  '20 exports',
  '200 streams',
  '200 tests of webhooks',
  '300 sign-ins from as many networks',
  '300 sign-ins, each from another network',
  '8 malformed bodies of 16 KiB from strangers',
  '8 bodies of a megabyte from strangers',
  '20 tools/list at /mcp with one key',
  '20 mails of 240 kB at /v1/why',
  '1,500 slow bodies',
] as const
export type FloodName = (typeof FLOOD_NAMES)[number]

/** A row is held by the tests of its files. */
export const TRIES: Readonly<Record<'races' | 'matrices', Readonly<Record<string, readonly string[]>>>> = {
  races: {
    'doors, statement by statement': ['test/integration/staff/doors-model.test.ts'],
    'doors, while they are shut': [
      'test/integration/staff/doors.test.ts',
      'test/integration/staff/makers.test.ts',
    ],
    'doors, after a restore': ['test/integration/ops/backup.test.ts'],
    'sign-ins, locks and second factors': [
      'src/staff/secrets.test.ts',
      'test/integration/staff/sessions.test.ts',
      'src/staff/sign-in.test.ts',
    ],
    'requests late and twice': [
      'test/integration/http/repeats.test.ts',
      'test/integration/orders/pull.test.ts',
    ],
    'keys rotated under way': ['test/integration/ops/rotate-keys.test.ts'],
  },
  matrices: {
    'every operation by every kind of caller': ['test/integration/http/principals.test.ts'],
    'roles by route': ['test/integration/staff/roles.test.ts'],
    'rows of other tenants': [
      'test/integration/platform/row-security.test.ts',
      'test/integration/http/http-isolation.test.ts',
      'test/integration/shops/tenants.test.ts',
    ],
    'hostile inputs on every route': [
      'test/integration/http/hostile-inputs.test.ts',
      'src/http/validation.test.ts',
      'src/http/bodies.test.ts',
    ],
    'turns and shares by a held clock': [
      'src/http/limits.test.ts',
      'src/platform/fair-gate.test.ts',
      'src/platform/event-loop.test.ts',
      'test/integration/http/fair-shares.test.ts',
      'test/integration/http/events.test.ts',
    ],
    'private addresses in every notation': ['src/platform/http/address-guard.test.ts'],
    'whose address, cookie and host is believed': ['src/http/server.test.ts', 'test/house/compose.test.ts'],
    'bombs: answers, XML, bodies, rules': [
      'src/platform/http/undici-client.test.ts',
      'src/platform/gather.test.ts',
      'src/marketplaces/kit/xml.test.ts',
      'test/unit/marks/marks.test.ts',
    ],
    'forged and hostile mails': [
      'src/mail/recognition/trust.test.ts',
      'test/integration/listener/hostile-mails.test.ts',
      'test/integration/mail/flood.test.ts',
    ],
    'consents in other browsers': [
      'test/integration/shops/consent.test.ts',
      'test/integration/shops/mailbox-consent.test.ts',
    ],
    'identities of a provider': ['test/integration/staff/oidc.test.ts'],
    'addresses and answers of webhooks': ['test/integration/webhooks/webhooks.test.ts'],
    'files that a spreadsheet opens': ['src/platform/csv.test.ts', 'test/integration/labels/labels.test.ts'],
    'the audit': ['test/integration/staff/audit.test.ts'],
    'logins and rights of the database': [
      'test/e2e/own-logins.test.ts',
      'test/e2e/docs-examples.test.ts',
      'test/integration/platform/queue-schema.test.ts',
    ],
    'what is stored and packed': ['src/platform/data-dir.test.ts', 'test/house/packages.test.ts'],
  },
}

import { getCACertificates } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { ConfigError, type Environment, loadConfig } from './load.ts'

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`
const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://u:p@db/torikomi?sslmode=verify-full',
  REDIS_URL: 'rediss://redis:6379',
  ENCRYPTION_KEYS: KEY,
  OPERATOR_API_KEY: 'x'.repeat(32),
}

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

const named = (faults: readonly string[]) => faults.map((fault) => fault.split(' ')[0])

describe('loadConfig', () => {
  test('an empty environment is a service on one machine, against the real malls', () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      roles: ['api', 'listener', 'worker'],
      databaseUrl: null,
      redisUrl: null,
      encryptionKeys: null,
      operatorApiKey: null,
      dataDir: '.data',
      malls: {
        rakuten: { apiUrl: 'https://api.rms.rakuten.co.jp', requestsPerSecond: 1 },
        yahoo: {
          apiUrl: 'https://circus.shopping.yahooapis.jp',
          authUrl: 'https://auth.login.yahoo.co.jp',
          requestsPerSecond: 1,
        },
        amazon: { apiUrl: 'https://sellingpartnerapi-fe.amazon.com', authUrl: 'https://api.amazon.com' },
        aupay: { apiUrl: 'https://api.manager.wowma.jp', requestsPerSecond: 1 },
      },
      replacedMallHosts: [],
    })
  })

  test('tells all faults at once, by name and without values', () => {
    const faults = faultsOf({
      PORT: 'seventy',
      ROLES: 'api,cook',
      DATABASE_URL: 'mysql://hunter2@db',
      REDIS_URL: 'nonsense-hunter2',
      ENCRYPTION_KEYS: 'k1:aHVudGVyMg==',
      RAKUTEN_REQUESTS_PER_SECOND: '-1',
      OPERATOR_API_KEY: 'hunter2 with blanks',
    })
    expect(named(faults).toSorted()).toEqual(
      [
        'DATABASE_URL',
        'ENCRYPTION_KEYS',
        'OPERATOR_API_KEY',
        'PORT',
        'RAKUTEN_REQUESTS_PER_SECOND',
        'REDIS_URL',
        'ROLES',
      ].toSorted(),
    )
    expect(faults.join('\n')).not.toMatch(/hunter2|aHVudGVyMg/)
  })

  test('several hosts are taken as libpq writes them, and what is wrong with them is said without the login', () => {
    const url = 'postgresql://u:hunter2@h1:5432,h2:5432,h3/db?target_session_attrs=read-write'
    expect(loadConfig({ DATABASE_URL: url, DATABASE_MIGRATE_URL: url })).toMatchObject({
      databaseUrl: url,
      databaseMigrateUrl: url,
    })
    expect(faultsOf({ DATABASE_URL: url.replace('read-write', 'any') })).toEqual([
      'DATABASE_URL needs the host that writes: target_session_attrs is read-write or primary',
    ])
    expect(faultsOf({ DATABASE_URL: url.replace('postgresql', 'mysql') })).toEqual([
      'DATABASE_URL must be a URL beginning with postgres:// or postgresql://',
    ])
  })

  test('production refuses what is made for one machine, all at once and beside other faults', () => {
    const faults = faultsOf({ NODE_ENV: 'production', PORT: 'x' })
    expect(named(faults).toSorted()).toEqual([
      'DATABASE_URL',
      'ENCRYPTION_KEYS',
      'OPERATOR_API_KEY',
      'PORT',
      'REDIS_URL',
    ])
  })

  test('only a process that serves the api needs the operator’s key', () => {
    const { OPERATOR_API_KEY: _, ...without } = PRODUCTION
    expect(named(faultsOf({ ...without, ROLES: 'api,worker' }))).toEqual(['OPERATOR_API_KEY'])
    expect(loadConfig({ ...without, ROLES: 'listener,worker' }).operatorApiKey).toBeNull()
  })

  test('production listens on all addresses and takes what is set', () => {
    expect(loadConfig(PRODUCTION)).toMatchObject({
      production: true,
      host: '0.0.0.0',
      redisUrl: 'rediss://redis:6379',
    })
  })

  test('production keeps the queue in Postgres only when told to', () => {
    const { REDIS_URL: _, ...without } = PRODUCTION
    expect(named(faultsOf(without))).toEqual(['REDIS_URL'])
    expect(loadConfig({ ...without, QUEUE_ENGINE: 'postgres' }).redisUrl).toBeNull()
    expect(loadConfig({ ...PRODUCTION, QUEUE_ENGINE: 'postgres' }).redisUrl).toBeNull()
  })

  test('production refuses an operator key that can be guessed', () => {
    expect(named(faultsOf({ ...PRODUCTION, OPERATOR_API_KEY: 'operator' }))).toEqual(['OPERATOR_API_KEY'])
    expect(loadConfig({ OPERATOR_API_KEY: 'operator' }).operatorApiKey).toBe('operator')
  })

  test('production refuses each way without TLS by its name, and takes what is named in so many words', () => {
    const clear = {
      ...PRODUCTION,
      DATABASE_URL: 'postgres://u:p@db/torikomi?sslmode=prefer',
      DATABASE_MIGRATE_URL: 'postgres://o:p@db/torikomi',
      RESTORE_DRILL_URL: 'postgres://d:p@drill/postgres',
      REDIS_URL: 'redis://redis:6379',
      PUBLIC_URL: 'http://torikomi.example.jp',
      RAKUTEN_API_URL: 'http://mall.example.jp',
      MICROSOFT_AUTH_URL: 'http://sign-in.example.jp',
      GOOGLE_TOKEN_URL: 'http://tokens.example.jp',
      GOOGLE_CONSENT_URL: 'http://consent.example.jp',
    }
    const faults = faultsOf(clear)
    const providers = ['MICROSOFT_AUTH_URL', 'GOOGLE_TOKEN_URL', 'GOOGLE_CONSENT_URL']
    const databases = ['DATABASE_URL', 'DATABASE_MIGRATE_URL', 'RESTORE_DRILL_URL']
    expect(named(faults).toSorted()).toEqual(
      [...databases, ...providers, 'PUBLIC_URL', 'RAKUTEN_API_URL', 'REDIS_URL'].toSorted(),
    )
    expect(faults.join()).toMatch(/CONNECTIONS_WITHOUT_TLS/)
    expect(named(faultsOf({ ...clear, CONNECTIONS_WITHOUT_TLS: 'database, redis' })).toSorted()).toEqual(
      [...providers, 'PUBLIC_URL', 'RAKUTEN_API_URL'].toSorted(),
    )
    expect(faultsOf({ ...clear, CONNECTIONS_WITHOUT_TLS: 'database,redis,public_url,malls' })).toEqual([])
    expect(named(faultsOf({ CONNECTIONS_WITHOUT_TLS: 'everything' }))).toEqual(['CONNECTIONS_WITHOUT_TLS'])
  })

  test('production refuses Sentinels without TLS, of several hosts too', () => {
    const sentinels = (scheme: string) => ({
      ...PRODUCTION,
      REDIS_URL: `${scheme}://127.0.0.1,s2?sentinelMasterId=torikomi`,
    })
    expect(named(faultsOf(sentinels('redis-sentinel')))).toEqual(['REDIS_URL'])
    expect(faultsOf(sentinels('rediss-sentinel'))).toEqual([])
  })

  test('what stays on this machine needs no TLS, and nothing does outside production', () => {
    const local = {
      ...PRODUCTION,
      DATABASE_URL: 'postgres://u:p@127.0.0.1/t',
      REDIS_URL: 'redis://localhost',
    }
    expect(faultsOf(local)).toEqual([])
    expect(faultsOf({ ...local, DATABASE_URL: 'postgres://u:p@127.0.0.1,localhost:1/t' })).toEqual([])
    expect(named(faultsOf({ ...local, DATABASE_URL: 'postgres://u:p@127.0.0.1,db/t' }))).toEqual([
      'DATABASE_URL',
    ])
    expect(faultsOf({ ...local, DATABASE_URL: 'postgres://u:p@127.0.0.1,db/t?sslmode=verify-full' })).toEqual(
      [],
    )
    expect(faultsOf({ DATABASE_URL: 'postgres://u:p@db/t', REDIS_URL: 'redis://redis' })).toEqual([])
    // The host behind the question mark is the one that is connected to.
    const behind = (host: string) =>
      named(faultsOf({ ...local, DATABASE_URL: `postgres://u:p@localhost/t?host=${host}` }))
    expect(['db', 'localhost', '/run/postgresql'].map(behind)).toEqual([['DATABASE_URL'], [], []])
  })

  test.each([
    [{ SMTP_URL: 'smtp://m.example.jp' }, true],
    [{ SMTP_URL: 'smtp://m.example.jp', CONNECTIONS_WITHOUT_TLS: 'smtp' }, false],
    [{ SMTP_URL: 'smtp://127.0.0.1:25' }, false],
    [{ SMTP_URL: 'smtp://m.example.jp', NODE_ENV: 'test' }, false],
  ])('STARTTLS is demanded in production: %j %s', (env, requireTls) => {
    expect(loadConfig({ ...PRODUCTION, ...env }).smtp?.requireTls).toBe(requireTls)
  })

  test('personal data is kept no longer than a mall allows', () => {
    expect(loadConfig({}).retention).toEqual({
      retentionDays: 30,
      ofMalls: {},
      openDays: 90,
      unpulledDays: 90,
    })
    expect(faultsOf({ PII_RETENTION_DAYS: '60' }).join()).toMatch(
      /PII_RETENTION_DAYS keeps orders of Amazon for 60 days, which allows 30: set PII_RETENTION_DAYS_OF_MALLS=amazon=30/,
    )
    const ofMalls = { PII_RETENTION_DAYS: '60', PII_RETENTION_DAYS_OF_MALLS: 'amazon=30, rakuten=45' }
    expect(loadConfig(ofMalls).retention).toMatchObject({ ofMalls: { amazon: 30, rakuten: 45 } })
    for (const days of ['amazon=31', 'ebay=3', 'amazon', 'amazon=-1'])
      expect(named(faultsOf({ PII_RETENTION_DAYS_OF_MALLS: days }))).toEqual(['PII_RETENTION_DAYS_OF_MALLS'])
  })

  test.each([
    ['https://sqs.example/1/a, amzn1.application-oa2-client.b=https://sqs.example/1/b,', 0],
    ['sqs.example/1/a', 1],
    ['=https://sqs.example/1/a', 1],
  ])('the list of queues %s has %i faults', (AMAZON_NOTIFICATION_QUEUES, faults) => {
    expect(faultsOf({ AMAZON_NOTIFICATION_QUEUES })).toHaveLength(faults)
  })

  test('QUEUE_ENGINE=redis without an address is a fault', () => {
    expect(faultsOf({ QUEUE_ENGINE: 'redis' })).toHaveLength(1)
  })

  test('empty variables count as not set', () => {
    expect(loadConfig({ DATABASE_URL: '', REDIS_URL: ' ', PORT: '' })).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      port: 3000,
    })
  })

  test('lists are cleaned; roles come in one order, each once', () => {
    const config = loadConfig({
      ROLES: ' worker, api,worker ',
      MAILBOX_ALLOWED_PRIVATE_HOSTS: 'a.intern, 10.0.0.1,',
    })
    expect(config.roles).toEqual(['api', 'worker'])
    expect(config.mailboxAllowedPrivateHosts).toEqual(['a.intern', '10.0.0.1'])
  })

  test('a replaced mall may have a private address, the others may not; a slash at the end is cut', () => {
    const config = loadConfig({ RAKUTEN_API_URL: 'http://127.0.0.1:4001/' })
    expect(config.malls.rakuten.apiUrl).toBe('http://127.0.0.1:4001')
    expect(config.replacedMallHosts).toEqual(['127.0.0.1'])
  })

  test('the public address is taken without a slash at the end, and without what cannot stand in its middle', () => {
    expect(loadConfig({})).toMatchObject({ publicUrl: null, smtp: null })
    expect(loadConfig({ PUBLIC_URL: 'https://torikomi.example.jp/api/' }).publicUrl).toBe(
      'https://torikomi.example.jp/api',
    )
    expect(named(faultsOf({ PUBLIC_URL: 'https://x.jp/?a=1' }))).toEqual(['PUBLIC_URL'])
    expect(named(faultsOf({ PUBLIC_URL: 'torikomi.example.jp' }))).toEqual(['PUBLIC_URL'])
  })

  test('addresses that malls want registered are addresses, without port or name', () => {
    expect(loadConfig({}).outgoingAddresses).toEqual([])
    expect(loadConfig({ OUTGOING_ADDRESSES: '192.0.2.17, 2001:db8::1' }).outgoingAddresses).toEqual([
      ...['192.0.2.17', '2001:db8::1'],
    ])
    for (const wrong of ['192.0.2.17:443', 'example.jp', '192.0.2.0/24'])
      expect(named(faultsOf({ OUTGOING_ADDRESSES: wrong }))).toEqual(['OUTGOING_ADDRESSES'])
  })

  test.each([
    [{ SMTP_URL: 'smtp://mail.example.jp:587' }, 'torikomi@mail.example.jp'],
    [{ SMTP_URL: 'smtps://notice%40example.jp:p%zz@mail.example.jp' }, 'notice@example.jp'],
    [{ SMTP_URL: 'smtp://user:p@mail.example.jp' }, 'torikomi@mail.example.jp'],
    [{ SMTP_URL: 'smtp://m', SMTP_FROM: '取込 <a@example.jp>' }, '取込 <a@example.jp>'],
  ])('%j sends as %s', (env, from) => {
    expect(loadConfig(env).smtp?.from).toBe(from)
  })

  test('a sender that could break out of its header is a fault', () => {
    for (const SMTP_FROM of ['nobody', 'a@b.jp\r\nBcc: c@d.jp', 'x <a@b.jp> y'])
      expect(named(faultsOf({ SMTP_FROM }))).toEqual(['SMTP_FROM'])
  })

  test.each([
    ['no certificate', 'hunter2', 'must be certificates as PEM'],
    [
      'a broken one',
      '-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----',
      'must be certificates',
    ],
    [
      'a private key',
      '-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----',
      'no private key',
    ],
  ])('authorities of mail servers: %s is a fault', (_name, text, message) => {
    const faults = faultsOf({ MAIL_CA: text })
    expect(faults).toEqual([expect.stringContaining(message)])
    expect(faults[0]).toMatch(/^MAIL_CA (?!.*hunter2)/)
  })

  test('authorities of mail servers are beside those that are known', () => {
    expect(loadConfig({}).mailCa).toBeNull()
    const [one = ''] = getCACertificates('bundled')
    expect(loadConfig({ MAIL_CA: `# our own\n${one}` }).mailCa).toContain('# our own')
  })

  test('is frozen, inside too', () => {
    const config = loadConfig({})
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.malls)).toBe(true)
    expect(Object.isFrozen(config.roles)).toBe(true)
  })
})

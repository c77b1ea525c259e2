import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

/**
 * docker-compose.yml as Docker Compose reads it, as far as that can be said without Docker: who gets which
 * password of the database.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Service {
  labels?: Record<string, string>
  healthcheck?: { test?: unknown }
  configs?: { source: string }[]
  volumes?: string[]
  ulimits?: { core?: number }
  environment: Record<string, string>
  env_file?: unknown
  command?: string[]
  depends_on?: Record<string, { condition: string }>
}
interface Compose {
  services: Record<string, Service>
  configs?: Record<string, { content: string }>
}
const readCompose = (file: string): Compose =>
  parse(readFileSync(`${ROOT}/${file}`, 'utf8'), { merge: true }) as Compose
const { services } = readCompose('docker-compose.yml')

/** `${A}`, `${A:-b}`, `${A:+b}` and `${A:?why}`, from within. */
function filled(text: string, env: Record<string, string>): string {
  const next = text.replace(
    /\$\{(\w+)(?::([-+?])([^${}]*))?\}/g,
    (_whole, name: string, kind: string | undefined, other: string) => {
      const value = env[name] ?? ''
      if (kind === '+') return value === '' ? '' : other
      if (kind === '?' && value === '') throw new Error(`${name}: ${other}`)
      return value === '' && kind === '-' ? other : value
    },
  )
  return next === text ? text : filled(next, env)
}

const OLDER = {
  POSTGRES_PASSWORD: 'owner',
  REDIS_PASSWORD: 'redis',
  ENCRYPTION_KEYS: 'k',
  OPERATOR_API_KEY: 'o',
}
const NOW = { ...OLDER, POSTGRES_SERVICE_PASSWORD: 'service' }
const environmentOf = (name: string, env: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      filled(String(value), env),
    ]),
  )

describe.each(['api', 'listener', 'worker'])('%s', (role) => {
  test('leaves no dump of its memory, in which all keys would be', () => {
    expect(services[role]?.ulimits).toEqual({ core: 0 })
  })

  test('believes the two proxies in front of it, and no whole network', () => {
    expect(environmentOf(role, NOW).TRUST_PROXY).toBe('2')
  })

  test('signs in under a login of its own, and knows no other password', () => {
    const environment = environmentOf(role, NOW)
    expect(environment.DATABASE_URL).toBe('postgresql://torikomi_app:service@postgres:5432/torikomi')
    expect(Object.values(environment).join(' ')).not.toContain('owner')
    // What .env brings along is taken out again.
    for (const name of [
      'POSTGRES_PASSWORD',
      'POSTGRES_SERVICE_PASSWORD',
      'REDIS_PASSWORD',
      'DATABASE_MIGRATE_URL',
    ])
      expect(environment[name], name).toBe('')
  })

  test('waits for the job, and leaves the schema to it', () => {
    expect(services[role]?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
    expect(environmentOf(role, NOW).MIGRATE_ON_START).toBe('no')
  })

  test('with an .env of before goes on as it did', () => {
    expect(environmentOf(role, OLDER).DATABASE_URL).toBe('postgresql://torikomi:owner@postgres:5432/torikomi')
  })
})

test('the job alone has the owner’s login, and makes the other', () => {
  expect(services.migrate?.command).toEqual(['node', 'src/ops/main.ts', 'migrate', '--login'])
  expect(environmentOf('migrate', NOW)).toMatchObject({
    DATABASE_URL: 'postgresql://torikomi_app:service@postgres:5432/torikomi',
    DATABASE_MIGRATE_URL: 'postgresql://torikomi:owner@postgres:5432/torikomi',
  })
})

// Compose compares settings alone: a container whose config or mounted file has another text runs on with the
// old one, after `up -d` too.
test.each([
  ['proxy', 'docker-compose.yml'],
  ['prometheus', 'docker-compose.yml'],
  ['grafana', 'docker-compose.yml'],
  ['archive', 'docker-compose.archive.yml'],
])('a changed text makes %s anew', (name, file) => {
  const { services, configs } = readCompose(file)
  const service = services[name]
  const files = (service?.volumes ?? []).filter((mount) => mount.startsWith('./'))
  const texts = [
    ...(service?.configs ?? []).map(({ source }) => configs?.[source]?.content ?? ''),
    ...files.map((mount) => readFileSync(`${ROOT}/${mount.split(':')[0]}`, 'utf8')),
  ]
  const wanted = createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 12)
  expect(service?.labels?.['torikomi.config']).toBe(wanted)
})

test.each(['proxy', 'caddy', 'prometheus', 'grafana', 'postgres', 'redis'])(
  '%s says whether it is well',
  (name) => {
    // The roles have the image's own.
    expect(services[name]?.healthcheck?.test).toBeDefined()
  },
)

test('the keys of the backups reach those alone that make, read and restore them', () => {
  const keys = {
    BACKUP_KEY: 'b',
    AWS_BACKUP_ACCESS_KEY_ID: 'i',
    AWS_BACKUP_SECRET_ACCESS_KEY: 's',
    RESTORE_DRILL_URL: 'postgresql://owner:p@drill/d',
  }
  // Whatever reads .env has all of it, unless a line takes it out again.
  const readers = Object.keys(services).filter((name) => services[name]?.env_file !== undefined)
  expect(readers.toSorted()).toEqual(['api', 'backup', 'listener', 'migrate', 'worker'])
  const given = (name: string) =>
    Object.keys(keys).map((key) => ({ ...keys, ...environmentOf(name, { ...NOW, ...keys }) })[key])
  for (const name of readers)
    expect([name, given(name)]).toEqual([
      name,
      ['backup', 'migrate'].includes(name) ? Object.values(keys) : ['', '', '', ''],
    ])
  expect(environmentOf('backup', NOW)).toMatchObject({ BACKUP_KEY: '', RESTORE_DRILL_URL: '' })
})

test('without a password of the owner nothing starts', () => {
  expect(() => environmentOf('postgres', {})).toThrow('POSTGRES_PASSWORD: run sh scripts/make-env.sh')
})

test('Redis hears that it is to stop, and its password stands in no command', () => {
  const [shell = '', flag = '', script = ''] = services.redis?.command ?? []
  const folder = mkdtempSync(join(tmpdir(), 'torikomi-compose-'))
  try {
    // In the image's entrypoint's place: who it is, and what it was given.
    const entrypoint = '#!/bin/sh\necho "$$ $*"\ncat\n'
    for (const name of ['docker-entrypoint.sh', 'redis-server'])
      writeFileSync(join(folder, name), entrypoint, { mode: 0o755 })
    // The first process of a container, which alone is told.
    const first = `echo $$; exec "$0" "$@"`
    const said = execFileSync('sh', ['-c', first, shell, flag, script.replaceAll('$$', '$')], {
      env: { PATH: `${folder}:${process.env.PATH}`, REDIS_PASSWORD: 'geheim-1_a' },
      encoding: 'utf8',
    })
    const [pid, started = '', ...input] = said.trimEnd().split('\n')
    expect(started.split(' ')[0]).toBe(pid)
    expect(started).toMatch(/ redis-server - /)
    expect(started).not.toContain('geheim')
    expect(input).toEqual(['requirepass geheim-1_a'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('each file beside it knows only services that it has, or brings their image', () => {
  for (const file of globSync('docker-compose.{archive,external,sandbox}.yml', { cwd: ROOT })) {
    const text = readFileSync(`${ROOT}/${file}`, 'utf8').replaceAll(/!reset \S+/g, 'null')
    const beside = parse(text, { merge: true }) as {
      services: Record<string, { build?: unknown; image?: string } | null>
    }
    for (const [name, service] of Object.entries(beside.services))
      expect(
        Object.hasOwn(services, name) || (service?.build ?? service?.image) !== undefined,
        `${file}: ${name}`,
      ).toBe(true)
  }
})

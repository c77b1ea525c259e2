import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { SETTINGS } from './schema.ts'
import { findUnknownNames, OF_COMPOSE } from './unknown-names.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const told = (env: Record<string, string>, ofFile: string[] = []) =>
  findUnknownNames(env, new Set(ofFile)).map(({ message }) => message)
const valuesOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'hunter2']))
const inFile = (...names: string[]) => told(valuesOf(names), names)
const inEnvironment = (...names: string[]) => told(valuesOf(names))

describe('names of the environment', () => {
  test.each([
    ['SWEEP_INTERVAL_SECOND', 'SWEEP_INTERVAL_SECONDS'],
    ['SWEEP_INTERVALL_SECONDS', 'SWEEP_INTERVAL_SECONDS'],
    ['sweep_interval_seconds', 'SWEEP_INTERVAL_SECONDS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABASE_URL_FIL', 'DATABASE_URL_FILE'],
    ['ENCRYPTION_KEY', 'ENCRYPTION_KEYS'],
    ['OPERATOR_APIKEY', 'OPERATOR_API_KEY'],
    ['PII_RETENTION_DAY', 'PII_RETENTION_DAYS'],
    ['TORIKOMI_DATABASE_URL', 'DATABASE_URL'],
    ['MAILBOXES_ALLOWED_PRIVATE_HOSTS', 'MAILBOX_ALLOWED_PRIVATE_HOSTS'],
    ['REDIS_UR', 'REDIS_URL'],
  ])('%s is told as a near miss of %s', (name, meant) => {
    expect(inEnvironment(name)).toEqual([`${name} is no setting and is ignored: did you mean ${meant}?`])
    expect(findUnknownNames({ [name]: '' }, new Set())[0]?.nearest).toBe(meant)
  })

  test('what is no secret is not read from a file, and that is told', () => {
    expect(inEnvironment('PUBLIC_URL_FILE')).toEqual([
      'PUBLIC_URL_FILE is no setting and is ignored: only secrets are read from files, set PUBLIC_URL?',
    ])
  })

  test('what other programs, Docker and Kubernetes put there is no near miss', () => {
    const others =
      `PATH HOME HOSTNAME HOSTTYPE LANG LC_ALL LOGNAME MAIL OLDPWD PWD SHELL SHLVL TERM TZ USER XDG_DATA_DIRS XDG_RUNTIME_DIR _
      NODE_VERSION NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS YARN_VERSION MALLOC_ARENA_MAX npm_config_loglevel npm_package_name npm_lifecycle_event
      INIT_CWD COLOR EDITOR HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy CI GITHUB_TOKEN GITHUB_REPOSITORY RUNNER_OS INVOCATION_ID JOURNAL_STREAM
      NOTIFY_SOCKET KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT_443_TCP_ADDR TORIKOMI_PORT TORIKOMI_SERVICE_HOST
      TORIKOMI_SERVICE_PORT TORIKOMI_SERVICE_PORT_HTTP TORIKOMI_PORT_80_TCP REDIS_PORT REDIS_SERVICE_HOST REDIS_SERVICE_PORT REDIS_HOST
      POSTGRES_USER POSTGRES_DB POSTGRES_PORT DATABASE_HOST DATABASE_PORT DATABASE_NAME DATABASE_USER DATABASE_PASSWORD SMTP_HOST SMTP_PORT SMTP_USER
      PGHOST PGPASSWORD AWS_REGION AWS_ACCESS_KEY_ID GOOGLE_APPLICATION_CREDENTIALS OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_TIMEOUT
      OTEL_SERVICE_NAME ROLE POST HOSTS PORTS`.split(/\s+/)
    expect(inEnvironment(...others)).toEqual([])
  })
})

describe('names of .env', () => {
  test('each that is no setting is told, with the nearest where one is near', () => {
    expect(inFile('PROT', 'SWEEP_SECONDS_INTERVAL', 'MY_NOTE')).toEqual([
      'PROT is no setting and is ignored: did you mean PORT?',
      'SWEEP_SECONDS_INTERVAL in .env is no setting and is ignored: docs/settings.md lists them',
      'MY_NOTE in .env is no setting and is ignored: docs/settings.md lists them',
    ])
  })

  test('what Compose, the sandbox, Node.js or a library reads there is none', () => {
    expect(inFile(...OF_COMPOSE, 'NODE_EXTRA_CA_CERTS', 'COMPOSE_PROJECT_NAME', 'TZ', 'HTTPS_PROXY')).toEqual(
      [],
    )
  })

  test('the rest of a value that was broken over two lines is not shown', () => {
    const [message, ...more] = inFile('c2VjcmV0IGtleSBvZiBzb21lYm9keQ')
    expect(message).toContain('a name that is not written like one in .env is no setting')
    expect(more).toEqual([])
  })

  test('every variable of the files of Compose is known', () => {
    const names = globSync('docker-compose*.yml', { cwd: ROOT }).flatMap((file) =>
      [...readFileSync(`${ROOT}/${file}`, 'utf8').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(
        ([, name = '']) => name,
      ),
    )
    expect(names.length).toBeGreaterThan(20)
    expect(inFile(...names)).toEqual([])
  })
})

test('no setting is told, nor the file of a secret, and never a value', () => {
  expect(inFile(...Object.keys(SETTINGS), 'DATABASE_URL_FILE', 'ENCRYPTION_KEYS_FILE')).toEqual([])
  expect(inFile('DATABASE_URI', 'OTHER').join()).not.toContain('hunter2')
})

test('a thousand names are told as twenty and a number', () => {
  const messages = inFile(...Array.from({ length: 1_000 }, (_, at) => `UNHEARD_OF_${at}`))
  expect(messages).toHaveLength(21)
  expect(messages.at(-1)).toBe('980 more names are no settings')
})

test('a name of any length is weighed in no time and not repeated', () => {
  const messages = inFile('A'.repeat(90_000))
  expect(messages.join().length).toBeLessThan(200)
})

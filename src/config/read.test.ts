import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, type Environment } from './load.ts'
import { withEnvFile, withSecretFiles } from './read.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-env-'))
  file = join(folder, '.env')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = async (text: string, env = {}) => {
  await writeFile(file, text)
  return withEnvFile(env, file)
}

async function faultsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.replace(`${file} `, ''))
    throw error
  }
  return []
}

describe('.env', () => {
  test('adds what the environment lacks, as Docker Compose reads it', async () => {
    const text =
      '\uFEFF# made once\r\nPORT=3999\r\nexport ROLES = api,worker\r\n\r\nDATA_DIR="a b" # folder\r\n'
    expect(await read(text)).toEqual({ PORT: '3999', ROLES: 'api,worker', DATA_DIR: 'a b' })
  })

  test('gives way to the environment, even to an empty variable', async () => {
    const env = { PORT: '4000', REDIS_URL: '', HOME: '/root' }
    expect(await read('PORT=3999\nREDIS_URL=redis://elsewhere\nLOG_LEVEL=warn\n', env)).toEqual({
      PORT: '4000',
      REDIS_URL: '',
      HOME: '/root',
      LOG_LEVEL: 'warn',
    })
  })

  test('need not be there', () => {
    const env = { PORT: '4000' }
    expect(withEnvFile(env, file)).toBe(env)
  })

  test('tells each line that cannot be read, by number and without its content', async () => {
    expect(await faultsOf('PORT=1\nhunter2\n=hunter2\nDATABASE_URL="hunter2\nA-B=hunter2\n')).toEqual([
      'line 2 must be NAME=value, a comment or empty',
      'line 3 must be NAME=value, a comment or empty',
      'line 4 must end its value with the quotation mark it begins with',
      'line 5 must be NAME=value, a comment or empty',
    ])
  })

  test('is refused when it is too long or no file', async () => {
    expect(await faultsOf(`A=${'x'.repeat(100_001)}`)).toEqual(['must have fewer than 100000 characters'])
    expect(() => withEnvFile({}, folder)).toThrow(
      `${folder} cannot be read (EISDIR): make it a file that this user may read.`,
    )
  })
})

async function secretFile(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

function secretFaults(env: Environment): readonly string[] {
  try {
    withSecretFiles(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

test('a secret comes from its file, without the line end; other settings and an empty variable do not', async () => {
  const key = await secretFile('key', 'hunter2\n')
  const env = {
    OPERATOR_API_KEY_FILE: key,
    OPERATOR_API_KEY: ' ',
    PORT_FILE: key,
    PORT: '1',
    REDIS_URL_FILE: '',
  }
  expect(withSecretFiles(env)).toEqual({ ...env, OPERATOR_API_KEY: 'hunter2' })
})

test('a file that is not there, empty or doubled is told by its setting, all at once and without content', async () => {
  const faults = secretFaults({
    OPERATOR_API_KEY_FILE: join(folder, 'none'),
    ENCRYPTION_KEYS_FILE: await secretFile('empty', '\n'),
    DATABASE_URL_FILE: await secretFile('url', 'hunter2'),
    DATABASE_URL: 'hunter2',
  })
  expect(faults).toEqual([
    'DATABASE_URL and DATABASE_URL_FILE are both set: keep one of them',
    'ENCRYPTION_KEYS_FILE must name a file that holds one value',
    'OPERATOR_API_KEY_FILE cannot be read (ENOENT): make it a file that this user may read',
  ])
})

test('keys come from a command that prints them, which knows the other settings', () => {
  const env = {
    ENCRYPTION_KEYS_COMMAND: 'printf "k1:%s\\n" "$WRAPPED"',
    WRAPPED: 'abc',
    PATH: process.env.PATH,
  }
  expect(withSecretFiles(env)).toEqual({ ...env, ENCRYPTION_KEYS: 'k1:abc' })
})

test.each([
  ['exit 3', 'ENCRYPTION_KEYS_COMMAND failed (exit code 3): run it by hand as this user'],
  [
    'printf hunter2 | tr -d a-z0-9',
    'ENCRYPTION_KEYS_COMMAND wrote nothing: it must print id:base64[,id:base64…]',
  ],
  ['yes hunter2', 'ENCRYPTION_KEYS_COMMAND wrote more than keys can be'],
])('a command that does not print keys (%s) is told without what it printed', (command, fault) => {
  expect(secretFaults({ ENCRYPTION_KEYS_COMMAND: command, PATH: process.env.PATH })).toEqual([fault])
})

test('keys and a command for them are one too many', () => {
  const both = { ENCRYPTION_KEYS: 'k1:abc', ENCRYPTION_KEYS_COMMAND: 'echo k1:abc' }
  expect(secretFaults(both)).toEqual([
    'ENCRYPTION_KEYS and ENCRYPTION_KEYS_COMMAND are both set: keep one of them',
  ])
})

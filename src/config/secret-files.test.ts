import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError, type Environment } from './load.ts'
import { withSecretFiles } from './secret-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-secrets-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

function faultsOf(env: Environment): readonly string[] {
  try {
    withSecretFiles(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

test('a secret comes from its file, without the line end; other settings and an empty variable do not', async () => {
  const key = await file('key', 'hunter2\n')
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
  const faults = faultsOf({
    OPERATOR_API_KEY_FILE: join(folder, 'none'),
    ENCRYPTION_KEYS_FILE: await file('empty', '\n'),
    DATABASE_URL_FILE: await file('url', 'hunter2'),
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
  expect(faultsOf({ ENCRYPTION_KEYS_COMMAND: command, PATH: process.env.PATH })).toEqual([fault])
})

test('keys and a command for them are one too many', () => {
  const both = { ENCRYPTION_KEYS: 'k1:abc', ENCRYPTION_KEYS_COMMAND: 'echo k1:abc' }
  expect(faultsOf(both)).toEqual([
    'ENCRYPTION_KEYS and ENCRYPTION_KEYS_COMMAND are both set: keep one of them',
  ])
})

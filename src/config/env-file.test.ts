import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withEnvFile } from './env-file.ts'
import { ConfigError } from './load.ts'

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

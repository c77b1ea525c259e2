import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadOrCreateEncryptionKeys, loadOrCreateOperatorKey } from './data-dir.ts'
import { systemRandom } from './random.ts'

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-data-'))
  dataDir = join(folder, '.data')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const keysFile = () => join(dataDir, 'encryption-keys')

test('makes keys once, for the service alone to read, and finds them again', async () => {
  const keys = await loadOrCreateEncryptionKeys(dataDir, systemRandom)
  expect(keys).toHaveLength(1)
  expect(keys[0].key).toHaveLength(32)
  expect((await stat(keysFile())).mode & 0o777).toBe(0o600)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o711)
  expect(await loadOrCreateEncryptionKeys(dataDir, systemRandom)).toEqual(keys)
})

test('a folder of before that others may read is theirs no more, and a closed one stays closed', async () => {
  for (const [before, after] of [
    [0o755, 0o711],
    [0o777, 0o711],
    [0o700, 0o700],
  ] as const) {
    await mkdir(dataDir, { recursive: true })
    await chmod(dataDir, before)
    await loadOrCreateOperatorKey(dataDir, systemRandom)
    expect((await stat(dataDir)).mode & 0o777).toBe(after)
  }
})

test('two services that start at once get the same keys', async () => {
  const [one, two] = await Promise.all([
    loadOrCreateOperatorKey(dataDir, systemRandom),
    loadOrCreateOperatorKey(dataDir, systemRandom),
  ])
  expect(one).toBe(two)
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('a further key may be put in front', async () => {
  const [old] = await loadOrCreateEncryptionKeys(dataDir, systemRandom)
  const text = await readFile(keysFile(), 'utf8')
  await writeFile(keysFile(), `k2:${Buffer.alloc(32, 1).toString('base64')},${text}`)
  const keys = await loadOrCreateEncryptionKeys(dataDir, systemRandom)
  expect(keys.map(({ id }) => id)).toEqual(['k2', 'k1'])
  expect(keys[1]).toEqual(old)
})

test('refuses to make new keys beside a database made with others', async () => {
  await loadOrCreateEncryptionKeys(dataDir, systemRandom)
  await writeFile(join(dataDir, 'postgres.json'), '{}')
  await rm(keysFile())
  await expect(loadOrCreateEncryptionKeys(dataDir, systemRandom)).rejects.toThrow(
    'encryption-keys is missing',
  )
})

test('a damaged file is named, and its content is not', async () => {
  await loadOrCreateEncryptionKeys(dataDir, systemRandom)
  await writeFile(keysFile(), 'k1:c2VjcmV0')
  const error: Error = await loadOrCreateEncryptionKeys(dataDir, systemRandom).then(
    () => expect.fail('accepted'),
    (error: Error) => error,
  )
  expect(error.message).toContain(keysFile())
  expect(error.message).not.toContain('c2VjcmV0')
})

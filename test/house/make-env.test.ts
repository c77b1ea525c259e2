import { execFile, spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { withEnvFile } from '../../src/config/read.ts'

/** scripts/make-env.sh in a checkout of its own. */

const SCRIPT = fileURLToPath(new URL('../../scripts/make-env.sh', import.meta.url))

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-make-env-'))
  file = join(folder, '.env')
  await mkdir(join(folder, 'scripts'))
  await copyFile(SCRIPT, join(folder, 'scripts/make-env.sh'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const shell = (command: string, cwd = folder) => spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' })

test('writes settings that a service starts with, for nobody else to read, wherever it is called from', async () => {
  const run = shell(`sh '${folder}/scripts/make-env.sh'`, tmpdir())
  expect(run).toMatchObject({ status: 0, stdout: '' })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const env = withEnvFile({}, file)
  expect(Object.keys(env).sort()).toEqual([
    'BACKUP_KEY',
    'ENCRYPTION_KEYS',
    'METRICS_API_KEY',
    'OPERATOR_API_KEY',
    'POSTGRES_PASSWORD',
    'POSTGRES_SERVICE_PASSWORD',
    'REDIS_PASSWORD',
  ])
  expect(env.POSTGRES_PASSWORD).toMatch(/^[\w-]{32}$/)
  expect(() => loadConfig(env)).not.toThrow()
  expect(run.stderr).not.toContain(env.OPERATOR_API_KEY)
  expect((await readdir(folder)).sort()).toEqual(['.env', 'scripts'])
})

test('leaves a file that is there as it is', async () => {
  shell('sh scripts/make-env.sh')
  const before = await readFile(file, 'utf8')
  const run = shell('sh scripts/make-env.sh')
  expect(run.status).toBe(1)
  expect(run.stderr).toContain('was left as it is')
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('makes no new keys for a file that `> .env` has just emptied', async () => {
  await writeFile(file, 'ENCRYPTION_KEYS=k1:precious\n')
  const run = shell('sh scripts/make-env.sh > .env')
  expect(run.status).toBe(1)
  expect(run.stderr).toContain('bring your copy back')
  expect(await readFile(file, 'utf8')).toBe('')
})

test('of several at once one writes, and the others say so', async () => {
  const one = () =>
    new Promise<number>((resolve) =>
      execFile('sh', ['scripts/make-env.sh'], { cwd: folder }, (error) => resolve(error ? 1 : 0)),
    )
  const codes = await Promise.all(Array.from({ length: 6 }, one))
  expect(codes.filter((code) => code === 0)).toHaveLength(1)
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(7)
  expect((await readdir(folder)).sort()).toEqual(['.env', 'scripts'])
})

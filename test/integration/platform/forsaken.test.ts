import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPostmaster } from '../../../src/platform/db/embedded/cluster.ts'
import { isAlive } from '../../../src/platform/db/embedded/lock.ts'
import { clearForsaken, folderPrefix } from '../../support/database/forsaken.ts'

const CHILD = fileURLToPath(new URL('../../support/database/embedded-child.ts', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'torikomi-forsaken-')))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a run that was killed leaves a server and a folder, which the next one ends; those of others stay', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  const left = `${folderPrefix(dead.pid as number)}a`
  const others = [`${folderPrefix(process.ppid)}b`, 'torikomi-test-c', 'else']
  for (const name of [left, ...others]) await mkdir(join(folder, name), { mode: 0o755 })
  const child = spawn(process.execPath, [CHILD, join(folder, left)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  const pid = (await readPostmaster(join(folder, left, 'postgres')))?.pid as number
  expect(isAlive(pid)).toBe(true)

  await clearForsaken(folder)

  expect((await readdir(folder)).toSorted()).toEqual(others.toSorted())
  await expect.poll(() => isAlive(pid)).toBe(false)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from './lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid as number
}

/** Runs ten at once and counts how many were ever inside together. */
async function most(): Promise<number> {
  let inside = 0
  let highest = 0
  const work = async () => {
    highest = Math.max(highest, ++inside)
    await nextTurn()
    inside--
  }
  await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, 10_000, work)))
  return highest
}

test('lets one in at a time and leaves nothing behind', async () => {
  expect(await most()).toBe(1)
  expect(await readdir(folder)).toEqual([])
})

test('takes over from a process that is gone', async () => {
  await writeFile(path, String(await deadPid()))
  expect(await most()).toBe(1)
})

test('is released when the work fails', async () => {
  await expect(withFileLock(path, 0, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await withFileLock(path, 0, async () => 'free')).toBe('free')
})

test('names the file when a living process holds on to it', async () => {
  await writeFile(path, String(process.ppid))
  await expect(withFileLock(path, 100, async () => 'in')).rejects.toThrow(
    `${path} is held by another process`,
  )
})

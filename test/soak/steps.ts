import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Fleet } from '../chaos/fleet.ts'
import type { History } from '../chaos/history.ts'
import { PROCESS_NAMES } from '../chaos/plan.ts'
import { backupAt, UPDATE_AT } from './course.ts'

const OPS = fileURLToPath(new URL('../../src/ops/main.ts', import.meta.url))

/** What an operator does in the midst: a backup in a sale, and an update that replaces process by process. */
export async function takeSteps(parts: {
  fleet: Pick<Fleet, 'replace'>
  dir: string
  environment: Record<string, string>
  driveMs: number
  days: number
  history: History
  progress(text: string): void
  signal: AbortSignal
}): Promise<void> {
  const { fleet, dir, driveMs, days, history, progress, signal } = parts
  const began = Date.now()
  const step = async (share: number, name: string, take: () => Promise<unknown>) => {
    await sleep(began + share * driveMs - Date.now(), undefined, { signal })
    const from = Date.now()
    history.note({ process: 'operator', f: 'step', type: 'invoke', value: { name } })
    try {
      await take()
      history.note({ process: 'operator', f: 'step', type: 'ok', value: { name } })
      progress(`${name}: ${((Date.now() - from) / 1_000).toFixed(1)} s`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      history.note({ process: 'operator', f: 'step', type: 'fail', value: { name, why } })
      progress(`${name}: ${why}`)
    }
  }
  await step(backupAt(days), 'backup', async () => {
    const folder = join(dir, 'backups')
    await mkdir(folder)
    const env = { PATH: process.env.PATH ?? '', ...parts.environment }
    await promisify(execFile)(process.execPath, [OPS, 'backup', 'into', folder], { env, signal })
  })
  await step(UPDATE_AT, 'update', async () => {
    for (const name of PROCESS_NAMES) await fleet.replace(name)
  })
}

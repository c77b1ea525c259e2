import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileAt } from '../../../src/ops/backup/files.ts'
import { readBackup, writeBackup } from '../../../src/ops/backup/format.ts'
import { opening, sealingFor } from '../../../src/ops/tenant-move/keys.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import { createSealer, formatEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { exportAudit } from '../../../src/shops/tenants/audit-routes.ts'
import { copyOfDatabase, freshDatabase, type TestDatabase } from '../database/database.ts'
import { ops } from './service.ts'

/** Two installations, each with its database and its keys; `here` seals as testSealer does. */
const KEYS = {
  here: [{ id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true }],
  there: [{ id: 'other', key: new Uint8Array(32).fill(9), bindsTenant: true }],
} as const
export const sealers = {
  here: createSealer(KEYS.here, systemRandom),
  there: createSealer(KEYS.there, systemRandom),
}
export const ADDRESS = 'https://there.example.com'

export type Side = keyof typeof KEYS

/** Waits in no time. */
function quickClock(): Clock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    async sleep(ms) {
      // In few steps: each asks the database.
      ahead += 20 * ms
    },
  }
}

const last = (text: string) => present(text.trim().split(/\s/).at(-1))

export interface Frame {
  table?: string
  rows: string[]
  keys: Record<string, string>[]
}

export type TwoInstallations = Awaited<ReturnType<typeof twoInstallations>>

export async function twoInstallations() {
  const folder = await mkdtemp(join(tmpdir(), 'tenant-move-'))
  const [here, there] = await Promise.all([freshDatabase(), freshDatabase()])
  const databases = { here, there }
  const closes = [here, there]
  const file = (name = 'one') => join(folder, name)

  const run = (side: Side, ...args: string[]) =>
    ops(
      args,
      { DATABASE_URL: databases[side].url, ENCRYPTION_KEYS: formatEncryptionKeys(KEYS[side]) },
      undefined,
      quickClock(),
    )

  async function exported(tenantId: string, name = 'one', from: Side = 'here'): Promise<void> {
    const { output } = await run(from === 'here' ? 'there' : 'here', 'tenant', 'key')
    await run(from, 'tenant', 'export', tenantId, '--for', output, file(name))
  }
  const imported = async (name = 'one', at: Side = 'there') =>
    last((await run(at, 'tenant', 'import', file(name))).output)
  const released = async (tenantId: string, receipt: string, from: Side = 'here') =>
    last((await run(from, 'tenant', 'release', tenantId, receipt, '--to', ADDRESS)).output)

  /** The whole move. @returns the word that started it */
  async function moved(tenantId: string, from: Side = 'here', name = 'one'): Promise<string> {
    const to = from === 'here' ? 'there' : 'here'
    await exported(tenantId, name, from)
    const word = await released(tenantId, await imported(name, to), from)
    await run(to, 'tenant', 'start', tenantId, word)
    return word
  }

  /** The database as it is now, for `restored`. */
  async function backupOf(side: Side): Promise<TestDatabase> {
    const was = databases[side]
    await was.disconnect()
    const copy = await copyOfDatabase(was.url)
    const now = await copyOfDatabase(was.url)
    closes.push(copy, now)
    databases[side] = now
    return copy
  }

  /** Puts a backup in the place of the database, with the audit of the lost one. @returns what is printed */
  async function restored(side: Side, backup: TestDatabase): Promise<string> {
    const saved = file(`audit-${closes.length}.jsonl`)
    const heavyReads = { run: async <T>(_tenant: string, read: () => Promise<T>) => read() }
    const { db } = databases[side]
    await writeFile(
      saved,
      exportAudit({ db, namesOf: async () => () => '', heavyReads }, {}, 'jsonl', undefined),
    )
    databases[side] = backup as typeof here
    return (await run(side, 'after-restore', saved)).output
  }

  /** A file that somebody made who knows the public key. `head`: facts in its first frame. */
  async function forge(
    tenantId: string,
    change: (frame: Frame) => void,
    head: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await exported(tenantId)
    const { output } = await run('there', 'tenant', 'key')
    const read = opening(KEYS.there)
    const write = sealingFor(output)
    const writer = await writeBackup(fileAt(file('forged'), {}), write.key, systemRandom, write.form)
    const frames: unknown[] = []
    for await (const frame of readBackup(fileAt(file(), {}), read.key, read.form)) frames.push(frame)
    for (const [index, frame] of frames.entries()) {
      if (isRows(frame)) change(frame)
      await writer.write(index === 0 ? Object.assign({}, frame, head) : frame, index === frames.length - 1)
    }
    await writer.close()
  }

  const statusAt = async (side: Side, id: string) =>
    (await databases[side].db.tenant.findUnique({ where: { id } }))?.status ?? null

  return {
    databases,
    file,
    run,
    exported,
    imported,
    released,
    moved,
    backupOf,
    restored,
    forge,
    statusAt,
    async close() {
      await Promise.all([...closes.map((one) => one.close()), rm(folder, { recursive: true })])
    },
  }
}

const isRows = (frame: unknown): frame is Frame =>
  typeof frame === 'object' && frame !== null && 'table' in frame && 'rows' in frame && 'keys' in frame

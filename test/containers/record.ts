import { readFile, writeFile } from 'node:fs/promises'
import type { PlacedOrder } from './sandbox-client.ts'

/** What the steps of a walk leave for each other, in one file: each step is a process of its own. */
export interface WalkRecord {
  apiKey: string
  shops: { marketplace: string; code: string }[]
  /** Placed at the malls and not pulled yet. */
  waiting: PlacedOrder[]
  pulls: { key: string; pullId: string; orderNumbers: string[]; orders: PlacedOrder[] }[]
  /** Place in the change feed of a program that follows it; empty before it does. */
  position: string
  /** So many of the pulls were made before the state that the database is put back to. */
  kept: number
}

export const readRecord = async (path: string): Promise<WalkRecord> =>
  JSON.parse(await readFile(path, 'utf8')) as WalkRecord

/** The file holds a key. */
export const writeRecord = (path: string, record: WalkRecord): Promise<void> =>
  writeFile(path, JSON.stringify(record), { mode: 0o600 })

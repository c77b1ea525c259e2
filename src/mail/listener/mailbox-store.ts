import { Prisma } from '../../generated/prisma/client.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Cursor } from '../intake/cursor.ts'

export type MailboxState = 'connecting' | 'connected' | 'polling' | 'waiting' | 'attention' | 'disabled'

export interface MailboxRow {
  id: string
  tenantId: string
  host: string
  port: number
  security: 'tls' | 'starttls' | 'plain'
  sealedUsername: Uint8Array
  /** Null where it signs in by OAuth. */
  sealedPassword: Uint8Array | null
  authKind: string
  sealedAuth: Uint8Array | null
  authVersion: number
  folder: string
  settingsVersion: number
  cursor: Cursor | null
  authservId: string | null
  /** Failures in a row so far. */
  failures: number
}

interface FailedHow {
  failures: number
  nextAttemptAt: Date
  /** Null: it may pass by itself, nobody needs to look. */
  attention: { code: string; message: string } | null
}

interface FollowedHow {
  state: 'connected' | 'polling'
  /** What a person should look at although it is listened to. */
  attention: { code: string; message: string } | null
}

/** What a running session reads and says of its mailbox. Nothing is written for a mailbox that is not held any more. */
export interface MailboxStore {
  /** Null when it is not ours, switched off or deleted. */
  load(id: string): Promise<MailboxRow | null>
  connecting(id: string): Promise<void>
  following(id: string, how: FollowedHow, now: Date): Promise<void>
  failed(id: string, how: FailedHow, now: Date): Promise<void>
}

export function createMailboxStore(db: Db, owner: string): MailboxStore {
  return {
    async load(id) {
      const row = await db.mailbox.findFirst({ where: { id, leaseOwner: owner, enabled: true } })
      if (row === null) return null
      const { uidValidity, lastUid } = row
      const cursor =
        uidValidity === null || lastUid === null ? null : { uidValidity, lastUid: Number(lastUid) }
      return { ...row, cursor }
    },
    // A mailbox under attention stays so in the eyes of staff until it really works again.
    async connecting(id) {
      await db.mailbox.updateMany({
        where: { id, leaseOwner: owner, attentionCode: null, state: { not: 'connecting' } },
        data: { state: 'connecting' },
      })
    },
    async following(id, { state, attention }, now) {
      const code = attention?.code ?? null
      await db.$executeRaw`
        update mailboxes set state = ${state}, failures = 0, next_attempt_at = null, last_connected_at = ${now}::timestamptz,
          updated_at = ${now}::timestamptz, attention_code = ${code}::text,
          attention_message = ${attention?.message ?? null}::text,
          attention_since = case when ${code}::text is null then null else ${sinceFirst(now)} end
        where id = ${id}::uuid and lease_owner = ${owner}`
    },
    // What a person must mend stays, whatever else goes wrong after it, until the mailbox is really listened to.
    async failed(id, { failures, nextAttemptAt, attention }, now) {
      const code = attention?.code ?? null
      await db.$executeRaw`
        update mailboxes set failures = ${failures}::int, next_attempt_at = ${nextAttemptAt}::timestamptz,
          state = case when coalesce(${code}::text, attention_code) is null then 'waiting' else 'attention' end,
          updated_at = ${now}::timestamptz, attention_code = coalesce(${code}::text, attention_code),
          attention_message = coalesce(${attention?.message ?? null}::text, attention_message),
          attention_since = case when ${code}::text is null then attention_since else ${sinceFirst(now)} end
        where id = ${id}::uuid and lease_owner = ${owner}`
    },
  }
}

/** Staff are told since when it has stood under attention, whatever the code was at first. */
const sinceFirst = (now: Date): Prisma.Sql =>
  Prisma.sql`case when attention_code is null then ${now}::timestamptz else attention_since end`

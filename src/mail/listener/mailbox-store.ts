import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
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
  /** Failures in a row. */
  failures: number
  attentionCode: string | null
}

interface FailedHow {
  failures: number
  nextAttemptAt: Date
  /** Null: it may pass by itself and needs no person. */
  attention: { code: string; message: string } | null
}

interface FollowedHow {
  state: 'connected' | 'polling'
  /** Fault for a person to see although the mailbox is listened to. */
  attention: { code: string; message: string } | null
}

/**
 * Reads and updates the mailbox of a running session. Writes nothing when this listener does not hold it any
 * more.
 */
export interface MailboxStore {
  /** Null when it is not ours, disabled or deleted. */
  load(id: string): Promise<MailboxRow | null>
  connecting(id: string): Promise<void>
  following(id: string, how: FollowedHow, now: Date): Promise<void>
  failed(id: string, how: FailedHow, now: Date): Promise<void>
}

export function createMailboxStore(pool: Queries, owner: string): MailboxStore {
  return {
    async load(id) {
      const { rows } = await pool.query<StoredMailbox>({ ...LOAD, values: [id, owner] })
      const [row] = rows
      if (row === undefined) return null
      const { uidValidity, lastUid } = row
      const cursor =
        uidValidity === null || lastUid === null
          ? null
          : { uidValidity: BigInt(uidValidity), lastUid: Number(lastUid) }
      return { ...row, cursor }
    },
    async connecting(id) {
      await pool.query({ ...CONNECTING, values: [id, owner] })
    },
    async following(id, { state, attention }, now) {
      const values = [id, owner, now, state, attention?.code ?? null, attention?.message ?? null]
      await pool.query({ ...FOLLOWING, values })
    },
    async failed(id, { failures, nextAttemptAt, attention }, now) {
      const told = [attention?.code ?? null, attention?.message ?? null]
      await pool.query({ ...FAILED, values: [id, owner, now, failures, nextAttemptAt, ...told] })
    },
  }
}

/** Row from pg, which returns int8 as text. */
type StoredMailbox = Omit<MailboxRow, 'cursor'> & { uidValidity: string | null; lastUid: string | null }

const MINE = 'where id = $1::uuid and lease_owner = $2'

const LOAD = statement(`
select id::text, tenant_id::text as "tenantId", host, port, security::text, sealed_username as "sealedUsername",
  sealed_password as "sealedPassword", auth_kind as "authKind", sealed_auth as "sealedAuth", auth_version as "authVersion",
  folder, settings_version as "settingsVersion", uid_validity as "uidValidity", last_uid as "lastUid",
  authserv_id as "authservId", failures, attention_code as "attentionCode"
from mailboxes ${MINE} and enabled`)

// Keeps a mailbox under attention until it works again.
const CONNECTING = statement(
  `update mailboxes set state = 'connecting' ${MINE} and attention_code is null and state <> 'connecting'`,
)

/** Start of the attention that staff see, whatever its first code was. */
const SINCE_FIRST = 'case when attention_code is null then $3::timestamptz else attention_since end'

const FOLLOWING = statement(`
update mailboxes set state = $4, failures = 0, next_attempt_at = null, last_connected_at = $3::timestamptz,
  updated_at = $3::timestamptz, attention_code = $5::text, attention_message = $6::text,
  attention_since = case when $5::text is null then null else ${SINCE_FIRST} end
${MINE}`)

// Keeps a fault that a person must fix, whatever fails after it, until the listener follows the mailbox
// again.
const FAILED = statement(`
update mailboxes set failures = $4::int, next_attempt_at = $5::timestamptz,
  state = case when coalesce($6::text, attention_code) is null then 'waiting' else 'attention' end,
  updated_at = $3::timestamptz, attention_code = coalesce($6::text, attention_code),
  attention_message = coalesce($7::text, attention_message),
  attention_since = case when $6::text is null then attention_since else ${SINCE_FIRST} end
${MINE}`)

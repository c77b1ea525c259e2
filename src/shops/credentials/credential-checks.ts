import { z } from 'zod'
import type { CredentialCheck as CheckRow } from '../../generated/prisma/client.ts'
import type { LifetimeFacts } from '../../marketplaces/port/credentials.ts'
import type { CredentialCheck } from '../../marketplaces/port/session.ts'
import type { DbOrTx } from '../../platform/db/database.ts'
import { upsertGoodCheck } from '../sql.ts'

/** The mall's last answer about a shop's credentials, in `credential_checks`. */

export interface GoodCheck {
  credentialsVersion: number
  expiries: CredentialCheck['expiries']
  at: Date
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Again in about a day. `spread`, 0 ≤ x < 1, keeps shops that came together from being asked together. */
export const nextCheckAt = (at: Date, spread: number): Date =>
  new Date(at.getTime() + DAY_MS * (0.9 + spread * 0.2))

/** Keeps a good answer, whoever asked. Credentials that are history by now change nothing. */
export async function saveGoodCheck(
  db: DbOrTx,
  shopId: string,
  check: GoodCheck,
  spread: number,
): Promise<void> {
  const { credentialsVersion, at } = check
  const expiries = JSON.stringify(
    check.expiries.map((expiry) => ({ ...expiry, at: expiry.at.toISOString() })),
  )
  await db.$executeRaw(
    upsertGoodCheck({ shopId, credentialsVersion, expiries, at, nextAt: nextCheckAt(at, spread) }),
  )
}

const Expiries = z.array(
  z.object({ what: z.string(), at: z.iso.datetime().transform((at) => new Date(at)), certain: z.boolean() }),
)

/** The row as lifetimes take it; null when no good answer is kept for these credentials. */
export function checkOf(
  row: Pick<CheckRow, 'checkedAt' | 'credentialsVersion' | 'expiries'> | null,
  credentialsVersion: number,
): LifetimeFacts<unknown>['check'] {
  if (row?.checkedAt == null || row.credentialsVersion !== credentialsVersion) return null
  return { at: row.checkedAt, expiries: Expiries.safeParse(row.expiries).data ?? [] }
}

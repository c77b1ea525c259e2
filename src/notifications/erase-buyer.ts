import { type ErasureTerm, namesBuyer } from '../orders/store/search-tokens.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { poisonText } from './take.ts'

const MOST = 1_000

interface EraseDeps {
  db: Db
  sealer: Pick<Sealer, 'of'>
}

/**
 * Erases unreadable notifications that name the buyer, whichever tenant asked: they belong to no tenant and
 * serve only the operator.
 */
export const erasePoison =
  (deps: EraseDeps) =>
  (_tenantId: string, terms: readonly ErasureTerm[]): Promise<number> =>
    acrossTenants('unreadable notifications belong to no tenant', () => erase(deps, terms))

async function erase({ db, sealer }: EraseDeps, terms: readonly ErasureTerm[]): Promise<number> {
  let erased = 0
  let last: string | undefined
  for (;;) {
    const rows = await db.mallNotification.findMany({
      where: { sealedText: { not: null }, ...(last === undefined ? {} : { id: { gt: last } }) },
      select: { id: true, sealedText: true },
      orderBy: { id: 'asc' },
      take: MOST,
    })
    const ids = rows.filter((row) => namesBuyer(terms, poisonText(sealer, row) ?? '')).map(({ id }) => id)
    const { count } = await db.mallNotification.updateMany({
      where: { id: { in: ids } },
      data: { sealedText: null },
    })
    erased += count
    last = rows.at(-1)?.id
    if (rows.length < MOST) return erased
  }
}

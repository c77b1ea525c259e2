import { AsyncLocalStorage } from 'node:async_hooks'
import type { OneTransaction } from './one-transaction.ts'

/** For whom a request is worked on. */
export interface Scope {
  /** Null: the operator's reports, over all tenants and without anything that is sealed. */
  readonly tenantId: string | null
  /** The request has had its answer: what still goes on of it is the service's own work. */
  ended: boolean
  /** Its statements go over the few connections of heavy reads, which have a time limit of their own. */
  heavy?: boolean
  /** Lets others' short requests go first, between two pieces of long work; from now on this one is long. */
  giveWay?: () => Promise<void>
  /** Gives the request's turn back while it waits. */
  outside?: <T>(wait: () => Promise<T>) => Promise<T>
  /** The operator's request beside reports: runs as the service itself, and has this for its transaction. */
  readonly service?: true
  /** All statements of the request join it while it is open. */
  transaction?: OneTransaction
}

/**
 * For whom the statements of now are run. Within a tenant's request they go out as `torikomi_tenant`, to
 * which the database shows the rows of that tenant alone, whatever they ask for; those of the operator's
 * reports as `torikomi_reports`; outside of both (workers, listeners, the operator's other routes) as the
 * service itself.
 */
const scopes = new AsyncLocalStorage<Scope | null>()

/** Awaits Prisma's lazy promises within the scope: they are sent only when awaited. */
export const inScope = <T>(scope: Scope | null, work: () => T): T =>
  scopes.run(scope, () => {
    const begun = work()
    const { then } = (begun ?? {}) as { then?: unknown }
    return typeof then === 'function' ? (Promise.resolve(begun) as T) : begun
  })

/**
 * Puts all statements of this request into one transaction, from `work` on.
 * @param work the rest of an operator's request, who has no scope so far
 */
export function joinTransaction(transaction: OneTransaction, work: () => void): void {
  const scope = currentScope()
  if (scope === null) inScope({ tenantId: null, service: true, ended: false, transaction }, work)
  else {
    scope.transaction = transaction
    work()
  }
}

/**
 * The transaction that the statements of now belong to.
 * @throws where it was given up: the rest of a handler that ran out of time must not do half of the work
 */
export function currentTransaction(): OneTransaction | null {
  const transaction = scopes.getStore()?.transaction
  if (transaction?.state === 'given up') throw new Error('this request was given up')
  return transaction?.state === 'open' ? transaction : null
}

/** Runs what tells others of rows of this request once they can see them; at once where nothing is open. */
export async function afterCommit(work: () => unknown): Promise<void> {
  const transaction = scopes.getStore()?.transaction
  if (transaction?.state === 'open') transaction.afterCommit(work)
  else if (transaction?.state !== 'given up') await work()
}

export const asTenant = <T>(tenantId: string, work: () => T): T => inScope({ tenantId, ended: false }, work)

/**
 * Runs work of a tenant's request that is not the tenant's own: work after it, or a look at all tenants.
 * @param _reason why; for the reader
 */
export const acrossTenants = <T>(_reason: string, work: () => T): T => inScope(null, work)

export function currentScope(): Scope | null {
  const scope = scopes.getStore() ?? null
  return scope?.ended ? null : scope
}

/** Runs a heavy read of a tenant over connections of its own: it takes none from the work of others. */
export const asHeavyRead = <T>(tenantId: string, giveWay: () => Promise<void>, work: () => T): T =>
  inScope({ tenantId, ended: false, heavy: true, giveWay }, work)

/**
 * Waits for a mall, a mail server or another request, without the turn that the request has; what comes after
 * it has a turn again. Of a route that `waits` (src/http/limits.ts).
 */
export const outside = <T>(wait: () => Promise<T>): Promise<T> => currentScope()?.outside?.(wait) ?? wait()

/** The rest of this request is a heavy read. */
export function becomeHeavyRead(): void {
  const scope = currentScope()
  if (scope) scope.heavy = true
}

/** Runs a report. Grant its columns to `torikomi_reports`: no sealed or hashed one, no text of a person. */
export const asReports = <T>(work: () => T): T => inScope({ tenantId: null, ended: false }, work)

/**
 * Runs as the service itself what the reports' role may not read of the found rows or write about them.
 * Within a tenant's request nothing changes.
 * @param _reason why; for the reader
 */
export const besideReport = <T>(_reason: string, work: () => T): T => {
  const scope = currentScope()
  return inScope(scope?.tenantId === null && !scope.service ? null : scope, work)
}

export const currentTenant = (): string | null => currentScope()?.tenantId ?? null

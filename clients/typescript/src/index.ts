export type { components, operations, paths } from './api.ts'
export { type Change, type ChangesOptions, followChanges } from './changes.ts'
export { type Answered, type ClientOptions, type RawCall, type Schemas, Torikomi } from './client.ts'
export type { Download } from './download.ts'
export {
  isPassing,
  isProblem,
  type KnownProblem,
  NoAnswer,
  Problem,
  type ProblemBody,
  type ProblemCode,
  type ProblemFacts,
  type ProblemOf,
} from './errors.ts'
export { type Journal, type JournalEntry, memoryJournal, storageJournal } from './journal.ts'
export { followErasures, type KeepPullingOptions, keepPulling, type PullOptions, pull } from './pull.ts'
export { type BatchHandler, type KeepOptions, Puller, type PullerOptions } from './puller.ts'
export type { RetryOptions, Waiting } from './retry.ts'
export {
  type Batch,
  type Erasures,
  memoryStore,
  type Order,
  type OrderStore,
  type Selection,
} from './store.ts'

/** An answer of `POST /v1/orders/pull`. */
export type Pull = import('./client.ts').Schemas['Pull']

export type { components, operations, paths } from './api.ts'
export { type Change, type ChangesOptions, followChanges } from './changes.ts'
export { type Answered, type ClientOptions, type RawCall, type Schemas, Torikomi } from './client.ts'
export type { Download } from './download.ts'
export { isPassing, isProblem, NoAnswer, Problem, type ProblemBody } from './errors.ts'
export {
  type Journal,
  type JournalEntry,
  memoryJournal,
  type Order,
  type Pull,
  type Selection,
  storageJournal,
} from './journal.ts'
export { type Batch, type BatchHandler, type KeepOptions, Puller, type PullerOptions } from './puller.ts'
export type { RetryOptions, Waiting } from './retry.ts'

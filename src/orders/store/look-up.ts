import type { ValuesOf } from '../../platform/db/statement.ts'
import { keysOf } from '../../platform/narrow.ts'

/** Parameters of the SQL function `torikomi_look_up_marks`, in its order, behind its first two. */
export const LOOK_UP = {
  rules: 'text?',
  lookedOrders: 'uuid[]?',
  lookedTimes: 'timestamptz[]?',
  lookedKinds: 'text[]?',
  lookedHashes: 'bytea[]?',
  lookedNames: 'bytea[]?',
  personOrders: 'uuid[]?',
  personKinds: 'text[]?',
  personHashes: 'bytea[]?',
} as const
export const LOOK_UP_ARGUMENTS = keysOf(LOOK_UP)
  .map((name) => `:${name}`)
  .join(', ')
export type LookUp = ValuesOf<typeof LOOK_UP>

/** For orders that get no marks. */
export const NO_LOOK_UP: LookUp = {
  rules: null,
  lookedOrders: null,
  lookedTimes: null,
  lookedKinds: null,
  lookedHashes: null,
  lookedNames: null,
  personOrders: null,
  personKinds: null,
  personHashes: null,
}

/** Hold a declared row to the recorded one: `judgeRows()` writes them into a copy of src. */

/** As recorded: the type it is parsed to (unknown: not said, or JSON) and the kinds of values seen. */
interface Column {
  type: unknown
  seen: unknown
}

/** The declared row itself; the compiler finds fault with it where it does not fit. */
export type Held<T, _Fits extends true> = T

/** True, or the faults by column. Always: the columns that each of the call's statements answers. */
export type Fits<T, Recorded extends Record<string, Column>, Always> = [T] extends [readonly unknown[]]
  ? true // Of `rowMode: 'array'`.
  : [keyof T] extends [never]
    ? true // Rows are counted alone.
    : [Faulty<T, Recorded, Always>] extends [never]
      ? true
      : { [K in Faulty<T, Recorded, Always>]: Fault<T, Recorded, Always, K> }

type Faulty<T, Recorded extends Record<string, Column>, Always> = {
  [K in keyof Recorded | Needed<T>]: [Fault<T, Recorded, Always, K>] extends [never] ? never : K
}[keyof Recorded | Needed<T>]

type Fault<T, Recorded extends Record<string, Column>, Always, K> = K extends keyof Recorded
  ? K extends KeysOf<T>
    ? K extends Exclude<Needed<T>, Always>
      ? 'is missing in some answers'
      : Misfit<At<T, K>, Recorded[K]['type'], Recorded[K]['seen']>
    : 'is answered, not declared'
  : 'is declared, not answered'

type Misfit<D, Type, Seen> = unknown extends D
  ? never
  : // Narrower is a claim that the database holds by itself, as an enum; wider is a lesser one.
    [NonNullable<D>] extends [Type]
    ? Unforeseen<D, Seen>
    : [Type] extends [D]
      ? Unforeseen<D, Seen>
      : { declared: D; answered: Type }

type Unforeseen<D, Seen> = Seen extends unknown
  ? [Extract<D, Seen>] extends [never]
    ? [Seen] extends [D]
      ? never
      : { declared: D; answered: Seen }
    : never
  : never

/** Of a union of rows the keys of any, and those that all have and none leaves open. */
type KeysOf<T> = T extends unknown ? keyof T : never
type Needed<T> = keyof {
  [K in keyof T as string extends K ? never : Partial<Pick<T, K>> extends Pick<T, K> ? never : K]: never
} &
  string

/** A member of the union that does not know the column says nothing of its nulls. */
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : null) : never

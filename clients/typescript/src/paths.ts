import type { paths } from './api.ts'

/** What of the generated document a call may say and gets back. */

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Operation<P, M extends Method> = P extends keyof paths ? Exclude<paths[P][M], undefined> : never

/** The paths that have this method and answer JSON, or nothing. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [Operation<P, M>] extends [never] ? never : IsFile<Good<P, M>> extends true ? never : P
}[keyof paths]

/** The paths that answer a file. */
export type FilePath = {
  [P in keyof paths]: [Operation<P, 'get'>] extends [never]
    ? never
    : IsFile<Good<P, 'get'>> extends true
      ? P
      : never
}[keyof paths]

type FileType = 'text/csv' | 'text/event-stream' | 'application/jsonl'

type IsFile<R> = R extends { content: infer C }
  ? [keyof C & FileType] extends [never]
    ? false
    : true
  : false

type Part<O, K extends string> = O extends { parameters: infer A }
  ? K extends keyof A
    ? Exclude<A[K], undefined>
    : never
  : never

type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : unknown

/** Required where one of its own is. */
type Named<K extends string, V> = [V] extends [never]
  ? unknown
  : Record<never, never> extends V
    ? { [N in K]?: V }
    : { [N in K]: V }

type CallOf<O> = Named<'path', Part<O, 'path'>> &
  Named<'query', Part<O, 'query'>> &
  Named<'headers', Part<O, 'header'>> &
  Body<O> & { signal?: AbortSignal }

export type CallArguments<P, M extends Method> =
  Record<never, never> extends CallOf<Operation<P, M>>
    ? [call?: CallOf<Operation<P, M>>]
    : [call: CallOf<Operation<P, M>>]

type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined

/** The one answer below 300 that the document names. */
type Good<P, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? R[keyof R & (200 | 201 | 202 | 204)] : never

export type Answer<P, M extends Method> = Json<Good<P, M>>

/** The same without its types, as it is sent. */
export interface Call {
  path?: Readonly<Record<string, unknown>>
  query?: Readonly<Record<string, unknown>>
  headers?: Readonly<Record<string, string>>
  body?: unknown
  signal?: AbortSignal
}

import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from '../../../clients/typescript/src/api.ts'
import { abortAfter, fetchOnce } from './early.ts'
import { t } from './i18n.ts'

export type Schemas = components['schemas']
export type Order = Schemas['OrderWithEdits']
export type OrderDetail = Schemas['OrderDetail']
export type SiteChange = Schemas['SiteChange']
export type ImportRequest = Schemas['ImportRequest']
export type Board = Schemas['Board']
/**
 * A row of the list: with its detail, which may have been removed; far from the screen without it, but with
 * what the list is sorted by.
 */
export type OrderRow = Omit<Schemas['Order'], 'detail'> &
  Partial<Pick<Schemas['Order'], 'detail'>> & { sortKey?: string | number | null }

/** Refusal by the service: Japanese text for staff, code for programs. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly errors: readonly { field: string; message: string; code?: string }[]
  readonly body: Readonly<Record<string, unknown>>
  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const text = (name: string, otherwise: string) => {
      const value = body[name]
      return typeof value === 'string' ? value : otherwise
    }
    super(text('detail', t('サーバーがエラーを返しました。', 'The server answered with an error.')))
    this.status = status
    this.code = text('code', `HTTP_${status}`)
    this.title = text('title', t('エラー', 'Error'))
    this.errors = Array.isArray(body.errors) ? (body.errors as ApiProblem['errors']) : []
    this.body = body
  }
}

/** A refusal by the page itself, in words for staff: of one field of a form, or of all of it. */
export class Refusal extends Error {
  readonly field: string | null
  constructor(message: string, field: string | null = null) {
    super(message)
    this.field = field
  }
}

/** The line passed no answer within the limit of a request. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'TimeoutError'

/** The text of whatever was thrown, as staff should read it. */
export function problemText(error: unknown): string {
  // Its own text counts the errors; what is wrong with each field says more.
  if (error instanceof ApiProblem && error.code === 'VALIDATION_FAILED' && error.errors.length > 0)
    return [...new Set(error.errors.map(({ message }) => message))].join(' ')
  // Its own text is for programs, which send a key.
  if (error instanceof ApiProblem && error.code === 'UNAUTHENTICATED')
    return t('ログインが必要です。もう一度ログインしてください。', 'Sign in again.')
  if (error instanceof ApiProblem) return `${error.message} (${error.code})`
  if (error instanceof Refusal) return error.message
  if (isTimeout(error))
    return t(
      'サーバーの応答がないまま時間が過ぎました。送信した操作は済んでいることがあります。画面で確認してから、もう一度行ってください。（TIMEOUT）',
      'The server did not answer in time. What was sent may have been done: look before you try again. (TIMEOUT)',
    )
  return t(
    'サーバーに接続できません。回線とサーバーの状態を確認してください。（OFFLINE）',
    'The server cannot be reached. Check the line and the server. (OFFLINE)',
  )
}

let csrfToken: string | null = null
export const setCsrfToken = (token: string | null): void => {
  csrfToken = token
}

const signedOutListeners = new Set<() => void>()
/** Called when the service no longer knows the session. Typed text stays behind the sign-in. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

let forbidden = (): void => undefined
/** Called when the service refuses what the person's role should be allowed. */
export function onForbidden(listener: () => void): void {
  forbidden = listener
}

const CHANGES = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])

async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => ({}))
  return new ApiProblem(response.status, factsOf(body))
}

/** The fields of something that came from outside, each unknown; none of what is no object. */
export const factsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const guard: Middleware = {
  onRequest({ request }) {
    if (csrfToken !== null && CHANGES.has(request.method)) request.headers.set('x-csrf-token', csrfToken)
    return request
  },
  async onResponse({ response }) {
    if (response.ok) return response
    throw await refusalOf(response)
  },
}

/** A refusal within a session, whose end is told to the page. */
async function refusalOf(response: Response): Promise<ApiProblem> {
  const problem = await problemOf(response)
  if (problem.status === 401) for (const tell of signedOutListeners) tell()
  if (problem.status === 403) forbidden()
  return problem
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: (request) => fetchOnce(request),
})
api.use(guard)

/** The answer of a call that went well; the guard throws for all others. */
export async function answer<T>(call: Promise<{ data?: T | undefined }>): Promise<T> {
  return (await call).data as T
}

/** An export is made before its first byte comes. */
const FILE_BEGINS_MS = 60_000

/** Reads a file that the service makes, with its name. Its bytes take as long as the line needs. */
export async function readFile(address: string): Promise<{ name: string; bytes: Blob }> {
  const { signal, lift } = abortAfter(FILE_BEGINS_MS)
  const response = await fetch(address, { credentials: 'same-origin', signal }).finally(lift)
  if (!response.ok) throw await refusalOf(response)
  const [, name = 'torikomi'] =
    /filename="([^"]{1,200})"/.exec(response.headers.get('content-disposition') ?? '') ?? []
  return { name, bytes: await response.blob() }
}

/** Calls about the session itself: a 401 of these is an answer, not an end. */
export async function callSession<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetchOnce(path, {
    method,
    credentials: 'same-origin',
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(csrfToken !== null && CHANGES.has(method) ? { 'x-csrf-token': csrfToken } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw await problemOf(response)
  const answered = response.status === 204 ? undefined : await response.json()
  return answered
}

/** In pieces of `size`, as one call takes them. */
export const parts = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )

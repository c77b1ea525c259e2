import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { MallFacts } from '../../marketplaces/port/marketplace.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../platform/http/http-client.ts'
import { type RehearsedCall, saveRehearsedCalls } from '../statements.ts'

type ReadingMall = Pick<MallFacts, 'label' | 'reads'>

export interface CallBook {
  /** Sends the mall's reads and nothing else; counts what is asked of the mall and what comes. */
  http: HttpClient
  /** Writes what was counted since the last time. Nothing to write: no statement. */
  save(db: Db, rehearsalId: string): Promise<void>
}

/** More kinds than a mall has; a path that is none of them must not fill the table. */
const MOST_KINDS = 100

export function createCallBook(http: HttpClient, clock: Clock, mall: ReadingMall): CallBook {
  let calls = new Map<string, RehearsedCall>()

  function note(request: HttpRequest, began: number, answer: HttpResponse | null): void {
    const operation = operationOf(request)
    const { status, code } = { status: answer?.status ?? 0, code: answer ? codeIn(answer) : '' }
    const key = JSON.stringify([operation, status, code])
    const at = new Date(clock.now())
    const tookMs = Math.max(0, at.getTime() - began)
    const known = calls.get(key)
    if (known) {
      known.count += 1
      known.slowestMs = Math.max(known.slowestMs, tookMs)
      known.lastAt = at
    } else if (calls.size < MOST_KINDS)
      calls.set(key, { operation, status, code, count: 1, slowestMs: tookMs, firstAt: at, lastAt: at })
  }

  return {
    http: {
      async request(request, signal) {
        if (!isRead(mall.reads, request)) throw readsOnly(mall, request)
        const began = clock.now()
        try {
          const answer = await http.request(request, signal)
          note(request, began, answer)
          return answer
        } catch (error) {
          note(request, began, null)
          throw error
        }
      },
    },
    async save(db, rehearsalId) {
      if (calls.size === 0) return
      const rows = [...calls.values()]
      calls = new Map()
      await db.$executeRaw(saveRehearsedCalls(rehearsalId, rows))
    },
  }
}

/**
 * Where the API stands below a path of its own, its calls do too: the end of the path is compared. Where
 * reads and writes have one address, the start of the body as well.
 */
function isRead(
  reads: readonly string[],
  { method, url, body }: Pick<HttpRequest, 'method' | 'url' | 'body'>,
): boolean {
  const parts = new URL(url).pathname.split('/')
  return reads.some((read) => {
    const [verb = '', path = ''] = read.split(' ')
    const start = read.slice(verb.length + path.length + 2)
    if (start !== '' && !(typeof body === 'string' && body.startsWith(start))) return false
    const wanted = path.split('/').slice(1)
    const end = parts.slice(-wanted.length)
    return verb === method && wanted.every((part, at) => (part === '{}' ? end[at] !== '' : part === end[at]))
  })
}

const readsOnly = ({ label }: ReadingMall, request: HttpRequest): MarketplaceFailure =>
  new MarketplaceFailure({
    kind: 'rejected',
    code: 'REHEARSAL_READS_ONLY',
    message: `リハーサル中のため、${label}への変更（${operationOf(request)}）を送りませんでした。運営者へ連絡してください。`,
  })

/** Method and path: parts with digits may be an order's number, and the query a key. */
export function operationOf({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  const parts = new URL(url).pathname.split('/').map((part) => (IS_NAME.test(part) ? part : '{…}'))
  return `${method} ${parts.join('/')}`.slice(0, 200)
}

/** A word, a version of an API (v1, 2.0) or its day. */
const IS_NAME = /^(?:[A-Za-z][A-Za-z_.-]{0,60}|v?\d{1,2}(?:\.\d{1,2})?|V\d|\d{4}-\d{2}-\d{2}|)$/

/** The first code of an answer, in each of the forms that the malls have. */
export function codeIn({ body }: Pick<HttpResponse, 'body'>): string {
  const head = body.toString('utf8', 0, 4_096)
  const [, json, xml] = CODE.exec(head) ?? []
  return json ?? xml ?? ''
}

const CODE =
  /"(?:messageCode|errorCode|code|error)"\s{0,4}:\s{0,4}"([A-Za-z][\w.-]{1,60})"|<(?:Code|code)>\s{0,4}([A-Za-z][\w.-]{1,60})\s{0,4}</

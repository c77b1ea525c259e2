import { pipeline } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import type { SignedHeaders } from '../platform/crypto/signed-message.ts'
import { AppError } from '../platform/errors.ts'
import { Gathering } from '../platform/gather.ts'
import { DEEPEST, findFormFault, MOST_MEMBERS } from '../platform/json-form.ts'
import { type App, asApp } from './app-types.ts'
import { HttpProblem } from './problems.ts'
import { validatorCompiler } from './validation.ts'

export const MERGE_PATCH = 'application/merge-patch+json'

/** Bytes that take little, even as one chunk each. */
const SHORT = 16 * 1024

/**
 * JSON is the only body. A broken one is answered with the place of the break, never with its text.
 * @param giveWay lets others' short requests go first: a body of a megabyte takes ten milliseconds to read
 */
export function acceptJsonOnly(
  app: App,
  giveWay: (request: FastifyRequest) => Promise<unknown> = () => setImmediate(),
): void {
  app.addHook('preParsing', async (request, _reply, payload) => {
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers
    if (coding === undefined && !(Number(length) > SHORT)) return payload
    // Refused by its length: nobody needs it, and the refusal may be held for a while.
    if (Number(length) > (request.routeOptions.bodyLimit ?? Number.POSITIVE_INFINITY)) return payload
    // Destroys what is gathered when the sender breaks off, which Fastify answers.
    return pipeline(payload, new Gathering(), () => undefined)
  })
  app.removeAllContentTypeParsers()
  // 'error' refuses keys such as __proto__.
  const parse = app.getDefaultJsonParser('error', 'error')
  // A merge patch (RFC 7396) is JSON by another name.
  app.addContentTypeParser(
    ['application/json', MERGE_PATCH],
    { parseAs: 'string' },
    (request, body: string, done) => {
      const read = () => {
        // Clients that always send the header do so for calls without a body too.
        if (body.trim() === '') return done(null, undefined)
        const fault = unfitForm(body)
        if (fault) return done(fault)
        parse(request, body, (error, value) => done(error ? malformed(body) : null, value))
      }
      if (body.length <= SHORT) read()
      else giveWay(request).then(read, done)
    },
  )
}

/** Looked for before anything is made of the body. */
function unfitForm(json: string): HttpProblem | null {
  const fault = findFormFault(json)
  if (fault === 'too_deep') return unfit(`JSON の入れ子が深すぎます（${DEEPEST} 段まで）。`, 'too_deep')
  if (fault === 'too_big')
    return unfit(`1つの配列またはオブジェクトの要素が多すぎます（${MOST_MEMBERS} 個まで）。`, 'too_big')
  return null
}

const unfit = (message: string, code: string): HttpProblem =>
  new HttpProblem('VALIDATION_FAILED', message, [{ field: 'body', message, code }])

const malformed = (body: string): HttpProblem => unfit(messageFor(body), 'malformed_json')

function messageFor(body: string): string {
  const text = body.replace(/^\uFEFF/, '')
  try {
    JSON.parse(text)
    return '使えない項目名（__proto__ など）が JSON に含まれています。その項目を取り除いてください。'
  } catch {
    const place = brokenPlace(text)
    const where = place === null ? '' : `（${place.line} 行 ${place.column} 文字目付近）`
    return `JSON として読み取れません${where}。引用符、カンマ、括弧を確認してください。`
  }
}

// Node.js names the place of only some JSON errors, and quotes the text. This finds it for all.

interface Place {
  line: number
  /** Characters from the start of the line, from 1. */
  column: number
}

/**
 * Returns the place where `text` stops being JSON, its end where something is missing there; null where that
 * would take too long to find.
 */
export function brokenPlace(text: string): Place | null {
  const end = brokenAt(text)
  if (end === null) return null
  const place = { line: 1, column: 1 }
  for (let at = 0; at < end; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 0x0a) {
      place.line += 1
      place.column = 1
    } else if ((unit & 0xfc00) !== 0xdc00) place.column += 1
  }
  return place
}

/** Values and signs that are looked at: some milliseconds of the process's time. */
const MOST_STEPS = 20_000

const BLANKS = /[ \t\r\n]*/y
const PLAIN = String.raw`[\x20\x21\x23-\x5b\x5d-\u{10ffff}]*`
const ESCAPE = String.raw`\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})`
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`
const SCALAR = new RegExp(`"${PLAIN}(?:${ESCAPE}${PLAIN})*"|${NUMBER}|true|false|null`, 'uy')
const OPENS: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing'

function brokenAt(text: string): number | null {
  /** Closing brackets that are still to come. */
  const open: string[] = []
  let expected: Expected = 'value'
  let at = blanks(text, 0)
  for (let steps = 0; at < text.length; steps += 1) {
    if (steps === MOST_STEPS) return null
    const sign = text.charAt(at)
    const next = step(expected, sign, text, at, open)
    if (next === null) return at
    expected = next.expected
    at = blanks(text, next.end)
  }
  return text.length
}

const blanks = (text: string, from: number): number => match(BLANKS, text, from) ?? from

function match(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : null
}

/** Null where this sign cannot stand. */
function step(
  expected: Expected,
  sign: string,
  text: string,
  at: number,
  open: string[],
): { expected: Expected; end: number } | null {
  const after = (next: Expected, end = at + 1) => ({ expected: next, end })
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end')
  if (expected.endsWith('or end') && sign === open.at(-1)) {
    open.pop()
    return after(afterValue())
  }
  if (expected === 'colon') return sign === ':' ? after('value') : null
  if (expected === 'comma or end') {
    if (sign !== ',') return null
    return after(open.at(-1) === '}' ? 'key' : 'value')
  }
  if (expected === 'nothing') return null
  const isKey = expected.startsWith('key')
  const closing = OPENS[sign]
  if (closing !== undefined && !isKey) {
    open.push(closing)
    return after(closing === '}' ? 'key or end' : 'value or end')
  }
  const end = isKey && sign !== '"' ? null : match(SCALAR, text, at)
  return end === null ? null : after(isKey ? 'colon' : afterValue(), end)
}

// Doors without an API key: the signature is the proof, as Standard Webhooks says.

/** Bodies of these types come as bytes, which is what was signed; the rest is checked as ever. */
export function rawBodies(scope: FastifyInstance, types: string[]): App {
  scope.removeContentTypeParser(types)
  scope.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const compiler: FastifySchemaCompiler<z.ZodType> = (route) =>
    route.httpPart === 'body' ? (data: unknown) => ({ value: data }) : validatorCompiler(route)
  scope.setValidatorCompiler(compiler)
  return asApp(scope)
}

/** Of headers that came more than once, none. */
export const singleHeaders = ({ headers }: FastifyRequest): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  )

export function signedHeaders({ headers }: FastifyRequest): SignedHeaders {
  const header = (name: string) => [headers[name]].flat()[0]
  return {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  }
}

/** @param forged what to look at where the signature does not fit, Japanese */
export function signatureRefused(reason: 'missing' | 'stale' | 'forged', forged: string): AppError {
  const words = {
    missing:
      '署名がありません。webhook-id、webhook-timestamp、webhook-signature のヘッダーを付けてください。',
    stale: '署名の時刻が現在時刻から5分以上ずれています。送信側の時計を合わせ、署名し直してください。',
    forged,
  }
  return new AppError('UNAUTHENTICATED', words[reason], { details: { reason } })
}

import { factsOf } from './narrow.ts'

/**
 * Keys under which a log line may hold text. Other text comes out as `[redacted]`: a buyer's name, a token or
 * an answer's body that reaches the logger by mistake has no such key. Numbers, booleans, times and UUIDs
 * pass under any key that does not itself name a secret.
 */
const TEXT_KEYS = new Set([
  'action',
  'area',
  'bind',
  'changed',
  'code',
  'component',
  'directory',
  'engine',
  'event',
  'field',
  'folder',
  'from',
  'host',
  'hostname',
  'id',
  'key',
  'kind',
  'level',
  'mallCode',
  'mall',
  'marketplace',
  'method',
  'migration',
  'mode',
  'msg',
  'name',
  'operation',
  'outcome',
  'owner',
  'path',
  'phase',
  'platform',
  'purpose',
  'queue',
  'quota',
  'reason',
  'result',
  'role',
  'roles',
  'route',
  'schema',
  'security',
  'server',
  'setting',
  'signal',
  'source',
  'state',
  'status',
  'step',
  'table',
  'task',
  'to',
  'trigger',
  'type',
  'until',
  'url',
  'version',
  'warning',
])

/** Keys whose value is never shown, whatever its type. */
const SECRET_KEY =
  /passw|passphrase|secret|token|authori[sz]ation|credential|cookie|apikey|api_key|licen[cs]e|private|sealed|raw|body|email|phone|address|buyer|recipient|person|mallmessage|mailtext|subject/i

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const ID_KEY = /Ids?$/
const REDACTED = '[redacted]'
const MAX_TEXT = 300
const MAX_ITEMS = 20
const MAX_DEPTH = 4

/** Copy of `fields`; all that is not known to be harmless is replaced. Never throws, bounds cycles. */
export function scrub(fields: object): Record<string, unknown> {
  return scrubObject(fields, 0)
}

function scrubObject(fields: object, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) out[key] = scrubValue(key, value, depth)
  return out
}

function scrubValue(key: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value
  if (value instanceof Error) return describeError(value)
  // An id that is called after a secret (apiKeyId) names its row, and is what the operator looks for.
  if (typeof value === 'string' && ID_KEY.test(key) && UUID.test(value)) return value
  if (SECRET_KEY.test(key)) return typeof value === 'boolean' ? value : REDACTED
  if (typeof value === 'string') return scrubText(key, value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object')
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => scrubValue(key, item, depth + 1))
  return scrubObject(value, depth + 1)
}

function scrubText(key: string, text: string): string {
  if (UUID.test(text)) return text
  if (!TEXT_KEYS.has(key) && !ID_KEY.test(key)) return REDACTED
  return shorten(key === 'url' || key === 'path' ? withoutQuery(text) : text)
}

const shorten = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

/** A query may carry a key or a buyer's name; user info in a URL is a password. */
const withoutQuery = (url: string) =>
  url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')

/** A logged error: type, code, kind, message, frames, causes. Not `raw`, `mallMessage` or others. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const facts = factsOf(error)
  const out: Record<string, unknown> = { type: error.name, message: safeMessage(error) }
  for (const key of ['code', 'kind', 'reason', 'mallCode'] as const) {
    const value = facts[key]
    if (typeof value === 'string') out[key] = value.slice(0, 80)
  }
  if (typeof facts.status === 'number') out.status = facts.status
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
  if (frames?.length) out.stack = frames.slice(0, 12).join('\n')
  if (depth < 3 && error.cause instanceof Error) out.cause = describeError(error.cause, depth + 1)
  if (depth < 3 && Array.isArray(facts.errors)) {
    const inner = facts.errors.filter((item): item is Error => item instanceof Error).slice(0, 3)
    if (inner.length) out.errors = inner.map((item) => describeError(item, depth + 1))
  }
  return out
}

/** The message without foreign parts: JSON.parse quotes the text, Prisma and pg the values. */
export function safeMessage(error: Error): string {
  if (error.name === 'PrismaClientValidationError')
    return shorten(error.message.trim().split('\n').at(-1) ?? '')
  const quotesInput = error instanceof SyntaxError || /^22/.test(String(factsOf(error).code ?? ''))
  const text = quotesInput ? error.message.replace(/"[^"]*"|'[^']*'|"[\s\S]*$/g, '"…"') : error.message
  return shorten(text.trim())
}

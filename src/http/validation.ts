import type { FastifySchemaCompiler, RouteOptions } from 'fastify'
import { z } from 'zod'
import { outside } from '../platform/db/tenant-scope.ts'
import { AppError, type FieldError } from '../platform/errors.ts'
import { AddressError, type AddressRules, portOf, resolvePublicHost } from '../platform/http/address-guard.ts'
import { factsOf } from '../platform/narrow.ts'
import type { App } from './app-types.ts'

/** More tells a reader nothing, and keeps the answer small when a whole list is wrong. */
const MOST_ERRORS = 50

type Issue = z.core.$ZodIssue

/**
 * Checks bodies, queries, headers and paths. The type provider's own compiler loses form and wording.
 * @throws AppError VALIDATION_FAILED with the fields named as the client wrote them
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    const result =
      httpPart === 'body' ? checkedBody(schema, data) : checkedTexts(schema, data, () => data, '')
    return result.ok ? { value: result.value } : { error: invalid(result.fields) }
  }
}

type Checked<T> = { ok: true; value: T } | { ok: false; fields: FieldError[] }

/** Parses a body, or a part of one for a route that answers each part by itself. */
export function checkedBody<T>(schema: z.ZodType<T>, data: unknown): Checked<T> {
  const outsized = outsizedParts(schema, data)
  if (outsized.length > 0) return { ok: false, fields: outsized }
  // Fastify gives null for a body that was not sent.
  return checkedTexts(schema, data, () => (data === null ? undefined : withoutNulls(schema, data)), 'body')
}

/** @param sent what is parsed, made once the texts are fit: a body that is wrong throughout is not walked */
function checkedTexts<T>(schema: z.ZodType<T>, data: unknown, sent: () => unknown, at: string): Checked<T> {
  const unfit = unfitTexts(data)
  return unfit.length > 0 ? { ok: false, fields: unfit } : checked(schema, sent(), at)
}

/** Parses `data`, or names every wrong field. `at` prefixes the path: `credentials.licenseKey`. */
export function checked<T>(schema: z.ZodType<T>, data: unknown, at: string): Checked<T> {
  const result = schema.safeParse(data, { error: japaneseIssue, reportInput: true })
  if (result.success) return { ok: true, value: result.data }
  const prefix = at === 'body' || at === '' ? [] : [at]
  const fields: FieldError[] = []
  for (const issue of result.error.issues) {
    if (fields.length >= MOST_ERRORS) break
    for (const field of fieldErrors(issue, prefix).slice(0, MOST_ERRORS - fields.length))
      fields.push(field.field === '' ? { ...field, field: at } : field)
  }
  return { ok: false, fields }
}

export const invalid = (fields: FieldError[]): AppError =>
  new AppError(
    'VALIDATION_FAILED',
    `${fields.length} 件の項目に誤りがあります。errors を確認して直してください。`,
    { fields },
  )

/**
 * An address that we shall post to, refused at once where it never could be.
 * @throws AppError HOST_NOT_ALLOWED or VALIDATION_FAILED, naming the field
 */
export async function checkPublicUrl(field: string, text: string, rules: UrlRules): Promise<void> {
  const url = new URL(text)
  const wrong = (message: string, code: string) => invalid([{ field, message, code }])
  if (url.username !== '' || url.password !== '')
    throw wrong('URL にユーザー名やパスワードは含められません。取り除いてください。', 'credentials_in_url')
  if (url.protocol !== 'https:' && !rules.allow.some((entry) => entry === url.hostname || entry === url.host))
    throw wrong('https:// で始まる URL を指定してください。', 'https_required')
  await checkHost(field, url.hostname, rules, portOf(url))
}

/** Hosts that may have a private address and may be called without TLS. */
export interface UrlRules {
  allow: readonly string[]
  resolve?: NonNullable<AddressRules['resolve']>
}

/**
 * Refuses hosts inside the operator's network, and names that do not exist, before they are stored. Looked at
 * again at every connection. @throws AppError HOST_NOT_ALLOWED or VALIDATION_FAILED, naming the field
 */
export async function checkHost(
  field: string,
  host: string,
  rules: AddressRules,
  port: number,
): Promise<void> {
  try {
    // Outside the tenant's turn: the name servers of a stranger's name decide how long this takes.
    await outside(() => resolvePublicHost(host, rules, port))
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    const { message, reason } = error
    if (reason === 'unresolvable') throw invalid([{ field, message, code: 'host_not_found' }])
    throw new AppError('HOST_NOT_ALLOWED', message, {
      fields: [{ field, message, code: 'private_address' }],
    })
  }
}

function fieldErrors(issue: Issue, prefix: readonly PropertyKey[]): FieldError[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
      field: fieldPath([...path, key]),
      message: issue.message,
      code: 'unknown_field',
    }))
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors)
    if (nearest) return nearest.flatMap((inner) => fieldErrors(inner, path))
  }
  return [{ field: fieldPath(path), message: issue.message, code: codeOf(issue) }]
}

function codeOf(issue: Issue): string {
  if (issue.code === 'custom') return 'invalid'
  const missing =
    (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined
  return missing ? 'required' : issue.code
}

/** The branch that came furthest says best what is wrong; branches that fail at the top say nothing. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  )[0]
}

/** `['changes', 3, 'trackingNumber']` as `changes[3].trackingNumber`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

/**
 * Names lists that are longer than they may be, and what nobody knows in an object with much of it. zod looks
 * at each member before it counts them, and builds an error for each: a megabyte took up to half a second at
 * a stretch.
 */
function outsizedParts(schema: z.core.$ZodType, data: unknown, path: PropertyKey[] = []): FieldError[] {
  if (data === null || typeof data !== 'object') return []
  const inner = innerOf(schema)
  if (inner) return outsizedParts(inner, data, path)
  if (schema instanceof z.ZodArray && Array.isArray(data)) {
    const most = longestOf(schema)
    if (data.length > most)
      return [{ field: fieldPath(path) || 'body', message: bound('array', most, '以下'), code: 'too_big' }]
    const { element } = schema.def
    return hasParts(element)
      ? firstOf(data.keys(), (at) => outsizedParts(element, data[at], [...path, at]))
      : []
  }
  if (Array.isArray(data)) return []
  const branch = schema instanceof z.ZodDiscriminatedUnion ? branchOf(schema, data) : schema
  return branch instanceof z.ZodObject ? outsizedFields(branch, factsOf(data), path) : []
}

function outsizedFields(
  { shape, def }: z.ZodObject,
  data: Readonly<Record<string, unknown>>,
  path: PropertyKey[],
): FieldError[] {
  const fieldOf = (name: string) => (Object.hasOwn(shape, name) ? shape[name] : undefined)
  const outsized = firstOf(Object.keys(shape), (name) => {
    const field = fieldOf(name)
    return field && Object.hasOwn(data, name) ? outsizedParts(field, data[name], [...path, name]) : []
  })
  const names = def.catchall === undefined ? [] : Object.keys(data)
  if (outsized.length > 0 || names.length <= Object.keys(shape).length + MOST_ERRORS) return outsized
  return firstOf(names, (name) =>
    fieldOf(name) === undefined
      ? [{ field: fieldPath([...path, name]).toWellFormed(), message: UNKNOWN, code: 'unknown_field' }]
      : [],
  )
}

/** The first MOST_ERRORS of all parts. */
function firstOf<T>(parts: Iterable<T>, errorsOf: (part: T) => FieldError[]): FieldError[] {
  const found: FieldError[] = []
  for (const part of parts) {
    found.push(...errorsOf(part).slice(0, MOST_ERRORS - found.length))
    if (found.length >= MOST_ERRORS) break
  }
  return found
}

function hasParts(schema: z.core.$ZodType): boolean {
  const inner = innerOf(schema)
  if (inner) return hasParts(inner)
  return [z.ZodArray, z.ZodObject, z.ZodDiscriminatedUnion].some((kind) => schema instanceof kind)
}

function longestOf({ def: { checks = [] } }: z.ZodArray): number {
  const most = checks.flatMap((check) =>
    check instanceof z.core.$ZodCheckMaxLength ? [check._zod.def.maximum] : [],
  )
  return Math.min(Number.POSITIVE_INFINITY, ...most)
}

/**
 * Postgres cannot store U+0000 in a text, nor half of a surrogate pair in its JSON, and what UTF-8 cannot say
 * would come back as another text. Names of fields count too. How deep it may go is bounded where JSON is
 * read.
 */
function unfitTexts(data: unknown): FieldError[] {
  const found: FieldError[] = []
  const path: PropertyKey[] = []
  visit(data)
  return found

  /** Stops at the first MOST_ERRORS: a body of a megabyte would cost a second of everybody's. */
  function visit(part: unknown): void {
    if (typeof part === 'string') look(part)
    if (typeof part !== 'object' || part === null) return
    const names = Array.isArray(part) ? part.keys() : Object.keys(part)
    for (const name of names) {
      if (found.length >= MOST_ERRORS) return
      if (typeof name === 'string') look(name)
      path.push(name)
      visit((part as Readonly<Record<PropertyKey, unknown>>)[name])
      path.pop()
    }
  }

  function look(text: string): void {
    const what = text.includes('\0') ? 'U+0000' : text.isWellFormed() ? null : '片方だけのサロゲート'
    if (what === null) return
    const message = `使えない文字（${what}）が含まれています。取り除いてください。`
    found.push({ field: (fieldPath(path) || 'body').toWellFormed(), message, code: 'invalid_text' })
  }
}

/**
 * A misspelt field that is quietly dropped is a setting that somebody believes to be set. So bodies and
 * queries refuse what they do not know, whether or not the route's author thought of it.
 */
export function refuseUnknownFields(app: App): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (!route.schema) return
    const schema = factsOf(route.schema)
    route.schema = {
      ...schema,
      ...(schema.body === undefined ? {} : { body: strict(schema.body) }),
      ...(schema.querystring === undefined ? {} : { querystring: strict(schema.querystring) }),
    }
  })
}

function strict(schema: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return schema
  const { id: _, ...meta } = schema.meta() ?? {}
  return schema.strict().meta(meta)
}

/**
 * Drops fields that are null where the schema knows no null and the field may be left out. Generated clients
 * of languages without `undefined` send an unset optional field as null (its OpenAPI 3.0 twin says
 * `nullable`, or they would invent 0 and false); where null means something of its own, as in an edit of an
 * order, the schema takes null and the field stays.
 */
export function withoutNulls(schema: z.ZodType, data: unknown): unknown {
  return hasNull(data) ? strip(schema, data) : data
}

function hasNull(data: unknown): boolean {
  if (data === null) return true
  return typeof data === 'object' && Object.values(data).some(hasNull)
}

function strip(schema: z.core.$ZodType, data: unknown): unknown {
  if (data === null || typeof data !== 'object') return data
  const inner = innerOf(schema)
  if (inner) return strip(inner, data)
  if (schema instanceof z.ZodArray)
    return Array.isArray(data) ? data.map((item) => strip(schema.def.element, item)) : data
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const branch = branchOf(schema, data)
    return branch ? strip(branch, data) : data
  }
  if (schema instanceof z.ZodUnion) return stripBranch(schema.def.options, data)
  if (schema instanceof z.ZodObject && !Array.isArray(data)) return stripFields(schema.def.shape, data)
  return data
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return schema.def.innerType
  if (schema instanceof z.ZodPipe) return schema.def.in
  return schema instanceof z.ZodLazy ? schema.def.getter() : null
}

function branchOf({ def }: z.ZodDiscriminatedUnion, data: object): z.core.$ZodType | undefined {
  const telling = factsOf(data)[def.discriminator]
  return def.options.find(
    (option) => option instanceof z.ZodObject && takes(option.def.shape[def.discriminator], telling),
  )
}

function stripFields(shape: Readonly<Record<string, z.core.$ZodType>>, data: object): unknown {
  const fields = Object.entries(factsOf(data)).flatMap(([name, value]): [string, unknown][] => {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (field === undefined) return [[name, value]]
    const mayBeLeftOut = value === null && !takes(field, null) && takes(field, undefined)
    return mayBeLeftOut ? [] : [[name, strip(field, value)]]
  })
  return Object.fromEntries(fields)
}

/** The first shape that takes the data without its nulls; where none does, the data is refused unchanged. */
function stripBranch(options: readonly z.core.$ZodType[], data: unknown): unknown {
  for (const option of options) {
    const stripped = strip(option, data)
    if (takes(option, stripped)) return stripped
  }
  return data
}

const takes = (schema: z.core.$ZodType, data: unknown): boolean => z.safeParse(schema, data).success

// Japanese for zod's issues, in words that staff know. Messages written in a schema come first.

const TYPE_NAMES: Record<string, string> = {
  string: '文字列',
  number: '数値',
  int: '整数',
  boolean: 'true または false のどちらか',
  array: '配列（[ ]）',
  object: 'オブジェクト（{ }）',
  record: 'オブジェクト（{ }）',
  date: '日時',
  null: 'null',
}

const FORMAT_NAMES: Record<string, string> = {
  uuid: 'ID（UUID）',
  datetime: '日時（例 2026-04-01T09:00:00+09:00）',
  date: '日付（例 2026-04-01）',
  email: 'メールアドレス',
  url: 'URL',
  hostname: 'ホスト名',
  ipv4: 'IPv4 アドレス',
}

const UNITS: Record<string, string> = { string: ' 文字', array: ' 件', set: ' 件' }

const fallback = z.locales.ja().localeError

const UNKNOWN = 'この項目はありません。項目名を確認してください。'

/** Error map for `safeParse`. Raw issues carry the input, which is looked at and never repeated. */
const japaneseIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPE_NAMES[issue.expected] ?? issue.expected
      const missing = issue.input === undefined ? '必須の項目です。' : ''
      return `${missing}${expected}を指定してください。`
    }
    case 'invalid_value': {
      const missing = issue.input === undefined ? '必須の項目です。' : ''
      return `${missing}${issue.values.map(String).join('、')} のいずれかを指定してください。`
    }
    case 'unrecognized_keys':
      return UNKNOWN
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === false ? 'より大きい' : '以上')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'より小さい' : '以下')
    case 'invalid_format':
      return FORMAT_NAMES[issue.format] === undefined
        ? fallback(issue)
        : `${FORMAT_NAMES[issue.format]}の形で指定してください。`
    case 'invalid_union': {
      const allowed = allowedOf(issue)
      if (allowed.length > 0) return `${allowed.join('、')} のいずれかを指定してください。`
      return '指定の形式が正しくありません。項目の組み合わせを確認してください。'
    }
    default:
      return fallback(issue)
  }
}

/** Values that tell a discriminated union's branches apart, where the sent one is none of them. */
function allowedOf({
  inst,
  discriminator,
}: z.core.$ZodRawIssue & { inst?: unknown; discriminator?: unknown }): string[] {
  if (!(inst instanceof z.ZodDiscriminatedUnion) || typeof discriminator !== 'string') return []
  return inst.options.flatMap((option) => {
    const field = option instanceof z.ZodObject ? option.shape[discriminator] : null
    return field instanceof z.ZodLiteral ? [...field.values].map(String) : []
  })
}

function bound(origin: string, limit: number | bigint, word: string): string {
  if (origin === 'string' && word === '以上' && limit === 1) return '空にはできません。'
  return `${limit}${UNITS[origin] ?? ''}${word}にしてください。`
}

import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { parseEncryptionKeys } from '../platform/crypto/sealer.ts'
import { hostUrls } from '../platform/db/hosts.ts'
import { parseRedisUrl } from '../platform/queue/redis-address.ts'

/** Kinds of settings. Values arrive as text; messages state the expected form and never the given value. */

const ROLES = ['api', 'listener', 'worker'] as const
export type Role = (typeof ROLES)[number]

export const whole = (min: number, max: number, byDefault: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .prefault(String(byDefault))

export const rate = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number)
  .pipe(z.number().min(0.01).max(1000))
  .prefault('1')

export const urlOf = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)), {
    error: `must be a URL beginning with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  })

/** Address of one host, or of several in libpq's form. */
export const databaseUrl = z.string().superRefine((text, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message })
  try {
    const isUrl = urlOf(['postgres', 'postgresql'])
    for (const url of hostUrls(text)) {
      const { error } = isUrl.safeParse(url)
      if (error) return refuse(error.issues[0]?.message ?? 'cannot be read')
    }
  } catch (error) {
    refuse(error instanceof Error ? error.message : 'cannot be read')
  }
})

/** Address of one server, or of Sentinels that name it. */
export const redisUrl = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' })
  }
})

/** Without a slash at the end: paths are put behind it. */
export const mallUrl = (byDefault: string) =>
  urlOf(['https', 'http'])
    .transform((url) => url.replace(/\/+$/, ''))
    .prefault(byDefault)

/** Removes a slash at the end and refuses a query, which would end up in the middle of the appended path. */
export const publicUrl = urlOf(['https', 'http'])
  .refine((url) => !URL.canParse(url) || (new URL(url).search === '' && new URL(url).hash === ''), {
    error: 'must be a URL without query and fragment',
  })
  .transform((url) => url.replace(/\/+$/, ''))

/** `notices@example.jp` or `Torikomi <notices@example.jp>`. */
export const mailAddress = z
  .string()
  .trim()
  .regex(
    /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    'must be a mail address, or Name <address>',
  )

export const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export const addresses = z
  .string()
  .transform(list)
  .pipe(
    z.array(z.string().refine((text) => isIP(text) !== 0, { error: 'must be IP addresses, without a port' })),
  )

/**
 * Origins in the form that browsers send: without a path, and with a port only where it is not the default.
 */
export const origins = z
  .string()
  .transform(list)
  .pipe(
    z.array(
      z.string().refine((text) => /^https?:/.test(text) && URL.parse(text)?.origin === text, {
        error: 'must be origins like https://app.example.jp, without a path',
      }),
    ),
  )

export const roles = z
  .string()
  .transform(list)
  .pipe(z.array(z.enum(ROLES, { error: `knows only ${ROLES.join(', ')}` })).min(1, 'needs at least one role'))
  .transform((given): readonly Role[] => ROLES.filter((role) => given.includes(role)))
  .prefault(ROLES.join(','))

export const encryptionKeys = z.string().superRefine((text, context) => {
  try {
    parseEncryptionKeys(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' })
  }
})

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g

/** Certificates as PEM, and nothing beside them but comments. */
export const authorities = z.string().superRefine((text, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message })
  if (/PRIVATE KEY/.test(text)) return refuse('must hold certificates alone, and no private key')
  const certificates = text.match(CERTIFICATE) ?? []
  const isRead = certificates.every((pem) => {
    try {
      return new X509Certificate(pem).subject !== ''
    } catch {
      return false
    }
  })
  if (certificates.length === 0 || !isRead)
    refuse('must be certificates as PEM (-----BEGIN CERTIFICATE----- …)')
})

export const backupKey = z.string().refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), {
  error: 'must be 32 bytes as base64 (openssl rand -base64 32)',
})

/**
 * Characters that an Authorization header can carry. src/config/load.ts sets the minimum length, which
 * depends on the environment.
 */
export const operatorKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be up to 200 printable characters without blanks')

/** `mall=days`, comma separated. */
export const daysOfMalls = z
  .string()
  .transform(list)
  .pipe(z.array(z.string().regex(/^[a-z]+=\d{1,4}$/, 'must be mall=days, comma separated')))
  .transform(
    (items): Readonly<Record<string, number>> =>
      Object.fromEntries(items.map((item) => [item.split('=')[0] ?? '', Number(item.split('=')[1])])),
  )
  .prefault('')

/** Connections that require TLS in production, by the names that `CONNECTIONS_WITHOUT_TLS` takes. */
export const UNENCRYPTED = ['database', 'redis', 'smtp', 'malls', 'public_url'] as const
export type Unencrypted = (typeof UNENCRYPTED)[number]

export const withoutTls = z
  .string()
  .transform(list)
  .pipe(z.array(z.enum(UNENCRYPTED, { error: `knows only ${UNENCRYPTED.join(', ')}` })))
  .prefault('')

/**
 * Whether a signal goes to the OpenTelemetry collector, in that project's own words: a list, of which other
 * exporters (`console`, `prometheus`) are none of ours. A cluster may set them for all of its pods.
 */
export const otlpSignal = (byDefault: 'otlp' | 'none') => z.string().prefault(byDefault)

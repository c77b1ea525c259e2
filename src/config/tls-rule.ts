import type { Unencrypted } from './fields.ts'

/** One connection into or out of this process, and whether its setting encrypts it. */
interface Way {
  kind: Unencrypted
  setting: string
  url: string | undefined
  encrypted(url: URL): boolean
  remedy: string
}

const https = (url: URL) => url.protocol === 'https:'
/**
 * `prefer` and `allow` fall back to plain text when the server, or an attacker before it, says that it has no
 * TLS.
 */
const POSTGRES_TLS = ['require', 'verify-ca', 'verify-full', 'no-verify']
const postgresTls = (url: URL) => POSTGRES_TLS.includes(url.searchParams.get('sslmode') ?? '')

export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)

/**
 * Lists connections that would carry names, addresses and passwords readable over a network. `smtp://` is not
 * one of them: STARTTLS is required there before the password (src/notices/mailer.ts).
 */
export function withoutTlsFaults(ways: readonly Way[], allowed: readonly Unencrypted[]): string[] {
  return ways.flatMap(({ kind, setting, url, encrypted, remedy }) => {
    const parsed = url === undefined ? null : URL.parse(url)
    if (parsed === null || allowed.includes(kind)) return []
    // A socket file has no host.
    if (parsed.hostname === '' || isLoopback(parsed.hostname) || encrypted(parsed)) return []
    return [
      `${setting} goes without TLS in production: ${remedy}, or name ${kind} in CONNECTIONS_WITHOUT_TLS if that network is yours alone`,
    ]
  })
}

export function waysOf(
  settings: {
    DATABASE_URL?: string | undefined
    DATABASE_MIGRATE_URL?: string | undefined
    REDIS_URL?: string | undefined
    PUBLIC_URL?: string | undefined
  },
  malls: readonly { setting: string; url: string }[],
): Way[] {
  const postgres = (setting: 'DATABASE_URL' | 'DATABASE_MIGRATE_URL'): Way => ({
    kind: 'database',
    setting,
    url: settings[setting],
    encrypted: postgresTls,
    remedy: 'put sslmode=verify-full behind it',
  })
  return [
    postgres('DATABASE_URL'),
    postgres('DATABASE_MIGRATE_URL'),
    {
      kind: 'redis',
      setting: 'REDIS_URL',
      url: settings.REDIS_URL,
      encrypted: (url) => url.protocol === 'rediss:',
      remedy: 'begin it with rediss://',
    },
    {
      kind: 'public_url',
      setting: 'PUBLIC_URL',
      url: settings.PUBLIC_URL,
      encrypted: https,
      remedy: 'begin it with https://',
    },
    ...malls.map(
      ({ setting, url }): Way => ({
        kind: 'malls',
        setting,
        url,
        encrypted: https,
        remedy: 'begin it with https://',
      }),
    ),
  ]
}

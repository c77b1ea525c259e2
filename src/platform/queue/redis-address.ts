/**
 * A Redis of one address (`redis://`, `rediss://` with TLS), or one that Sentinels name, in Lettuce's form:
 * `redis-sentinel://user:password@h1:26379,h2:26379/0?sentinelMasterId=torikomi`.
 * `rediss-sentinel://` uses TLS to the Sentinels and to Redis.
 */
export type RedisAddress = { url: string } | SentinelAddress

/** Options of ioredis. */
interface SentinelAddress extends Login, SentinelLogin {
  sentinels: { host: string; port: number }[]
  /** Name of the group of servers that the Sentinels watch. */
  name: string
  db: number
  failoverDetector: true
  tls?: Record<string, never>
  sentinelTLS?: Record<string, never>
  enableTLSForSentinelMode?: true
}
interface Login {
  username?: string
  password?: string
}
interface SentinelLogin {
  sentinelUsername?: string
  sentinelPassword?: string
}

/** Scheme, login, hosts, the rest. A comma in a password splits nothing. */
const PARTS = /^(rediss?)(-sentinel)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(.*)$/s
const SCHEMES = ['redis', 'rediss', 'redis-sentinel', 'rediss-sentinel']
const SENTINEL_PORT = 26_379
const MOST_SENTINELS = 9
const PARAMETERS = ['sentinelMasterId', 'sentinelUsername', 'sentinelPassword']

/** @throws Error saying what is wrong, without any part of the URL */
export function parseRedisUrl(url: string): RedisAddress {
  const [, scheme = '', behindSentinels] = PARTS.exec(url) ?? []
  if (scheme === '' || (behindSentinels === undefined && !URL.canParse(url)))
    throw new Error(`must be a URL beginning with ${SCHEMES.map((name) => `${name}://`).join(' or ')}`)
  if (behindSentinels === undefined) return { url }

  const urls = redisUrls(url)
  const parsed = urls.map((one) => URL.parse(one))
  const [first] = parsed
  const hosts = parsed.flatMap((one) => (one && one.hostname !== '' ? [one] : []))
  if (!first || hosts.length < urls.length) throw new Error('must name Sentinels as h1:26379,h2:26379')
  if (hosts.length > MOST_SENTINELS) throw new Error(`must name ${MOST_SENTINELS} Sentinels at most`)

  const unknown = [...first.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  const name = first.searchParams.get('sentinelMasterId')
  if (unknown !== undefined) throw new Error(`may have behind it only ${PARAMETERS.join(', ')}`)
  if (!name) throw new Error('must name what the Sentinels watch: ?sentinelMasterId=…')
  const database = /^\/?(\d{0,5})$/.exec(first.pathname)?.[1]
  if (database === undefined) throw new Error('must end with the number of the database, or with none')
  return {
    sentinels: hosts.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? SENTINEL_PORT : Number(port),
    })),
    name,
    db: Number(database),
    ...loginOf(first),
    ...sentinelLoginOf(first.searchParams),
    // A primary that was left behind may still take writes: its connections are dropped at the failover.
    failoverDetector: true,
    ...(scheme === 'rediss' ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  }
}

/** One URL for each host that is connected to first: `redis://` or `rediss://`. */
export function redisUrls(url: string): readonly string[] {
  const [, scheme = '', behindSentinels, login, hosts = '', rest = ''] = PARTS.exec(url) ?? []
  if (behindSentinels === undefined) return [url]
  return hosts.split(',').map((host) => `${scheme}://${login === undefined ? '' : `${login}@`}${host}${rest}`)
}

function loginOf({ username, password }: URL): Login {
  try {
    return {
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    }
  } catch {
    throw new Error('must write a % of its login as %25')
  }
}

function sentinelLoginOf(parameters: URLSearchParams): SentinelLogin {
  const [sentinelUsername, sentinelPassword] = [
    parameters.get('sentinelUsername'),
    parameters.get('sentinelPassword'),
  ]
  return {
    ...(sentinelUsername ? { sentinelUsername } : {}),
    ...(sentinelPassword ? { sentinelPassword } : {}),
  }
}

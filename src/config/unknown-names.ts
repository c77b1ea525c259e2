import leven from 'leven'
import type { Environment } from './load.ts'
import { FILE_SUFFIX, SECRETS, SETTINGS } from './schema.ts'

/** A variable that is no setting but was probably meant as one. */
export interface UnknownName {
  /** Names the setting probably meant, and never the value, which may be a secret. */
  message: string
  /** The setting probably meant, where one name is near enough. */
  nearest?: string
}

const KNOWN = Object.keys(SETTINGS).flatMap((name) =>
  SECRETS.includes(name) ? [name, `${name}${FILE_SUFFIX}`] : [name],
)

/** Used in `.env` by Docker Compose (all docker-compose*.yml), scripts/rolling-update.sh and the sandbox. */
export const OF_COMPOSE: readonly string[] = [
  ...[
    'API',
    'ARCHIVE_BEHIND',
    'ARCHIVE_KEEP_DAYS',
    'BACKUP_FOLDER',
    'BACKUP_INTO',
    'BACKUP_KEEP_DAYS',
    'COMPOSE_FILES',
    'FAULTS',
    'GRAFANA_PORT',
    'HAPROXY_IMAGE',
    'HTTPS_PORT',
    'HTTP_PORT',
    'NODE_IMAGE',
  ],
  ...[
    'NO_BUILD',
    'ORDERS',
    'POSTGRES_IMAGE',
    'POSTGRES_MEMORY',
    'POSTGRES_PASSWORD',
    'POSTGRES_SERVICE_PASSWORD',
    'PROMETHEUS_PORT',
    'REDIS_PASSWORD',
  ],
  ...[
    'SANDBOX_HOST',
    'SANDBOX_KEEP',
    'SANDBOX_PORT',
    'SEED',
    'SITE_ADDRESS',
    'TORIKOMI_IMAGE',
    'TORIKOMI_MEMORY',
    'VERSION',
  ],
]
/** Read by Node.js, its libraries or Docker itself. */
const OF_OTHERS =
  /^(?:NODE|NPM|UV|OTEL|PG|COMPOSE|DOCKER|MALLOC|LC|AWS)_?[A-Z]|^(?:TZ|LANG|PATH|HOME|(?:HTTPS?|NO|ALL)_PROXY)$/i

const MOST_TOLD = 20
/** Longer names are no settings. */
const MAX_LENGTH = 64
/** Shorter ones (HOST, PORT, ROLES) have too many neighbours among what an environment holds of others. */
const SHORTEST = 8
/**
 * Form of a setting's name. Other text may be the rest of a value broken over two lines, and is not shown.
 */
const SHOWN = /^[A-Z][A-Z0-9_]*$/
const OWN_PREFIX = /^TORIKOMI_/

/**
 * Finds names in the environment and in `.env` that are no setting but were probably meant as one. Reports
 * only near misses of the environment, which holds other programs' variables, and every unknown name of the
 * file.
 * @param ofFile names that only the file has
 */
export function findUnknownNames(env: Environment, ofFile: ReadonlySet<string>): UnknownName[] {
  const names = Object.keys(env).filter((name) => !KNOWN.includes(name) && !OF_COMPOSE.includes(name))
  const found = names.flatMap((name) => (ofFile.has(name) ? ofTheFile(name) : ofTheEnvironment(name)))
  const more = found.length - MOST_TOLD
  return more > 0 ? [...found.slice(0, MOST_TOLD), { message: `${more} more names are no settings` }] : found
}

function ofTheEnvironment(name: string): UnknownName[] {
  if (name.length > MAX_LENGTH || bareName(name).length < SHORTEST) return []
  // One slip in a short name, three in a long one.
  const nearest = nearestTo(name, Math.min(3, Math.floor(name.length / 6)))
  return nearest === undefined ? [] : [missed(name, nearest)]
}

function ofTheFile(name: string): UnknownName[] {
  const nearest =
    name.length > MAX_LENGTH ? undefined : nearestTo(name, Math.max(2, Math.floor(name.length / 4)))
  if (nearest !== undefined && (SHOWN.test(name) || bareName(name) === bareName(nearest)))
    return [missed(name, nearest)]
  if (OF_OTHERS.test(name)) return []
  const shown = SHOWN.test(name) && name.length <= MAX_LENGTH ? name : 'a name that is not written like one'
  return [{ message: `${shown} in .env is no setting and is ignored: docs/settings.md lists them` }]
}

const bareName = (name: string): string => name.toUpperCase().replace(OWN_PREFIX, '')

function nearestTo(name: string, most: number): string | undefined {
  const bare = bareName(name)
  let nearest: string | undefined
  let least = most + 1
  for (const known of KNOWN) {
    if (Math.abs(known.length - bare.length) >= least) continue
    const distance = leven(bare, known)
    if (distance < least) [nearest, least] = [known, distance]
  }
  // Only secrets are read from files.
  return nearest ?? KNOWN.find((known) => `${known}${FILE_SUFFIX}` === bare)
}

function missed(name: string, nearest: string): UnknownName {
  const reason =
    bareName(name) === `${nearest}${FILE_SUFFIX}` ? 'only secrets are read from files, set' : 'did you mean'
  return { nearest, message: `${name} is no setting and is ignored: ${reason} ${nearest}?` }
}

import { type LinkName, ROLES } from './deck.ts'
import { type Gate, startGate } from './gate.ts'

/**
 * A gate of its own between each role and each server that it talks to, so that one pair can be parted and no
 * other.
 */
export interface Links {
  gates: ReadonlyMap<LinkName, Gate>
  /** The servers' addresses as this role is to know them. */
  environmentOf(role: string): Record<string, string>
}

export const NO_LINKS: Links = { gates: new Map(), environmentOf: () => ({}) }

const SERVERS: readonly [RegExp, string][] = [
  [/^DATABASE_URL$/, 'postgres'],
  [/^REDIS_URL$/, 'redis'],
  [/^(?:YAHOO|RAKUTEN|AMAZON|AUPAY)_(?:API|AUTH)_URL$/, ''],
]

/** The api asks a mall only where a person is waiting, so malls are parted from the workers alone. */
export async function startLinks(
  environment: Record<string, string>,
  closing: (() => Promise<unknown>)[],
): Promise<Links> {
  const gates = new Map<LinkName, Gate>()
  const byRole = new Map<string, Record<string, string>>()
  for (const role of ROLES) {
    const own: Record<string, string> = {}
    for (const [name, value] of Object.entries(environment)) {
      const server = serverOf(name)
      if (server === null || (role !== 'worker' && server !== 'postgres' && server !== 'redis')) continue
      const link = `${role}-${server}` as LinkName
      const url = new URL(value)
      const gate = gates.get(link) ?? (await startGate({ host: '127.0.0.1', port: Number(url.port) }))
      if (!gates.has(link)) closing.push(gate.close)
      gates.set(link, gate)
      own[name] = value.replace(`:${url.port}`, `:${gate.port}`)
    }
    byRole.set(role, own)
  }
  return { gates, environmentOf: (role) => byRole.get(role) ?? {} }
}

function serverOf(name: string): string | null {
  const found = SERVERS.find(([pattern]) => pattern.test(name))
  if (!found) return null
  return found[1] === '' ? (name.split('_')[0] as string).toLowerCase() : found[1]
}

import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

/**
 * The service as `npm start` runs it, on a machine whose wall clock can be set wrong: whatever asks for the
 * date in this process, libraries too, is told the true time and an offset. Timers go on as they do when a
 * real clock is set.
 */

const trueNow = Date.now
let offsetMs = Number(process.env.CHAOS_CLOCK_OFFSET_MS ?? 0)
const now = (): number => trueNow() + offsetMs

globalThis.Date = new Proxy(Date, {
  apply: (date) => new date(now()).toString(),
  construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [now()] : given, made),
  get: (date, name, receiver) => (name === 'now' ? now : Reflect.get(date, name, receiver)),
})

let namesLost = false

process.on('message', (message: { clockOffsetMs?: number; namesLost?: boolean }) => {
  offsetMs = message.clockOffsetMs ?? offsetMs
  namesLost = message.namesLost ?? namesLost
})

/** Servers of a run are called by this name, where names can be lost. */
const SERVERS = /\.chaos\.invalid$/
const OWN = { address: '127.0.0.1', family: 4 }
const { lookup } = dns
const { lookup: lookupLater } = dns.promises
const gone = (host: string) =>
  Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), {
    code: 'EAI_AGAIN',
    errno: -3001,
    syscall: 'getaddrinfo',
    hostname: host,
  })
const LOOKUP_MS = 5
const isAddress = (host: string): boolean => isIP(host) > 0

type Answer = (error: Error | null, address?: unknown, family?: number) => void
dns.lookup = Object.assign((host: string, options: unknown, answer?: Answer) => {
  const tell = (answer ?? options) as Answer
  const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true
  // As late as a true one: who asks again at once would never let the message in that names are back.
  if (namesLost && !isAddress(host)) return setTimeout(tell, LOOKUP_MS, gone(host))
  if (!SERVERS.test(host))
    return Reflect.apply(lookup, dns, answer ? [host, options, answer] : [host, options])
  if (all) process.nextTick(tell, null, [OWN])
  else process.nextTick(tell, null, OWN.address, OWN.family)
}, lookup)
dns.promises.lookup = (async (host: string, options: { all?: boolean } = {}) => {
  if (namesLost && !isAddress(host)) {
    await new Promise((resolve) => setTimeout(resolve, LOOKUP_MS))
    throw gone(host)
  }
  if (!SERVERS.test(host)) return lookupLater(host, options)
  return options.all ? [OWN] : OWN
}) as typeof lookupLater
syncBuiltinESMExports()
// What only listens for its clock must not keep the process.
process.channel?.unref()

await import('../../src/main.ts')

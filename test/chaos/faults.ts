import { setTimeout as sleep } from 'node:timers/promises'
import { hostileMail } from '../support/mail/malformed-mails.ts'
import { testedMall } from '../support/malls/tested-malls.ts'
import type { Fleet } from './fleet.ts'
import type { Gate } from './gate.ts'
import type { ChaosMailbox, Ground, MailServer } from './ground.ts'
import type { Hooks } from './hooks.ts'
import type { ChaosMall } from './malls.ts'
import { type Fault, type ImapFaultKind, type MallFaultKind, PROCESS_NAMES } from './plan.ts'

export interface Injector {
  /** Does it and undoes it; resolves when it is over. */
  inject(fault: Fault): Promise<void>
}

/** One server cannot be taken away twice at once: faults of the same target wait for each other. */
export function createInjector(ground: Ground, fleet: Fleet, hooks: Hooks): Injector {
  const turns = new Map<string, Promise<void>>()
  const mallFaults = createMallFaults(ground, hooks)
  return {
    inject(fault) {
      const target = targetOf(fault)
      const turn = (turns.get(target) ?? Promise.resolve()).then(() => run(fault))
      turns.set(
        target,
        turn.catch(() => undefined),
      )
      return turn
    },
  }

  async function run(fault: Fault): Promise<void> {
    const { postgres, redis } = ground
    switch (fault.kind) {
      case 'kill':
        return fleet.kill(fault.target, fault.forMs)
      case 'freeze':
        return fleet.freeze(fault.target, fault.forMs)
      case 'postgres-cut':
        return postgres.gate.cut()
      case 'postgres-away':
        postgres.gate.shut()
        await sleep(fault.forMs)
        return postgres.gate.open()
      case 'postgres-restart':
        return postgres.restart()
      case 'postgres-black-hole':
        return silenced(postgres.gate, fault.forMs)
      case 'postgres-read-only':
        await postgres.setting('default_transaction_read_only', 'on')
        await sleep(fault.forMs)
        return postgres.setting('default_transaction_read_only', null)
      case 'dns-gone':
        fleet.loseNames(true)
        // What is connected needs no names: all have to connect anew.
        postgres.gate.cut()
        await sleep(fault.forMs)
        return fleet.loseNames(false)
      case 'partition':
        return silenced(ground.links.gates.get(fault.link) as Gate, fault.forMs)
      case 'hostile-mail': {
        const { user } = ground.mailboxes[fault.mailbox] as ChaosMailbox
        return ground.imap.deliver(user, hostileMail(fault.mail, user))
      }
      case 'disk-full':
        await hooks.fillDisk(true)
        await sleep(fault.forMs)
        return hooks.fillDisk(false)
      case 'clock-step':
        return stepClock(fault.target === 'all' ? PROCESS_NAMES : [fault.target], fault.stepOf, fault.forMs)
      case 'redis-flush':
        return redis?.flush()
      case 'redis-full':
        await redis?.fill(true)
        await sleep(fault.forMs)
        return redis?.fill(false)
      case 'redis-away':
        await redis?.stop()
        await sleep(fault.forMs)
        return redis?.back()
      case 'mall':
        return mallFaults(fault.mall, fault.fault, fault.forMs)
      default:
        return imapFault(
          ground.imap,
          ground.mailboxes[fault.mailbox] as ChaosMailbox,
          fault.kind,
          fault.forMs,
        )
    }
  }

  async function stepClock(
    names: Parameters<Fleet['stepClock']>[0],
    stepOf: number,
    forMs: number,
  ): Promise<void> {
    fleet.stepClock(names, stepOf)
    await sleep(forMs)
    fleet.stepClock(names, 0)
  }
}

async function silenced(gate: Gate, forMs: number): Promise<void> {
  gate.silence(true)
  await sleep(forMs)
  gate.silence(false)
}

const targetOf = (fault: Fault): string =>
  fault.kind === 'kill' || fault.kind === 'freeze'
    ? fault.target
    : fault.kind === 'mall'
      ? fault.mall
      : fault.kind === 'disk-full' || fault.kind === 'dns-gone'
        ? 'postgres'
        : fault.kind === 'partition'
          ? fault.link
          : (fault.kind.split('-')[0] as string)

export async function imapFault(
  server: MailServer,
  { user, gate }: ChaosMailbox,
  kind: ImapFaultKind,
  forMs: number,
): Promise<void> {
  switch (kind) {
    case 'imap-drop':
      return gate.cut()
    case 'imap-bye':
      return gate.say('* BYE Server is going down for maintenance\r\n')
    case 'imap-black-hole':
      return gate.blackHole()
    case 'imap-slow':
      gate.trickle(true)
      await sleep(forMs)
      return gate.trickle(false)
    case 'imap-fetch-no':
      gate.answerInstead(refuseOneMail())
      await sleep(forMs)
      return gate.answerInstead(null)
    case 'imap-uidvalidity':
      return server.changeUidValidity(user)
    case 'imap-refuses':
      await server.refuseLogins(true)
      gate.cut()
      await sleep(forMs)
      return server.refuseLogins(false)
  }
}

const BODY_FETCH = /^(\S+) (?:UID )?FETCH ([\d:,]+) .*BODY\.PEEK\[\]/i

/** The next mail whose text is asked for is the one that the server cannot give, alone or among others. */
function refuseOneMail(): (said: string) => string | null {
  let poisoned: number | null = null
  return (said) => {
    const [, tag, set] = BODY_FETCH.exec(said) ?? []
    if (tag === undefined || set === undefined) return null
    const ranges = set.split(',').map((range) => range.split(':').map(Number))
    poisoned ??= Math.max(...ranges.flat())
    const asks = ranges.some(([from = 0, to = from]) => from <= Number(poisoned) && Number(poisoned) <= to)
    return asks ? `${tag} NO [SERVERBUG] Unable to fetch this message\r\n` : null
  }
}

/** Longer than an adapter waits for an answer. */
const SILENCE_MS = 65_000

type MallFault = (mall: ChaosMall, kind: MallFaultKind, forMs: number) => Promise<void>

/**
 * A call that is under way may still put the shop under attention, with a first look after ten minutes; where
 * Postgres takes no writes meanwhile, that is stored once it does, up to half a minute later.
 */
const PROBE_LOOKS = 50

function createMallFaults(ground: Ground, hooks: Hooks): MallFault {
  return async (mall, kind, forMs) => {
    await ground.atMall(mall, 'PUT', 'faults', [MALL_FAULTS[kind](mall)])
    await sleep(forMs)
    await ground.atMall(mall, 'DELETE', 'faults')
    if (kind === 'key-refused') await untilLookedAt(mall)
  }

  /** A run is over before the ten minutes are: they are moved, and the rest is the service's own. */
  async function untilLookedAt(mall: ChaosMall): Promise<void> {
    for (let look = 0; look < PROBE_LOOKS; look += 1) {
      // The database may be away meanwhile.
      await hooks.makeProbeDue(mall).catch(() => undefined)
      await sleep(1_000)
    }
  }
}

const ofMall = (mall: ChaosMall) =>
  mall === 'connector' ? { lists: 'GET /orders', maintenance: { kind: '503-html' } } : testedMall(mall).fault

const MALL_FAULTS: Record<MallFaultKind, (mall: ChaosMall) => Record<string, unknown>> = {
  '429': () => ({ kind: '429', retryAfterSeconds: 2 }),
  '500': () => ({ kind: '500' }),
  '503-html': () => ({ kind: '503-html' }),
  '200-html': () => ({ kind: '200-html' }),
  // Some calls only: each keeps a worker waiting until it gives up.
  slow: () => ({ kind: 'slow', delayMs: SILENCE_MS, times: 2 }),
  'slow-undone': () => ({ kind: 'slow-undone', delayMs: SILENCE_MS, times: 2 }),
  'slow-5s': () => ({ kind: 'slow', delayMs: 5_000 }),
  '500-done': () => ({ kind: '500-done' }),
  cut: () => ({ kind: 'cut' }),
  'broken-body': () => ({ kind: 'broken-body' }),
  'list-unreadable': (mall) => ({ kind: 'broken-body', operation: ofMall(mall).lists }),
  // One refusal: renewed and sent again. A second one would mean that the consent itself is gone.
  'token-expired': (mall) => ({ kind: mall === 'yahoo' ? 'expired-token' : 'token-expired', times: 1 }),
  'key-refused': () => ({ kind: 'key-refused' }),
  // What each mall is known or said to answer then.
  maintenance: (mall) => ofMall(mall).maintenance,
}

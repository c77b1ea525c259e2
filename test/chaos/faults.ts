import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import type { Ground } from './ground.ts'
import type { Hooks } from './hooks.ts'
import type { ChaosMailbox, MailServer } from './mail-server.ts'
import { createMallFaults } from './mall-faults.ts'
import { type Fault, type ImapFaultKind, PROCESS_NAMES } from './plan.ts'

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
      case 'postgres-cut':
        return postgres.gate.cut()
      case 'postgres-away':
        postgres.gate.shut()
        await sleep(fault.forMs)
        return postgres.gate.open()
      case 'postgres-restart':
        return postgres.restart()
      case 'disk-full':
        await hooks.fillDisk(true)
        await sleep(fault.forMs)
        return hooks.fillDisk(false)
      case 'clock-step':
        return stepClock(fault.target === 'all' ? PROCESS_NAMES : [fault.target], fault.stepOf, fault.forMs)
      case 'redis-flush':
        return redis?.flush()
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

const targetOf = (fault: Fault): string =>
  fault.kind === 'kill'
    ? fault.target
    : fault.kind === 'mall'
      ? fault.mall
      : fault.kind === 'disk-full'
        ? 'postgres'
        : (fault.kind.split('-')[0] as string)

async function imapFault(
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
    case 'imap-uidvalidity':
      return server.changeUidValidity(user)
    case 'imap-refuses':
      await server.refuseLogins(true)
      gate.cut()
      await sleep(forMs)
      return server.refuseLogins(false)
  }
}

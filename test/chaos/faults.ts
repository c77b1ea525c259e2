import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxMall } from '../../src/sandbox/malls.ts'
import type { Fleet } from './fleet.ts'
import type { Ground } from './ground.ts'
import type { Fault, MallFaultKind } from './plan.ts'

export interface Injector {
  /** Does it and undoes it; resolves when it is over. */
  inject(fault: Fault): Promise<void>
}

/** One server cannot be taken away twice at once: faults of the same target wait for each other. */
export function createInjector(ground: Ground, fleet: Fleet): Injector {
  const turns = new Map<string, Promise<void>>()
  const mallFaults = createMallFaults(ground)
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
    const { postgres, redis, imap } = ground
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
      case 'redis-flush':
        return redis?.flush()
      case 'redis-away':
        await redis?.stop()
        await sleep(fault.forMs)
        return redis?.back()
      case 'imap-drop':
        return imap.dropConnections(userOf(fault.mailbox))
      case 'imap-black-hole':
        return imap.blackHole(userOf(fault.mailbox))
      case 'imap-uidvalidity':
        return imap.changeUidValidity(userOf(fault.mailbox))
      case 'imap-refuses':
        imap.faults.loginAnswer = '[UNAVAILABLE] Try again later'
        imap.dropConnections(userOf(fault.mailbox))
        await sleep(fault.forMs)
        imap.faults.loginAnswer = null
        return
      case 'mall':
        return mallFaults(fault.mall, fault.fault, fault.forMs)
    }
  }

  function userOf(mailbox: number): string {
    return (ground.mailboxes[mailbox] as { user: string }).user
  }
}

const targetOf = (fault: Fault): string =>
  fault.kind === 'kill'
    ? fault.target
    : fault.kind === 'mall'
      ? fault.mall
      : (fault.kind.split('-')[0] as string)

/** Longer than an adapter waits for an answer. */
const SILENCE_MS = 65_000

function createMallFaults(ground: Ground) {
  return async (mall: SandboxMall, kind: MallFaultKind, forMs: number): Promise<void> => {
    await ground.atMall(mall, 'PUT', 'faults', [MALL_FAULTS[kind](mall)])
    await sleep(forMs)
    await ground.atMall(mall, 'DELETE', 'faults')
  }
}

const MALL_FAULTS: Record<MallFaultKind, (mall: SandboxMall) => Record<string, unknown>> = {
  '429': () => ({ kind: '429', retryAfterSeconds: 2 }),
  '500': () => ({ kind: '500' }),
  '503-html': () => ({ kind: '503-html' }),
  '200-html': () => ({ kind: '200-html' }),
  // Some calls only: each keeps a worker waiting until it gives up.
  slow: () => ({ kind: 'slow', delayMs: SILENCE_MS, times: 2 }),
  'slow-undone': () => ({ kind: 'slow-undone', delayMs: SILENCE_MS, times: 2 }),
  '500-done': () => ({ kind: '500-done' }),
  cut: () => ({ kind: 'cut' }),
  'broken-body': () => ({ kind: 'broken-body' }),
  // One refusal: renewed and sent again. A second one would mean that the consent itself is gone.
  'token-expired': (mall) => ({ kind: mall === 'yahoo' ? 'expired-token' : 'token-expired', times: 1 }),
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxMall } from '../../sandbox/malls/index.ts'
import type { MallFaultKind } from './deck.ts'
import type { Ground } from './ground.ts'
import type { Hooks } from './hooks.ts'

type MallFault = (mall: SandboxMall, kind: MallFaultKind, forMs: number) => Promise<void>

/** Longer than an adapter waits for an answer. */
const SILENCE_MS = 65_000
/** A call that is under way may still put the shop under attention, with a first look after ten minutes. */
const PROBE_LOOKS = 15

export function createMallFaults(ground: Ground, hooks: Hooks): MallFault {
  return async (mall, kind, forMs) => {
    await ground.atMall(mall, 'PUT', 'faults', [MALL_FAULTS[kind](mall)])
    await sleep(forMs)
    await ground.atMall(mall, 'DELETE', 'faults')
    if (kind === 'key-refused') await untilLookedAt(mall)
  }

  /** A run is over before the ten minutes are: they are moved, and the rest is the service's own. */
  async function untilLookedAt(mall: SandboxMall): Promise<void> {
    for (let look = 0; look < PROBE_LOOKS; look += 1) {
      // The database may be away meanwhile.
      await hooks.makeProbeDue(mall).catch(() => undefined)
      await sleep(1_000)
    }
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
  'slow-5s': () => ({ kind: 'slow', delayMs: 5_000 }),
  '500-done': () => ({ kind: '500-done' }),
  cut: () => ({ kind: 'cut' }),
  'broken-body': () => ({ kind: 'broken-body' }),
  'list-unreadable': (mall) => ({ kind: 'broken-body', operation: LISTS[mall] }),
  // One refusal: renewed and sent again. A second one would mean that the consent itself is gone.
  'token-expired': (mall) => ({ kind: mall === 'yahoo' ? 'expired-token' : 'token-expired', times: 1 }),
  'key-refused': () => ({ kind: 'key-refused' }),
  // What each mall is known or said to answer then.
  maintenance: (mall) => MAINTENANCE[mall],
}

const LISTS: Record<SandboxMall, string> = {
  yahoo: 'orderList',
  rakuten: 'searchOrder',
  amazon: 'searchOrders',
  aupay: 'searchTradeInfoListProc',
}

const MAINTENANCE: Record<SandboxMall, Record<string, unknown>> = {
  yahoo: { kind: '503-html' },
  rakuten: { kind: '503-empty' },
  amazon: { kind: '503-json' },
  aupay: { kind: 'status-1', code: 'CME9999', message: 'ただいまメンテナンス中です。' },
}

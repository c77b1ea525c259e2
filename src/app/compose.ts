import type { Role } from '../config/fields.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { LISTENED_MALLS, type ListenedMalls } from '../marketplaces/mails.ts'
import { readSweepGauges } from '../reconciliation/gauges.ts'
import { readCredentialGauges } from '../shops/calendar/lifetimes.ts'
import { readChangeGauges } from '../site-changes/gauges.ts'
import type { ApiArea } from './api-area.ts'
import { type AreaTools, type Core, createCore } from './core.ts'
import type { WorkerArea } from './worker-area.ts'

/** Parts that the roles of this process need, and no more. */
export interface Areas extends Pick<Core, 'wrongKey'> {
  authenticate: Core['authenticator']['authenticate']
  /** Null: this process has not the role. */
  api: ApiArea | null
  worker: WorkerArea | null
  listener: Listening | null
  /** Numbers that are read for a scrape. */
  readGauges(): Promise<void>
}

interface Listening {
  /** Starts to listen to mailboxes; the answer stops it again. */
  listen(): (timeoutMs: number) => Promise<void>
}

/**
 * Makes the areas known to each other; nothing runs yet. What only one role needs is loaded where that role
 * is: a process that answers nothing holds no routes, one that reads mails no way to write to a mall.
 */
export async function createAreas(tools: AreaTools, roles: readonly Role[]): Promise<Areas> {
  const speaks = roles.includes('api') || roles.includes('worker')
  const marketplaces = speaks ? await adaptersOf(tools) : new Map()
  const core = createCore(tools, marketplaces)
  const { shared } = core
  const messages = speaks ? (await import('./messages.ts')).createMessages(core) : null
  return {
    authenticate: core.authenticator.authenticate,
    wrongKey: core.wrongKey,
    api:
      messages && roles.includes('api')
        ? (await import('./api-area.ts')).createApiArea(core, messages)
        : null,
    worker:
      messages && roles.includes('worker')
        ? (await import('./worker-area.ts')).createWorkerArea(core, messages)
        : null,
    listener: roles.includes('listener')
      ? await listening(core, speaks ? marketplaces : (tools.marketplaces ?? LISTENED_MALLS))
      : null,
    readGauges: async () =>
      void (await Promise.all([
        readChangeGauges(shared),
        readSweepGauges(shared),
        readCredentialGauges(shared),
      ])),
  }
}

async function adaptersOf({ marketplaces, config }: AreaTools): Promise<Marketplaces> {
  if (marketplaces) return marketplaces
  const { createMarketplaces } = await import('../marketplaces/index.ts')
  return createMarketplaces(config.malls)
}

/** @param malls adapters where the process has them, else what their mails need alone */
async function listening(core: Core, malls: ListenedMalls): Promise<Listening> {
  const { createListener } = await import('../mail/listener/index.ts')
  return {
    listen() {
      core.warmUpJudge()
      const tools = { ...core.shared, ...core.mailTools, marketplaces: malls, judge: core.judge }
      return core.listener.start(createListener(tools))
    },
  }
}

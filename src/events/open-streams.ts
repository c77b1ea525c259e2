import type { FastifyReply } from 'fastify'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'

export interface StreamLimits {
  /** Open at this process. */
  perKey: number
  perTenant: number
}

interface Stream {
  reply: FastifyReply
  tenantId: string
  /** API key or person by which streams are counted. */
  caller: string
  /** The key or session that authenticated it. */
  proof: string
  /** Rejects once `proof` is no longer accepted. */
  askAgain: () => Promise<unknown>
}

export interface OpenStreams {
  /** @throws AppError TOO_MANY_REQUESTS where the caller or its tenant holds as many as it may */
  checkRoom(of: Pick<Stream, 'tenantId' | 'caller'>): void
  add(stream: Stream): void
  endAll(): void
}

/** A stream lasts up to an hour, so its key is checked repeatedly; the result is cached for 5 s. */
const LOOK_EVERY_MS = 2_000
const COME_AGAIN_SECONDS = 30

/** Tracks the open streams of this process and whether each may stay open. */
export function createOpenStreams(limits: StreamLimits, lookEveryMs = LOOK_EVERY_MS): OpenStreams {
  const open = new Set<Stream>()
  let looking: NodeJS.Timeout | null = null

  function full(what: string, most: number): AppError {
    return new AppError(
      'TOO_MANY_REQUESTS',
      `イベント配信の同時接続数が上限（${what}につき ${most} 本）に達しています。使っていない接続を閉じてください。`,
      { details: { retryAfterSeconds: COME_AGAIN_SECONDS } },
    )
  }

  async function look(): Promise<void> {
    const byProof = Map.groupBy(open, ({ proof }) => proof)
    for (const streams of byProof.values()) {
      const refused = await streams[0]?.askAgain().then(
        () => false,
        // An unavailable database ends no stream.
        (error: unknown) => error instanceof AppError,
      )
      if (refused) for (const { reply } of streams) reply.raw.end()
    }
  }

  function lookLater(): void {
    looking = setTimeout(() => {
      void look().finally(() => {
        looking = null
        if (open.size > 0) lookLater()
      })
    }, lookEveryMs)
    looking.unref()
  }

  return {
    checkRoom({ tenantId, caller }) {
      let ofCaller = 0
      let ofTenant = 0
      for (const stream of open) {
        if (stream.caller === caller) ofCaller += 1
        if (stream.tenantId === tenantId) ofTenant += 1
      }
      if (ofCaller >= limits.perKey) throw full('API キーまたは担当者 1 つ', limits.perKey)
      if (ofTenant >= limits.perTenant) throw full('ご契約 1 件', limits.perTenant)
    },
    add(stream) {
      open.add(stream)
      stream.reply.raw.once('close', () => open.delete(stream))
      if (looking === null) acrossTenants('it looks at the keys of all streams', lookLater)
    },
    endAll() {
      if (looking !== null) clearTimeout(looking)
      for (const { reply } of open) reply.raw.end()
    },
  }
}

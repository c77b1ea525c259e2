import type { FastifyReply } from 'fastify'
import type { Authenticate } from '../http/auth.ts'
import { AppError } from '../platform/errors.ts'

export interface StreamLimits {
  /** Open at this process. */
  perKey: number
  perTenant: number
}

interface Stream {
  reply: FastifyReply
  tenantId: string
  apiKeyId: string
  /** As it was shown; null where a request was let in otherwise. */
  key: string | null
}

export interface OpenStreams {
  /** @throws AppError TOO_MANY_REQUESTS where the key or its tenant holds as many as it may */
  checkRoom(of: Pick<Stream, 'tenantId' | 'apiKeyId'>): void
  add(stream: Stream): void
  endAll(): void
}

/** A stream goes on for up to an hour, so its key is looked at again and again; what was read of it is kept for 5 s. */
const LOOK_EVERY_MS = 2_000
const COME_AGAIN_SECONDS = 30

/** The streams of this process: how many there are, and whether they may still be there. */
export function createOpenStreams(
  authenticate: Authenticate,
  limits: StreamLimits,
  lookEveryMs = LOOK_EVERY_MS,
): OpenStreams {
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
    const byKey = Map.groupBy(open, ({ key }) => key)
    for (const [key, streams] of byKey) {
      if (key === null) continue
      const refused = await authenticate(key).then(
        () => false,
        // A database that is away refuses nobody.
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
    checkRoom({ tenantId, apiKeyId }) {
      let ofKey = 0
      let ofTenant = 0
      for (const stream of open) {
        if (stream.apiKeyId === apiKeyId) ofKey += 1
        if (stream.tenantId === tenantId) ofTenant += 1
      }
      if (ofKey >= limits.perKey) throw full('API キー 1 つ', limits.perKey)
      if (ofTenant >= limits.perTenant) throw full('ご契約 1 件', limits.perTenant)
    },
    add(stream) {
      open.add(stream)
      stream.reply.raw.once('close', () => open.delete(stream))
      if (looking === null) lookLater()
    },
    endAll() {
      if (looking !== null) clearTimeout(looking)
      for (const { reply } of open) reply.raw.end()
    },
  }
}

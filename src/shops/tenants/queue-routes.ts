import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { CutLater } from '../../http/schemas.ts'

interface QueueCounts {
  waiting: number
  active: number
  delayed: number
  failed: number
}

/** Counts by queue name. */
export type ReadQueues = () => Promise<Readonly<Record<string, QueueCounts>>>

const Count = z.int().min(0)

const Queue = z
  .object({
    name: z.string().describe('Queue (キュー名)'),
    waiting: Count.describe('Wake-ups not yet taken up (待機)'),
    active: Count.describe('Shops being worked on (処理中)'),
    delayed: Count.describe('Wake-ups for later (遅延)'),
    failed: Count.describe('Wake-ups that ended in an error; the work itself stays in the database (失敗)'),
  })
  .describe('One queue (キュー)')

export const queueRoutes =
  ({ readQueues }: { readQueues: ReadQueues }): Routes =>
  (app) => {
    app.get(
      '/queues',
      {
        schema: {
          tags: ['operator'],
          operationId: 'listQueues',
          summary: 'How full the queues are (キューの状況)',
          description: 'The queue only wakes; what is to be done is in the database.',
          response: { 200: z.object({ queues: z.array(Queue), nextCursor: CutLater }) },
        },
      },
      async () => {
        const queues = await readQueues()
        return {
          queues: Object.entries(queues).map(([name, counts]) => ({ name, ...counts })),
          nextCursor: null,
        }
      },
    )
  }

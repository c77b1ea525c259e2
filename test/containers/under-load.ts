import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * `node test/containers/under-load.ts`: asks for the board and, each tenth time, pulls, ten times a second
 * until SIGTERM (a key may ask 1,200 times a minute); then says how many were answered and ends with 1 if any
 * was not. The key is API_KEY, the service BASE_URL. With MOST_REFUSED_SECONDS some may be refused, in so
 * long a time at most: a proxy that is made anew.
 */

const base = process.env.BASE_URL ?? ''
const headers = { authorization: `Bearer ${process.env.API_KEY ?? ''}`, 'content-type': 'application/json' }
const failed = new Map<string, number>()
const failedAt: number[] = []
const running = new Set<Promise<void>>()
let asked = 0
let slowest = 0
let busy = 0
let going = true
process.once('SIGTERM', () => {
  going = false
})

async function ask(n: number): Promise<void> {
  const begun = performance.now()
  const send = () =>
    n % 10 === 0
      ? fetch(`${base}/v1/orders/pull`, {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': `load-${process.pid}-${n}` },
          body: '{"limit":1}',
        })
      : fetch(`${base}/v1/board`, { headers })
  let result = ''
  for (let tries = 1; result === ''; tries += 1)
    result = await send().then(
      async (answer) => {
        await answer.text()
        // One heavy read a tenant at once: on a loaded machine these come faster than they are answered,
        // updated or not.
        if (answer.status !== 429 || tries === 5) return answer.ok ? 'ok' : String(answer.status)
        busy += 1
        await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1_000)
        return ''
      },
      (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
    )
  slowest = Math.max(slowest, performance.now() - begun)
  if (result === 'ok') return
  failed.set(result, (failed.get(result) ?? 0) + 1)
  failedAt.push(begun)
}

while (going) {
  asked += 1
  const one = ask(asked).finally(() => running.delete(one))
  running.add(one)
  await sleep(100)
}
await Promise.all(running)
const why = [...failed].map(([reason, count]) => `${count} × ${reason}`).join(', ')
process.stdout.write(
  `${asked} requests, slowest ${Math.round(slowest)} ms, load of the machine ${loadavg()[0]?.toFixed(0)}, told to come again: ${busy}, failed: ${why || 'none'}\n`,
)
const refusedSeconds = failedAt.length === 0 ? 0 : (Math.max(...failedAt) - Math.min(...failedAt)) / 1_000
if (failedAt.length > 0) process.stdout.write(`refused within ${refusedSeconds.toFixed(1)} s\n`)
process.exitCode = failed.size > 0 && refusedSeconds >= Number(process.env.MOST_REFUSED_SECONDS ?? 0) ? 1 : 0

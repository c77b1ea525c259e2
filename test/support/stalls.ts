import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { startSandboxImap } from '../../sandbox/imap/index.ts'

/**
 * The sandbox's mail server in a thread of its own, for tests that measure how long the service holds up its
 * thread.
 */
export interface ImapThread {
  host: string
  port: number
  deliver(source: Uint8Array): Promise<void>
  close(): Promise<void>
}

interface Account {
  user: string
  password: string
}

export async function startImapThread(account: Account): Promise<ImapThread> {
  const thread = new Worker(new URL(import.meta.url), { workerData: account })
  const [{ host, port }] = (await once(thread, 'message')) as [{ host: string; port: number }]
  return {
    host,
    port,
    async deliver(source) {
      thread.postMessage(source)
      await once(thread, 'message')
    },
    async close() {
      await thread.terminate()
    },
  }
}

async function serve({ user, password }: Account): Promise<void> {
  const imap = await startSandboxImap({ users: [{ user, password }] })
  parentPort?.on('message', (source: Uint8Array) => {
    imap.deliver(user, Buffer.from(source))
    parentPort?.postMessage('delivered')
  })
  parentPort?.postMessage({ host: imap.host, port: imap.port })
}

// A test may run in a thread as well.
const account = isMainThread ? undefined : (workerData as Partial<Account> | null)
if (account?.user && account.password) await serve(account as Account)

/**
 * The longest time for which this thread worked on without a pause, in milliseconds. A wait for a busy
 * machine's processor is none of the code's doing: what counts of a late timer is the processor time that the
 * thread itself used meanwhile.
 */
export function watchStalls(): { longest(): number; stop(): number } {
  let longest = 0
  let last = process.threadCpuUsage()
  const look = () => {
    const used = process.threadCpuUsage()
    longest = Math.max(longest, (used.user + used.system - last.user - last.system) / 1_000)
    last = used
  }
  const timer = setInterval(look, 1)
  return {
    longest: () => longest,
    stop() {
      clearInterval(timer)
      // What was worked on until now has not been looked at.
      look()
      return longest
    },
  }
}

import { type Api, waitFor } from '../../sandbox/demo/client.ts'
import { seconds } from '../../sandbox/demo/show.ts'
import { print } from './latencies.ts'
import type { SandboxClient, SandboxMailboxView } from './sandbox-client.ts'

/** What the mail server sees of the listeners. */

/** One IMAP connection to the mailbox: a second one would be a second listener. */
export async function listened(client: Api, sandbox: SandboxClient, limitMs: number): Promise<void> {
  const began = performance.now()
  await waitFor(
    'the mailbox to be listened to',
    async () => {
      const { connections } = await lookOnce(sandbox)
      const { mailboxes } = await client.get<{ mailboxes: { state: string }[] }>('/mailboxes')
      return { connections, states: mailboxes.map(({ state }) => state) }
    },
    ({ connections, states }) => connections === 1 && states.join() === 'connected',
    { everyMs: 100, limitMs },
  )
  print(`  the mailbox is listened to after ${seconds(performance.now() - began)}`)
}

/** At no time may there be two. */
async function lookOnce(sandbox: SandboxClient): Promise<SandboxMailboxView> {
  const view = await sandbox.mailbox()
  if (view.connections > 1) throw new Error(`${view.connections} connections to the mailbox at once`)
  return view
}

/** What was restored may be a drill beside the real one. */
export async function notListened(sandbox: SandboxClient, forMs: number): Promise<void> {
  for (const end = Date.now() + forMs; Date.now() < end; ) {
    const { connections } = await sandbox.mailbox()
    if (connections > 0) throw new Error('a quiet stack listens to the mailbox')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  print(`  nobody listened to the mailbox for ${seconds(forMs)}`)
}

export async function neverTwice(sandbox: SandboxClient, forMs: number): Promise<void> {
  const end = Date.now() + forMs
  let looks = 0
  for (; Date.now() < end; looks += 1) {
    const { connections } = await lookOnce(sandbox)
    if (connections !== 1) throw new Error('the mailbox is not listened to')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  print(`  one IMAP connection at each of ${looks} looks in ${seconds(forMs)}`)
}

/** A mailbox is only read. */
export async function untouched(sandbox: SandboxClient): Promise<void> {
  const { mails, commands } = await sandbox.mailbox()
  const flagged = mails.filter(({ flags }) => flags.length > 0)
  const writing = Object.keys(commands).filter((name) => /SELECT|STORE|EXPUNGE|APPEND|COPY|MOVE/i.test(name))
  if (flagged.length > 0 || writing.length > 0)
    throw new Error(
      `${flagged.length} of ${mails.length} mails have flags; commands: ${writing.join(', ') || 'reading only'}`,
    )
  print(`  ${mails.length} mails without a flag, read with ${Object.keys(commands).toSorted().join(', ')}`)
}

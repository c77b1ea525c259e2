import { setTimeout as sleep } from 'node:timers/promises'
import { imapFault } from '../chaos/faults.ts'
import type { ChaosMailbox, Ground } from '../chaos/ground.ts'
import type { History } from '../chaos/history.ts'
import { HOSTILE_MAILS, hostileMail } from '../support/mail/malformed-mails.ts'

/**
 * What strangers and a mail server that is out of order do to a shop all day, at a steady pace among the real
 * mails.
 */

const MAIL_EVERY_MS = 10_000
/** One turn of so many has a mail that the server cannot give, for as long as it takes to be stepped over. */
const REFUSAL_EVERY = 30
const REFUSED_MS = 60_000

export interface Hostile {
  /** Ends it; resolves when nothing of it is left. */
  stop(): Promise<void>
}

/** Each mailbox gets each kind of mail in turn. What was done stands in the history. */
export function startHostile(ground: Ground, history: History): Hostile {
  const stopping = new AbortController()
  const refusals: Promise<void>[] = []
  let noting = 0
  const done = run()
  return {
    async stop() {
      stopping.abort()
      await Promise.all([done, ...refusals])
    },
  }

  async function run(): Promise<void> {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const { mailboxes } = ground
      const mailbox = mailboxes[turn % mailboxes.length] as ChaosMailbox
      if (turn % REFUSAL_EVERY === REFUSAL_EVERY - 1) refusals.push(refuse(mailbox))
      const kind = HOSTILE_MAILS[Math.floor(turn / mailboxes.length) % HOSTILE_MAILS.length] ?? 'marks'
      await noted(`hostile-mail ${kind}`, () =>
        ground.imap.deliver(mailbox.user, hostileMail(kind, mailbox.user)),
      )
      await sleep(MAIL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  function refuse(mailbox: ChaosMailbox): Promise<void> {
    return noted('imap-fetch-no', () => imapFault(ground.imap, mailbox, 'imap-fetch-no', REFUSED_MS))
  }

  async function noted(name: string, inject: () => Promise<void>): Promise<void> {
    const value = { name, n: noting }
    noting += 1
    history.note({ process: 'faults', f: 'fault', type: 'invoke', value })
    await inject()
    history.note({ process: 'faults', f: 'fault', type: 'ok', value })
  }
}

import { afterEach, describe, expect, it } from 'vitest'
import { type IntakeBatch, searchRangeAfter } from '../../../src/mail/intake/batch.ts'
import { signIn } from '../../../src/mail/listener/connection.ts'
import { openFolder } from '../../../src/mail/listener/folder.ts'
import { MailboxReader } from '../../../src/mail/listener/mailbox-reader.ts'
import { DEFAULT_TIMING } from '../../../src/mail/listener/timing.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { type ListenerBench, listenerBench, mailOfNoMall, orderMail } from '../../support/mail/listener.ts'
import { noAccess } from '../../support/mail/oauth.ts'
import { type Mailutils, startMailutils } from '../../support/mail/servers/mailutils.ts'
import { serversMissing } from '../../support/mail/servers/root.ts'

const USER = 'orders'
const PASSWORD = 'secret-password'
const WAIT = { timeout: 60_000, interval: 50 }
const missing = serversMissing()

describe.skipIf(missing !== null)(
  `a mailbox on GNU mailutils${missing === null ? '' : ` [${missing}]`}`,
  () => {
    let server: Mailutils
    let bench: ListenerBench | undefined

    afterEach(async () => {
      await bench?.close()
      await server?.stop()
    })

    it('is read to the end, when more came than one list has', async () => {
      server = await startMailutils({ [USER]: PASSWORD })
      const address = { host: 'localhost', port: server.tlsPort, security: 'tls', username: USER } as const
      bench = await listenerBench({ login: { ...address, password: PASSWORD }, ca: server.ca })
      await server.deliver(USER, mailOfNoMall(0))
      const first = bench.listen()
      await expect.poll(async () => (await bench?.mailbox())?.state, WAIT).toBe('connected')
      await first.stop(5_000)
      const many = Array.from({ length: 520 }, (_, n) => mailOfNoMall(n + 1))
      await server.fill(USER, [...many, orderMail(USER, 1)])
      bench.listen()
      await expect.poll(bench.requests, WAIT).toHaveLength(1)

      // Its UIDs are others at each look, and it searches for places in its list where UIDs are asked for.
      const hostGuard = async () => '127.0.0.1'
      const tools = { hostGuard, timing: DEFAULT_TIMING, access: noAccess, ca: server.ca }
      const by = { kind: 'password', password: PASSWORD } as const
      const { link } = await signIn(address, by, tools, new AbortController().signal)
      const inbox = await openFolder(link, 'INBOX')
      const last = (inbox.uidNext ?? 0) - 1
      expect((await inbox.search({ uid: searchRangeAfter(last - 510) })).length).toBeLessThan(510)
      const read: IntakeBatch[] = []
      const readerTools = {
        clock: systemClock,
        malls: new Map(),
        loadShops: async () => ({ shops: [], rules: [] }),
        async intake(batch: IntakeBatch) {
          read.push(batch)
          return { recognised: 0, unreadable: 0, duplicates: 0 }
        },
        firstDays: 3,
      }
      const mailbox = {
        id: 'm',
        tenantId: 't',
        leaseOwner: 'o',
        cursor: { uidValidity: inbox.uidValidity, lastUid: last - 510 },
        readUntil: null,
        uidsUnstableSince: null,
        settings: { authservId: null },
      }
      await new MailboxReader(inbox, mailbox, readerTools as never, new AbortController().signal).catchUp()
      expect(read.reduce((sum, { ignored }) => sum + ignored, 0)).toBe(510)
      expect(read.at(-1)?.to.lastUid).toBe(last)
      link.close()
    })
  },
)

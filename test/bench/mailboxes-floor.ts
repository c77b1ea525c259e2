import { ImapFlow } from 'imapflow'

/**
 * The floor of idle mailboxes, as a process of its own: ImapFlow alone, as the service sets it up, logged in,
 * the inbox examined and in IDLE. Begins when it is told how many, and says when all of them wait.
 */

/** As many starts at a time as the service allows for one host. */
const AT_A_TIME = 8
const MINUTES_20 = 20 * 60_000

async function open(n: number): Promise<void> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    servername: 'localhost',
    port: Number(process.env.IMAP_PORT),
    secure: true,
    auth: { user: `shop${n}@mail.example`, pass: process.env.IMAP_PASSWORD ?? '' },
    logger: false,
    disableCompression: true,
    disableAutoEnable: true,
    disableAutoIdle: true,
    maxIdleTime: MINUTES_20,
    socketTimeout: MINUTES_20,
  })
  client.on('error', (error) => {
    process.stderr.write(`${error}\n`)
    process.exit(1)
  })
  await client.connect()
  await client.mailboxOpen('INBOX', { readOnly: true })
  void client.idle()
}

process.stdout.write('ready\n')
process.stdin.once('data', async (count) => {
  let next = 0
  const some = async () => {
    for (let n = next++; n < Number(count); n = next++) await open(n)
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, some))
})

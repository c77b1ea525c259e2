import { ImapFlow } from 'imapflow'
import { simpleParser } from 'mailparser'
import pg from 'pg'

/**
 * The bare floor the service is compared with, as a process of its own: ImapFlow, mailparser, one API call
 * and one INSERT per mail, one after the other. No queue, no recognition, no mapping, nothing sealed, nothing
 * that survives a crash.
 */

const env = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is missing`)
  return value
}

const NUMBER = /\d{6}-\d{8}-\d{8,10}/
const pool = new pg.Client({ connectionString: env('DATABASE_URL') })
await pool.connect()

const imap = new ImapFlow({
  host: env('IMAP_HOST'),
  port: Number(env('IMAP_PORT')),
  secure: false,
  doSTARTTLS: false,
  auth: { user: env('IMAP_USER'), pass: env('IMAP_PASSWORD') },
  logger: false,
  disableCompression: true,
  disableAutoIdle: true,
})
imap.on('error', (error) => {
  process.stderr.write(`${error}\n`)
  process.exit(1)
})

async function fetchOrder(orderNumber: string): Promise<string> {
  const answer = await fetch(`${env('API_URL')}/es/2.0/order/getOrder/`, {
    method: 'POST',
    headers: { authorization: env('API_AUTHORIZATION'), 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ orderNumberList: [orderNumber], version: 10 }),
  })
  return answer.text()
}

let lastUid = Number(env('LAST_UID'))

async function readNew(): Promise<void> {
  for await (const mail of imap.fetch(
    `${lastUid + 1}:*`,
    { uid: true, envelope: true, source: true },
    { uid: true },
  )) {
    if (mail.uid <= lastUid) continue
    lastUid = mail.uid
    const parsed = await simpleParser(mail.source as Buffer, { skipTextToHtml: true, skipImageLinks: true })
    const number = NUMBER.exec(parsed.text ?? '')?.[0]
    if (!number) continue
    const body = await fetchOrder(number)
    await pool.query('INSERT INTO floor_orders (order_number, body) VALUES ($1, $2)', [number, body])
  }
}

let arrived = true
let wake = () => {}
imap.on('exists', () => {
  arrived = true
  wake()
})
await imap.connect()
await imap.mailboxOpen('INBOX', { readOnly: true })
process.stdout.write('ready\n')
for (;;) {
  while (arrived) {
    arrived = false
    await readNew()
  }
  const news = new Promise<void>((resolve) => {
    wake = resolve
  })
  while (!arrived) await Promise.race([news, imap.idle()])
}

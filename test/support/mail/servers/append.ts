import { ImapFlow } from 'imapflow'

/** Logs in without TLS, for what a test does to a mailbox that the listener only reads. */
export async function withAccount<T>(
  { port, user, password }: { port: number; user: string; password: string },
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    disableAutoEnable: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

export const appendMail = (
  account: { port: number; user: string; password: string },
  source: Buffer,
  { internalDate, folder = 'INBOX' }: { internalDate?: Date; folder?: string } = {},
): Promise<void> =>
  withAccount(account, async (client) => {
    if (folder !== 'INBOX') await client.mailboxCreate(folder)
    await client.append(folder, source, [], internalDate)
  })

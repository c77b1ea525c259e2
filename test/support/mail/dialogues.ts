import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createCommandReader, type Token, tokenize } from '../../../sandbox/imap/command-reader.ts'

/**
 * Answers of providers to which nobody here has an account, as public programs, their tests and their
 * records show them: the lines are theirs, the mails ours. Yahoo!メール has no public record.
 */
export interface Dialogue {
  greeting: string
  /** Before and after the login; null: named by the greeting or the login alone. */
  capabilities: readonly [before: string, after: string]
  /** Untagged lines and the tagged text after a good login. */
  login: readonly string[]
  id: string | null
  /** Lines in the order of the provider; the last is the tagged one. */
  examine(box: { exists: number; uidNext: number }): readonly string[]
  /** One mail; the parts in the order of the provider. */
  fetch(mail: FetchedMail): Buffer
  fetched: string
  searched: string
  idle: readonly [begun: string, ended: string]
  noop: string
}

interface FetchedMail {
  sequence: number
  uid: number
  size: number
  /** Each as `NAME {length}CRLF bytes`. */
  parts: { name: string; bytes: Buffer }[]
}

const literal = ({ name, bytes }: { name: string; bytes: Buffer }): Buffer =>
  Buffer.concat([Buffer.from(`${name} {${bytes.length}}\r\n`), bytes])

const joined = (head: string, parts: Buffer[], tail = ')\r\n'): Buffer =>
  Buffer.concat([
    Buffer.from(head),
    ...parts.flatMap((part, n) => (n === 0 ? [part] : [Buffer.from(' '), part])),
    Buffer.from(tail),
  ])

export const DIALOGUES: Readonly<Record<string, Dialogue>> = {
  Gmail: {
    greeting: '* OK Gimap ready for requests from 192.0.2.1 u21mb183888216edq',
    capabilities: [
      'IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER',
      'IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584',
    ],
    login: ['orders@shop.example authenticated (Success)'],
    id: '* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" "http://support.google.com/mail")',
    examine: ({ exists, uidNext }) => [
      '* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing)',
      '* OK [PERMANENTFLAGS ()] Flags permitted.',
      '* OK [UIDVALIDITY 1] UIDs valid.',
      `* ${exists} EXISTS`,
      '* 0 RECENT',
      `* OK [UIDNEXT ${uidNext}] Predicted next UID.`,
      '* OK [HIGHESTMODSEQ 4711]',
      'OK [READ-ONLY] INBOX selected. (Success)',
    ],
    fetch: ({ sequence, uid, size, parts }) =>
      joined(`* ${sequence} FETCH (UID ${uid} RFC822.SIZE ${size} `, parts.map(literal)),
    fetched: 'OK Success',
    searched: 'OK SEARCH completed (Success)',
    idle: ['+ idling', 'OK IDLE terminated (Success)'],
    noop: 'OK Success',
  },
  Exchange: {
    greeting:
      '* OK The Microsoft Exchange IMAP4 service is ready. [TQBSADIAUAAyADYANABDAEEAMAAwADIAOQAuAEYAUgBBAFAA]',
    capabilities: [
      'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
      'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+',
    ],
    login: ['AUTHENTICATE completed.'],
    id: '* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")',
    examine: ({ exists, uidNext }) => [
      `* ${exists} EXISTS`,
      '* 0 RECENT',
      '* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)',
      '* OK [PERMANENTFLAGS ()] Permanent flags',
      '* OK [UNSEEN 1] Is the first unseen message',
      '* OK [UIDVALIDITY 14] UIDVALIDITY value',
      `* OK [UIDNEXT ${uidNext}] The next unique identifier value`,
      'OK [READ-ONLY] EXAMINE completed.',
    ],
    // Its size is reckoned and not that of what it hands out.
    fetch: ({ sequence, uid, size, parts }) =>
      joined(`* ${sequence} FETCH (UID ${uid} RFC822.SIZE ${Math.round(size * 1.4)} `, parts.map(literal)),
    fetched: 'OK FETCH completed.',
    searched: 'OK SEARCH completed.',
    idle: ['+ IDLE accepted, awaiting DONE command.', 'OK IDLE completed.'],
    noop: 'OK NOOP completed.',
  },
  WildDuck: {
    greeting: '* OK WildDuck ready for requests from 192.0.2.1 o6tgcw0v8wyl3kc7',
    capabilities: [
      'IMAP4rev1 ID SASL-IR AUTH=PLAIN',
      'IMAP4rev1 ID UNSELECT IDLE NAMESPACE QUOTA XLIST CHILDREN SPECIAL-USE UIDPLUS ENABLE CONDSTORE UTF8=ACCEPT MOVE APPENDLIMIT=67108864',
    ],
    login: ['orders@shop.example authenticated'],
    id: '* ID ("name" "WildDuck")',
    examine: ({ exists, uidNext }) => [
      '* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)',
      '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen \\*)] Flags permitted',
      '* OK [UIDVALIDITY 1717171717] UIDs valid',
      `* ${exists} EXISTS`,
      '* 0 RECENT',
      '* OK [HIGHESTMODSEQ 12] Highest',
      `* OK [UIDNEXT ${uidNext}] Predicted next UID`,
      'OK [READ-ONLY] EXAMINE completed',
    ],
    fetch: ({ sequence, uid, size, parts }) =>
      joined(`* ${sequence} FETCH (UID ${uid} RFC822.SIZE ${size} `, parts.map(literal)),
    fetched: 'OK UID FETCH completed',
    searched: 'OK UID SEARCH completed',
    idle: ['+ idling', 'OK IDLE terminated'],
    noop: 'OK NOOP completed',
  },
  Stalwart: {
    greeting:
      '* OK [CAPABILITY IMAP4rev2 IMAP4rev1 ENABLE SASL-IR LITERAL+ ID UTF8=ACCEPT AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2] Stalwart IMAP4rev2 at your service.',
    capabilities: [
      'IMAP4rev2 IMAP4rev1 ENABLE SASL-IR LITERAL+ ID UTF8=ACCEPT AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2',
      'IMAP4rev2 IMAP4rev1 ENABLE SASL-IR LITERAL+ ID UTF8=ACCEPT IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS ESEARCH LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE MOVE CONDSTORE',
    ],
    login: [
      '[CAPABILITY IMAP4rev2 IMAP4rev1 ENABLE SASL-IR LITERAL+ ID UTF8=ACCEPT IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS ESEARCH LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE MOVE CONDSTORE] Authentication successful',
    ],
    id: null,
    examine: ({ exists, uidNext }) => [
      `* ${exists} EXISTS`,
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)',
      '* 0 RECENT',
      '* OK [PERMANENTFLAGS (\\Deleted \\Seen \\Answered \\Flagged \\Draft \\*)] All allowed',
      '* OK [UIDVALIDITY 3857529045] UIDs valid',
      `* OK [UIDNEXT ${uidNext}] Next predicted UID`,
      'OK [READ-ONLY] EXAMINE completed',
    ],
    // UID stands where the client asked for it, here last.
    fetch: ({ sequence, uid, size, parts }) =>
      joined(
        `* ${sequence} FETCH (RFC822.SIZE ${size} `,
        parts.map(literal),
        ` UID ${uid} FLAGS (\\Recent))\r\n`,
      ),
    fetched: 'OK FETCH completed',
    searched: 'OK SEARCH completed',
    idle: ['+ Waiting for DONE', 'OK IDLE completed'],
    noop: 'OK NOOP completed',
  },
  // Yahoo! of other countries, which offers no IDLE; that of Japan has no public record.
  'Yahoo! Mail': {
    greeting:
      '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN UNSELECT X-MSG-EXT OBJECTID] IMAP4rev1 Hello',
    capabilities: [
      'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN UNSELECT X-MSG-EXT OBJECTID',
      'IMAP4rev1 ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN UNSELECT X-MSG-EXT OBJECTID',
    ],
    login: ['AUTHENTICATE completed - Mailbox size in bytes is 4711'],
    id: '* ID ("vendor" "Yahoo! Inc." "support-url" "http://help.yahoo.com/" "name" "Y!IMAP" "host" "imap.mail.yahoo.com")',
    examine: ({ exists, uidNext }) => [
      `* ${exists} EXISTS`,
      '* 0 RECENT',
      '* OK [UIDVALIDITY 1] UIDs valid',
      `* OK [UIDNEXT ${uidNext}] Predicted next UID`,
      '* FLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $Forwarded $Junk $NotJunk)',
      '* OK [PERMANENTFLAGS ()] No permanent flags permitted',
      '* OK [HIGHESTMODSEQ 4711]',
      'OK [READ-ONLY] EXAMINE completed; now in selected state',
    ],
    fetch: ({ sequence, uid, size, parts }) =>
      joined(`* ${sequence} FETCH (UID ${uid} RFC822.SIZE ${size} `, parts.map(literal)),
    fetched: 'OK UID FETCH completed',
    searched: 'OK UID SEARCH completed',
    idle: ['', ''],
    noop: 'OK NOOP completed',
  },
}

export interface Played {
  port: number
  /** Puts a mail into the mailbox, and tells it to those who idle. */
  deliver(source: Buffer): void
  /** Ends all connections with these words. */
  bye(words: string): void
  /** Commands that came, without their arguments. */
  commands: string[]
  stop(): Promise<void>
}

/** Plays one account of a provider, which takes any password. */
export async function playDialogue(dialogue: Dialogue): Promise<Played> {
  const mails: Buffer[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const idling = new Map<Socket, string>()
  /** Mails that a session knows of since it opened the mailbox. */
  const told = new Map<Socket, number>()

  function tellNews(socket: Socket): void {
    if ((told.get(socket) ?? mails.length) === mails.length) return
    told.set(socket, mails.length)
    socket.write(`* ${mails.length} EXISTS\r\n`)
  }

  const uidOf = (index: number) => FIRST_UID + index

  function answer(socket: Socket, tag: string, name: string, args: Token[]): void {
    const line = (text: string) => socket.write(`${text}\r\n`)
    const done = (text: string) => line(`${tag} ${text}`)
    switch (name) {
      case 'CAPABILITY':
        line(`* CAPABILITY ${dialogue.capabilities[commands.some(isLogin) ? 1 : 0]}`)
        return void done('OK CAPABILITY completed.')
      case 'LOGIN':
      case 'AUTHENTICATE':
        return void done(`OK ${dialogue.login.at(-1)}`)
      case 'ID':
        if (dialogue.id !== null) line(dialogue.id)
        return void done(dialogue.id === null ? 'BAD unknown command' : 'OK ID completed.')
      case 'NAMESPACE':
        line('* NAMESPACE (("" "/")) NIL NIL')
        return void done('OK NAMESPACE completed.')
      case 'LIST':
        line('* LIST (\\HasNoChildren) "/" INBOX')
        return void done('OK LIST completed.')
      case 'EXAMINE': {
        const lines = dialogue.examine({ exists: mails.length, uidNext: uidOf(mails.length) })
        for (const text of lines.slice(0, -1)) line(text)
        told.set(socket, mails.length)
        return void done(lines.at(-1) ?? '')
      }
      case 'UID SEARCH':
        line(`* SEARCH${mails.map((_, index) => ` ${uidOf(index)}`).join('')}`)
        return void done(dialogue.searched)
      case 'UID FETCH':
        for (const index of askedFor(String(args[1]), mails.length)) socket.write(fetched(index, args[2]))
        return void done(dialogue.fetched)
      case 'NOOP':
        tellNews(socket)
        return void done(dialogue.noop)
      case 'IDLE':
        idling.set(socket, tag)
        line(dialogue.idle[0])
        return void tellNews(socket)
      default:
        return void done('BAD unknown command')
    }
  }

  function fetched(index: number, items: Token | undefined): Buffer {
    const mail = mails[index] as Buffer
    const parts = [items].flat(1).flatMap((item) => {
      const [, section = '', from, length] = SECTION.exec(String(item)) ?? []
      if (!/^BODY/i.test(String(item))) return []
      const whole = section.startsWith('HEADER') ? headOf(mail) : mail
      const bytes = from === undefined ? whole : whole.subarray(Number(from), Number(from) + Number(length))
      return [{ name: `BODY[${section}]${from === undefined ? '' : `<${from}>`}`, bytes }]
    })
    return dialogue.fetch({ sequence: index + 1, uid: uidOf(index), size: mail.length, parts })
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      idling.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    const reader = createCommandReader(
      (command) => {
        const tag = idling.get(socket)
        if (tag !== undefined) {
          idling.delete(socket)
          return void socket.write(`${tag} ${dialogue.idle[1]}\r\n`)
        }
        const [its = '', name = '', ...args] = tokenize(command)
        const upper = String(name).toUpperCase()
        const whole = upper === 'UID' ? `UID ${String(args[0]).toUpperCase()}` : upper
        commands.push(whole)
        answer(socket, String(its), whole, args)
      },
      () => socket.write('+ go on\r\n'),
      () => socket.destroy(),
    )
    socket.on('data', (chunk) => reader.push(chunk))
    socket.write(`${dialogue.greeting}\r\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    deliver(source) {
      mails.push(source)
      for (const socket of idling.keys()) tellNews(socket)
    },
    bye(words) {
      for (const socket of sockets) socket.end(`* BYE ${words}\r\n`)
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const FIRST_UID = 4_581
const SECTION = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/i
const isLogin = (command: string) => command === 'LOGIN' || command === 'AUTHENTICATE'

function headOf(mail: Buffer): Buffer {
  const [head = ''] = mail.toString('latin1').split('\r\n\r\n', 1)
  const wanted = head
    .split(/\r\n(?![ \t])/)
    .filter((line) => /^(from|to|subject|date|message-id):/i.test(line))
  return Buffer.from([...wanted, '', ''].join('\r\n'), 'latin1')
}

/** Places of the mails that a set of UIDs names. */
function askedFor(set: string, count: number): number[] {
  const last = FIRST_UID + count - 1
  const places = new Set<number>()
  for (const part of set.split(',')) {
    const [a = '', b = a] = part.split(':')
    const ends = [a, b].map((end) => (end === '*' ? last : Number(end)))
    for (let n = 0; n < count; n += 1)
      if (FIRST_UID + n >= Math.min(...ends) && FIRST_UID + n <= Math.max(...ends)) places.add(n)
  }
  return [...places]
}

import type { Socket } from 'node:net'
import { createCommandReader, type Token, tokenize } from './command-reader.ts'
import { nstring } from './envelope.ts'
import { fetchItems, fetchResponse } from './fetch.ts'
import { search } from './search.ts'
import { parseSequenceSet } from './sequence-set.ts'
import { addMail, type SandboxFolder, type StoredMail } from './store.ts'

/** What a session needs of the server; faults are read at each command, so that a test can switch them at any time. */
export interface SessionHost {
  folder(user: string): SandboxFolder | undefined
  faults: ImapFaults
  /** Names of the commands that came, for tests that prove what a reader did not send. */
  record(user: string | null, command: string): void
}

export interface ImapFaults {
  /** false: IDLE is neither offered nor accepted. */
  idle: boolean
  /** Answer to every login, right or wrong; null: logins are checked. */
  loginAnswer: string | null
}

export interface Session {
  readonly user: string | null
  /** From now on nothing is read or answered, and the connection stays open: what a dead link looks like. */
  blackHole(): void
  drop(): void
}

class Refused extends Error {}

/** One connection. Plain IMAP4rev1 as far as a reader uses it (and APPEND, so that tests can deliver over IMAP). */
export function serveSession(socket: Socket, host: SessionHost): Session {
  let folder: SandboxFolder | null = null
  let opened: { readOnly: boolean; told: number } | null = null
  let idleTag: string | null = null
  let dead = false

  const write = (data: string | Buffer) => {
    if (!dead && socket.writable) socket.write(data)
  }
  const line = (text: string) => write(`${text}\r\n`)
  const authenticated = (): SandboxFolder => {
    if (folder === null) throw new Refused('Log in first')
    return folder
  }
  const selected = (): { inbox: SandboxFolder; readOnly: boolean } => {
    if (opened === null) throw new Refused('No mailbox is selected')
    return { inbox: authenticated(), readOnly: opened.readOnly }
  }

  function tellNews(): void {
    if (folder === null || opened === null || opened.told === folder.mails.length) return
    opened.told = folder.mails.length
    line(`* ${opened.told} EXISTS`)
  }
  const onNews = () => {
    if (idleTag !== null) tellNews()
  }

  function capabilities(): string {
    return `CAPABILITY IMAP4rev1 ID LITERAL+ NAMESPACE${host.faults.idle ? ' IDLE' : ''}`
  }

  function login([user = '', password = '']: Token[]): string {
    if (host.faults.loginAnswer !== null) throw new Refused(host.faults.loginAnswer)
    const found = host.folder(utf8(user))
    if (found === undefined || found.password !== utf8(password)) {
      throw new Refused('[AUTHENTICATIONFAILED] Authentication failed.')
    }
    folder = found
    folder.watchers.add(onNews)
    return `[${capabilities()}] Logged in`
  }

  function open([name = '']: Token[], readOnly: boolean): string {
    const inbox = authenticated()
    opened = null
    if (String(name).toUpperCase() !== 'INBOX') throw new Refused("[NONEXISTENT] Mailbox doesn't exist")
    opened = { readOnly, told: inbox.mails.length }
    line('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)')
    line(`* ${inbox.mails.length} EXISTS`)
    line('* 0 RECENT')
    line(`* OK [UIDVALIDITY ${inbox.uidValidity}] UIDs valid`)
    line(`* OK [UIDNEXT ${inbox.uidNext}] Predicted next UID`)
    return readOnly ? '[READ-ONLY] Examine completed' : '[READ-WRITE] Select completed'
  }

  function fetch([set = '', wanted]: Token[], byUid: boolean): string {
    const { inbox, readOnly } = selected()
    const items = fetchItems(wanted, byUid)
    const last = byUid ? (inbox.mails.at(-1)?.uid ?? 0) : inbox.mails.length
    const within = parseSequenceSet(String(set), last)
    socket.cork()
    inbox.mails.forEach((mail, index) => {
      if (within(byUid ? mail.uid : index + 1)) write(fetchResponse(mail, index + 1, items, readOnly))
    })
    socket.uncork()
    return 'Fetch completed'
  }

  function find(keys: Token[], byUid: boolean): string {
    const { inbox } = selected()
    const number = (mail: StoredMail) => (byUid ? mail.uid : inbox.mails.indexOf(mail) + 1)
    line(['* SEARCH', ...search(inbox, keys).map(number)].join(' '))
    return 'Search completed'
  }

  function list(command: string, [, pattern = '']: Token[]): string {
    authenticated()
    if (pattern === '') line(`* ${command} (\\Noselect) "/" ""`)
    else if (/^(inbox|\*|%)$/i.test(String(pattern))) line(`* ${command} (\\HasNoChildren) "/" INBOX`)
    return `${command} completed`
  }

  function status([name = '']: Token[]): string {
    const inbox = authenticated()
    const unseen = inbox.mails.filter((mail) => !mail.flags.has('\\Seen')).length
    const counts = `MESSAGES ${inbox.mails.length} UIDNEXT ${inbox.uidNext} UIDVALIDITY ${inbox.uidValidity} UNSEEN ${unseen}`
    line(`* STATUS ${nstring(String(name))} (${counts})`)
    return 'Status completed'
  }

  function append(args: Token[]): string {
    const inbox = authenticated()
    const flags = args.find((token) => Array.isArray(token)) ?? []
    const uid = addMail(inbox, Buffer.from(String(args.at(-1)), 'latin1'), new Date(), flags.map(String))
    return `[APPENDUID ${inbox.uidValidity} ${uid}] Append completed`
  }

  function store([set = '', operation = '', flags = []]: Token[], byUid: boolean): string {
    const { inbox, readOnly } = selected()
    if (readOnly) throw new Refused('[READ-ONLY] Mailbox was opened with EXAMINE')
    const within = parseSequenceSet(String(set), inbox.uidNext - 1)
    const removes = String(operation).startsWith('-')
    inbox.mails.forEach((mail, index) => {
      if (!within(byUid ? mail.uid : index + 1)) return
      for (const flag of [flags].flat().map(String)) removes ? mail.flags.delete(flag) : mail.flags.add(flag)
    })
    return 'Store completed'
  }

  function startIdle(tag: string): void {
    if (!host.faults.idle) throw new Refused('IDLE is not supported')
    selected()
    idleTag = tag
    line('+ idling')
    tellNews()
  }

  function run(tag: string, name: string, args: Token[]): string | null {
    switch (name) {
      case 'CAPABILITY':
        line(`* ${capabilities()}`)
        return 'Capability completed'
      case 'ID':
        line('* ID ("name" "Torikomi sandbox")')
        return 'ID completed'
      case 'NAMESPACE':
        line('* NAMESPACE (("" "/")) NIL NIL')
        return 'Namespace completed'
      case 'LOGIN':
        return login(args)
      case 'LIST':
      case 'LSUB':
        return list(name, args)
      case 'STATUS':
        return status(args)
      case 'SELECT':
      case 'EXAMINE':
        return open(args, name === 'EXAMINE')
      case 'CLOSE':
      case 'UNSELECT':
        opened = null
        return 'Closed'
      case 'UID':
        return runUid(args)
      case 'FETCH':
        return fetch(args, false)
      case 'SEARCH':
        return find(args, false)
      case 'STORE':
        return store(args, false)
      case 'APPEND':
        return append(args)
      case 'NOOP':
      case 'CHECK':
        return `${name} completed`
      case 'IDLE':
        startIdle(tag)
        return null
      case 'LOGOUT':
        line('* BYE Logging out')
        return 'Logout completed'
      default:
        throw new Error(`unknown command ${name}`)
    }
  }

  function runUid([name = '', ...args]: Token[]): string {
    switch (String(name).toUpperCase()) {
      case 'FETCH':
        return fetch(args, true)
      case 'SEARCH':
        return find(args, true)
      case 'STORE':
        return store(args, true)
      default:
        throw new Error('unknown UID command')
    }
  }

  function onCommand(command: Buffer): void {
    if (dead) return
    if (idleTag !== null) {
      const tag = idleTag
      idleTag = null
      return line(/^done$/i.test(command.toString('latin1')) ? `${tag} OK Idle completed` : `${tag} BAD Expected DONE`)
    }
    const [tag, name, ...args] = safely(command)
    if (typeof tag !== 'string' || typeof name !== 'string') return line('* BAD Cannot read the command')
    const upper = name.toUpperCase()
    host.record(folder?.user ?? null, upper === 'UID' ? `UID ${String(args[0]).toUpperCase()}` : upper)
    answer(tag, upper, args)
  }

  function answer(tag: string, name: string, args: Token[]): void {
    try {
      const done = run(tag, name, args)
      if (done === null) return
      tellNews()
      line(`${tag} OK ${done}`)
      if (name === 'LOGOUT') socket.end()
    } catch (error) {
      line(`${tag} ${error instanceof Refused ? 'NO' : 'BAD'} ${(error as Error).message}`)
    }
  }

  const reader = createCommandReader(onCommand, () => line('+ go on'), () => socket.destroy())
  socket.on('data', (chunk) => {
    if (!dead) reader.push(chunk)
  })
  // A reset is an end like any other; without a listener it would end the process.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => folder?.watchers.delete(onNews))
  line(`* OK [${capabilities()}] Torikomi sandbox ready`)

  return {
    get user() {
      return folder?.user ?? null
    },
    blackHole() {
      dead = true
    },
    drop: () => socket.destroy(),
  }
}

function safely(command: Buffer): Token[] {
  try {
    return tokenize(command)
  } catch {
    return []
  }
}

const utf8 = (token: Token): string => Buffer.from(String(token), 'latin1').toString('utf8')

import type { Socket } from 'node:net'
import { createCommandReader, type Token, tokenize } from './command-reader.ts'
import { append, describe, expunge, fetch, find, list, Refused, status, store } from './commands.ts'
import { type SandboxFolder, watchersOf } from './store.ts'

/** A session's view of the server. Faults are read at each command, so a test can switch them at any time. */
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
  /** false: nobody is told of a new mail until the folder is opened again. */
  tellsNews: boolean
  /** UIDs of mails that are listed and never handed out. */
  withheld: Set<number>
  /**
   * UIDs of mails for which FETCH answers NO, to all of it or only when it asks for the text; `gone`: left
   * out when it asks for that.
   */
  broken: Map<number, 'all' | 'text' | 'gone'>
}

export interface Session {
  readonly user: string | null
  /** From now on nothing is read or answered, and the connection stays open: what a dead link looks like. */
  blackHole(): void
  drop(): void
}

/** One connection: plain IMAP4rev1 as far as a reader uses it, and APPEND, so tests can deliver over IMAP. */
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
  const selected = () => {
    if (opened === null) throw new Refused('No mailbox is selected')
    return {
      inbox: authenticated(),
      readOnly: opened.readOnly,
      withheld: host.faults.withheld,
      broken: host.faults.broken,
    }
  }

  function tellNews(): void {
    if (folder === null || opened === null || opened.told === folder.mails.length) return
    if (!host.faults.tellsNews) return
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
    watchersOf(folder).add(onNews)
    return `[${capabilities()}] Logged in`
  }

  function open([name = '']: Token[], readOnly: boolean): string {
    const inbox = authenticated()
    opened = null
    if (String(name).toUpperCase() !== 'INBOX') throw new Refused("[NONEXISTENT] Mailbox doesn't exist")
    opened = { readOnly, told: inbox.mails.length }
    return describe(selected(), write)
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
        authenticated()
        return list(name, args, write)
      case 'STATUS':
        return status(authenticated(), args, write)
      case 'SELECT':
      case 'EXAMINE':
        return open(args, name === 'EXAMINE')
      case 'EXPUNGE':
        selected()
        return expunge(authenticated(), write)
      case 'CLOSE':
      case 'UNSELECT':
        opened = null
        return 'Closed'
      case 'UID':
        return onMails(String(args[0]).toUpperCase(), args.slice(1), true)
      case 'FETCH':
      case 'SEARCH':
      case 'STORE':
        return onMails(name, args, false)
      case 'APPEND':
        return append(authenticated(), args)
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

  function onMails(name: string, args: Token[], byUid: boolean): string {
    if (name === 'FETCH') return fetch(selected(), args, byUid, write)
    if (name === 'SEARCH') return find(selected(), args, byUid, write)
    if (name === 'STORE') return store(selected(), args, byUid)
    throw new Error(`unknown command UID ${name}`)
  }

  function onCommand(command: Buffer): void {
    if (dead) return
    if (idleTag !== null) {
      const tag = idleTag
      idleTag = null
      line(
        /^done$/i.test(command.toString('latin1')) ? `${tag} OK Idle completed` : `${tag} BAD Expected DONE`,
      )
      return
    }
    const [tag, name, ...args] = safely(command)
    if (typeof tag !== 'string' || typeof name !== 'string') {
      line('* BAD Cannot read the command')
      return
    }
    const upper = name.toUpperCase()
    host.record(folder?.user ?? null, upper === 'UID' ? `UID ${String(args[0]).toUpperCase()}` : upper)
    answer(tag, upper, args)
  }

  function answer(tag: string, name: string, args: Token[]): void {
    // One packet for many lines.
    socket.cork()
    try {
      const done = run(tag, name, args)
      if (done === null) return
      tellNews()
      line(`${tag} OK ${done}`)
      if (name === 'LOGOUT') socket.end()
    } catch (error) {
      line(`${tag} ${error instanceof Refused ? 'NO' : 'BAD'} ${(error as Error).message}`)
    } finally {
      socket.uncork()
    }
  }

  const reader = createCommandReader(
    onCommand,
    () => line('+ go on'),
    () => socket.destroy(),
  )
  socket.on('data', (chunk) => {
    if (!dead) reader.push(chunk)
  })
  // A reset is an end like any other; without a listener it would end the process.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => folder && watchersOf(folder).delete(onNews))
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

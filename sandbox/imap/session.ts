import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { createCommandReader, type Token, tokenize } from './command-reader.ts'
import {
  append,
  create,
  describe,
  expunge,
  fetch,
  find,
  list,
  Refused,
  remove,
  status,
  store,
} from './commands.ts'
import { boxOf, type SandboxBox, type SandboxFolder, watchersOf } from './store.ts'

/** A session's view of the server. Faults are read at each command, so a test can switch them at any time. */
export interface SessionHost {
  folder(user: string): SandboxFolder | undefined
  faults: ImapFaults
  /** PEM for STARTTLS; absent: it is not offered. */
  starttls?: { key: string; cert: string } | undefined
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
export function serveSession(plain: Socket, host: SessionHost): Session {
  let socket = plain
  let folder: SandboxFolder | null = null
  /** `told`: UIDs as the client knows them. */
  let opened: { box: SandboxBox; readOnly: boolean; told: number[] } | null = null
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
      inbox: opened.box,
      readOnly: opened.readOnly,
      withheld: host.faults.withheld,
      broken: host.faults.broken,
    }
  }

  function tellNews(): void {
    if (opened === null || !host.faults.tellsNews) return
    const { box, told } = opened
    const now = box.mails.map(({ uid }) => uid)
    const left = new Set(now)
    // From the end, so that the numbers of those before still hold.
    for (let at = told.length - 1; at >= 0; at -= 1) {
      if (left.has(told[at] as number)) continue
      told.splice(at, 1)
      line(`* ${at + 1} EXPUNGE`)
    }
    if (now.length === told.length) return
    opened.told = now
    line(`* ${now.length} EXISTS`)
  }
  const onNews = () => {
    if (idleTag !== null) tellNews()
  }

  function capabilities(): string {
    const starttls = host.starttls && !(socket instanceof TLSSocket) ? ' STARTTLS' : ''
    return `CAPABILITY IMAP4rev1 ID LITERAL+ NAMESPACE UIDPLUS${host.faults.idle ? ' IDLE' : ''}${starttls}`
  }

  function login([user = '', password = '']: Token[]): string {
    if (host.faults.loginAnswer !== null) throw new Refused(host.faults.loginAnswer)
    const found = host.folder(utf8(user))
    if (found === undefined || found.password !== utf8(password)) {
      throw new Refused('[AUTHENTICATIONFAILED] Authentication failed.')
    }
    folder = found
    return `[${capabilities()}] Logged in`
  }

  function open([name = '']: Token[], readOnly: boolean): string {
    const box = boxOf(authenticated(), String(name))
    close()
    if (box === undefined) throw new Refused("[NONEXISTENT] Mailbox doesn't exist")
    opened = { box, readOnly, told: box.mails.map(({ uid }) => uid) }
    watchersOf(box).add(onNews)
    return describe(selected(), write)
  }

  function close(): void {
    if (opened !== null) watchersOf(opened.box).delete(onNews)
    opened = null
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
        return list(authenticated(), name, args, write)
      case 'CREATE':
        return create(authenticated(), args)
      case 'DELETE':
        return remove(authenticated(), args)
      case 'STARTTLS':
        if (host.starttls === undefined || socket instanceof TLSSocket) throw new Error('no STARTTLS here')
        return 'Begin TLS now'
      case 'STATUS':
        return status(authenticated(), args, write)
      case 'SELECT':
      case 'EXAMINE':
        return open(args, name === 'EXAMINE')
      case 'EXPUNGE':
        return expunge(selected())
      case 'CLOSE':
      case 'UNSELECT':
        close()
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
    if (name === 'EXPUNGE') return expunge(selected(), args[0])
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
      // Their numbers are places in the list, which may not change meanwhile (RFC 3501 §7.4.1).
      if (!['FETCH', 'SEARCH', 'STORE'].includes(name)) tellNews()
      line(`${tag} OK ${done}`)
      if (name === 'LOGOUT') socket.end()
    } catch (error) {
      line(`${tag} ${error instanceof Refused ? 'NO' : 'BAD'} ${(error as Error).message}`)
    } finally {
      socket.uncork()
    }
    if (name === 'STARTTLS' && host.starttls !== undefined && !(socket instanceof TLSSocket))
      serve(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(host.starttls) }))
  }

  /** A reader of its own: what came before the handshake is not taken for part of it. */
  function serve(next: Socket): void {
    socket.removeAllListeners('data')
    socket = next
    const reader = createCommandReader(
      onCommand,
      () => line('+ go on'),
      () => next.destroy(),
    )
    next.on('data', (chunk) => {
      if (!dead) reader.push(chunk)
    })
    // A reset is an end like any other; without a listener it would end the process.
    next.on('error', () => next.destroy())
    next.on('close', close)
  }

  serve(plain)
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

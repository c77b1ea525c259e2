import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Keep, keepNothing } from '../kit/keep.ts'
import { type ImapFaults, type Session, serveSession } from './session.ts'
import { addMail, createFolder, renumber, type SandboxFolder, watchersOf } from './store.ts'

export interface SandboxImapOptions {
  /** 0 or absent: any free port. */
  port?: number
  users: readonly { user: string; password: string }[]
  /** PEM; absent: without TLS. */
  tls?: { key: string; cert: string }
  /** PEM for STARTTLS; absent: it is not offered. */
  starttls?: { key: string; cert: string }
  keep?: Keep
}

export interface SandboxImap {
  host: string
  port: number
  faults: ImapFaults
  addUser(user: string, password: string): void
  setPassword(user: string, password: string): void
  /** Puts a mail into the user's INBOX and tells those who idle at once. @returns its UID */
  deliver(user: string, source: Buffer, more?: { internalDate?: Date; flags?: string[] }): number
  /** What stands in the INBOX, to prove that a reader changed nothing. */
  mails(user: string): { uid: number; flags: string[] }[]
  /** The same mails under new UIDs and UIDVALIDITY; connections are closed or not (`quietly`). */
  changeUidValidity(user: string, more?: { quietly?: boolean }): void
  /** What another mail program does: the mail is gone, its UID is not used again. */
  remove(user: string, uid: number): void
  /** Command names that came, with how often: `EXAMINE`, `UID FETCH`, … */
  commands(user: string): Record<string, number>
  connections(user: string): number
  /** Connections that are open now never answer again, and stay open. New ones are served. */
  blackHole(user: string): void
  dropConnections(user: string): void
  close(): Promise<void>
}

/** A small IMAP4rev1 server for demo and tests, on 127.0.0.1. Everything is in memory. */
export async function startSandboxImap(options: SandboxImapOptions): Promise<SandboxImap> {
  const folders = (options.keep ?? keepNothing)('folders', () => new Map<string, SandboxFolder>())
  const sessions = new Set<Session>()
  const counts = new Map<string, Record<string, number>>()
  const faults: ImapFaults = {
    idle: true,
    loginAnswer: null,
    tellsNews: true,
    withheld: new Set(),
    broken: new Map(),
  }
  const host = {
    faults,
    starttls: options.starttls,
    folder: (user: string) => folders.get(user),
    record(user: string | null, command: string) {
      const mine = counts.get(user ?? '') ?? {}
      mine[command] = (mine[command] ?? 0) + 1
      counts.set(user ?? '', mine)
    },
  }

  const serve = (socket: Socket) => {
    socket.setNoDelay(true)
    const session = serveSession(socket, host)
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
  }
  const server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve)
  // A handshake that breaks off is its client's business.
  server.on('tlsClientError', () => undefined)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')

  const folderOf = (user: string): SandboxFolder => {
    const folder = folders.get(user)
    if (folder === undefined) throw new Error('the sandbox has no such mailbox')
    return folder
  }
  const sessionsOf = (user: string) => [...sessions].filter((session) => session.user === user)
  const addUser = (user: string, password: string) => {
    folders.set(user, createFolder(user, password, FIRST_UID_VALIDITY))
  }
  for (const { user, password } of options.users) if (!folders.has(user)) addUser(user, password)

  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    faults,
    addUser,
    setPassword: (user, password) => {
      folderOf(user).password = password
    },
    deliver: (user, source, more = {}) =>
      addMail(folderOf(user), source, more.internalDate ?? new Date(), more.flags),
    mails: (user) => folderOf(user).mails.map(({ uid, flags }) => ({ uid, flags: [...flags] })),
    remove(user, uid) {
      const folder = folderOf(user)
      folder.mails = folder.mails.filter((mail) => mail.uid !== uid)
      for (const tell of watchersOf(folder)) tell()
    },
    changeUidValidity(user, more = {}) {
      renumber(folderOf(user))
      if (more.quietly) return
      for (const session of sessionsOf(user)) session.drop()
    },
    commands: (user) => ({ ...counts.get(user) }),
    connections: (user) => sessionsOf(user).length,
    blackHole(user) {
      for (const session of sessionsOf(user)) session.blackHole()
    },
    dropConnections(user) {
      for (const session of sessionsOf(user)) session.drop()
    },
    close: () => closeServer(server, sessions),
  }
}

const FIRST_UID_VALIDITY = 1001

async function closeServer(server: Server, sessions: Set<Session>): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const session of sessions) session.drop()
  await closed
}

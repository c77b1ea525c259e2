/** What Dovecot's log says of who was logged in when. */
export interface DovecotSessions {
  /** Sessions that are open at the end of the log, by user. */
  open: Map<string, number>
  /** The most that were open at the same time, by user. */
  most: Map<string, number>
  logins: number
  /** The most logins in one second of the log. */
  busiestSecond: number
}

const LOGIN = /^(.{15}) imap-login: Info: Logged in: user=<([^>]+)>.*session=<([^>]+)>/
const LOGOUT = /^.{15} imap\(([^)]+)\)<\d+><([^>]+)>: Info: (?:Disconnected|Logged out)/

/** In the order of the log. */
export function readSessions(log: string): DovecotSessions {
  const open = new Map<string, Set<string>>()
  const most = new Map<string, number>()
  const perSecond = new Map<string, number>()
  /**
   * Login and logout are written by two processes: of a session that ended at once the end may stand first.
   */
  const ended = new Set<string>()
  for (const line of log.split('\n')) {
    const [, second = '', user, session] = LOGIN.exec(line) ?? []
    if (user !== undefined && session !== undefined) {
      const sessions = open.get(user) ?? new Set()
      open.set(user, sessions)
      if (!ended.has(session)) sessions.add(session)
      most.set(user, Math.max(most.get(user) ?? 0, sessions.size))
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
      continue
    }
    const [, leaving, left] = LOGOUT.exec(line) ?? []
    if (leaving === undefined || left === undefined) continue
    ended.add(left)
    open.get(leaving)?.delete(left)
  }
  const counts = [...perSecond.values()]
  return {
    open: new Map([...open].map(([user, sessions]) => [user, sessions.size])),
    most,
    logins: counts.reduce((sum, n) => sum + n, 0),
    busiestSecond: Math.max(0, ...counts),
  }
}

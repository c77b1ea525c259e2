/** One Ctrl-C arrives twice: from the terminal, which signals the process group, and from npm. */
const SAME_WISH_MS = 1_000

interface StopSignals {
  /** The first SIGTERM or SIGINT. */
  readonly first: Promise<NodeJS.Signals>
  /** Aborted by it. */
  readonly signal: AbortSignal
}

/** Listens from now on; a second wish, a moment later, ends the process at once. */
export function stopSignals(): StopSignals {
  const ending = new AbortController()
  const first = new Promise<NodeJS.Signals>((resolve) => {
    let since: number | null = null
    const onSignal = (name: NodeJS.Signals) => {
      if (since !== null && performance.now() - since > SAME_WISH_MS) process.exit(1)
      since ??= performance.now()
      ending.abort(new Error(`${name} while it was starting`))
      resolve(name)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
  return { first, signal: ending.signal }
}

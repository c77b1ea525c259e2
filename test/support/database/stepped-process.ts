import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Gate } from './gated-database.ts'

/** Refuses a statement that is sent after the process is gone. */
class Crashed extends Error {}

interface Waiting {
  text: string
  go: PromiseWithResolvers<void>
}

/**
 * One request of a process, whose statements that fit `steps` go one by one. Others pass. Nothing waits for
 * a time: a request is looked at once all that it has sent is answered, or is held up by another's lock.
 */
export class SteppedProcess {
  readonly pids = new Set<number>()
  /** Numbers of the steps, of all processes together, at which it committed. */
  committed: number[] = []
  steps = 0
  /** After how many of its steps a statement came that fits `turning`. */
  turns = new Set<number>()
  #steps: RegExp
  #turning: RegExp
  #waiting: Waiting[] = []
  #sent = 0
  #held = false
  #crashed = false
  #done = false
  #changed = Promise.withResolvers<void>()

  constructor(steps: RegExp, turning: RegExp) {
    this.#steps = steps
    this.#turning = turning
  }

  gate: Gate = async (text, { pid, answered }) => {
    this.pids.add(pid)
    if (!this.#held) return
    if (this.#crashed) throw new Crashed('the process is gone')
    if (this.#turning.test(text)) this.turns.add(this.steps)
    if (this.#steps.test(text)) {
      const go = Promise.withResolvers<void>()
      this.#waiting.push({ text, go })
      this.#tell()
      await go.promise
    }
    this.#sent += 1
    this.#tell()
    void answered.then(() => {
      this.#sent -= 1
      this.#tell()
    })
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  /** From here on its statements wait, until `free`. */
  hold(): void {
    this.#held = true
    this.#crashed = this.#done = false
    this.steps = 0
    this.turns = new Set()
    this.committed = []
  }

  begin(work: Promise<unknown>): void {
    const end = () => {
      this.#done = true
      this.#tell()
    }
    work.then(end, end)
  }

  free(): void {
    this.#held = false
    for (const { go } of this.#waiting.splice(0)) go.resolve()
  }

  /** Sends nothing more, and is over. */
  async crash(): Promise<void> {
    this.#crashed = true
    for (const { go } of this.#waiting.splice(0)) go.reject(new Crashed('the process is gone'))
    while (!this.#done) await this.#changed.promise
  }

  /** Comes back when its next statement waits, it is over, or a lock of the other one holds it up. */
  async ready(look: pg.Client, other: SteppedProcess): Promise<'waits' | 'over' | 'locked'> {
    for (;;) {
      if (this.#done) return 'over'
      if (this.#sent === 0) {
        if (this.#waiting.length > 0) return 'waits'
        await this.#changed.promise
        continue
      }
      const { promise } = this.#changed
      if ((await Promise.race([promise.then(() => true), sleep(2)])) === true) continue
      if (await this.#lockedBy(look, other)) return this.#waiting.length > 0 ? 'waits' : 'locked'
    }
  }

  async #lockedBy(look: pg.Client, other: SteppedProcess): Promise<boolean> {
    const { rows } = await look.query<{ locked: boolean }>(
      'select exists (select from unnest($1::int[]) pid where pg_blocking_pids(pid) && $2::int[]) as locked',
      [[...this.pids], [...other.pids]],
    )
    return rows[0]?.locked === true
  }

  /** Lets its next statement go. @param at the number of this step among those of all processes */
  step(at: number): void {
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.steps += 1
    if (/^commit/i.test(next.text)) this.committed.push(at)
    next.go.resolve()
  }
}

import { createHash, timingSafeEqual } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { FieldError } from '../platform/errors.ts'
import { present } from '../platform/narrow.ts'
import type { Random } from '../platform/random.ts'

interface Input {
  message: string
  nonce: Uint8Array
  tagLength: number
  memory: number
  passes: number
  parallelism: number
}

type Derive = (algorithm: 'argon2id', input: Input) => Promise<Uint8Array>

interface Task {
  input: Input
  resolve(sum: Uint8Array): void
  reject(error: unknown): void
}

/** Two hashes at once: more would take the processors from whoever is signed in. */
const THREADS = 2

/**
 * Program of a thread, as text: it needs no file of its own beside a compiled service. Linux gives each
 * thread a priority: on a machine with few processors whatever else asks for one gets it first. Elsewhere it
 * would be the priority of the whole process.
 */
const PROGRAM = `
const { parentPort } = require('node:worker_threads')
const { argon2Sync } = require('node:crypto')
const { getPriority, setPriority } = require('node:os')
if (process.platform === 'linux') setPriority(Math.max(getPriority(), 10))
parentPort.on('message', (input) => {
  try { parentPort.postMessage({ sum: argon2Sync('argon2id', input) }) }
  catch (error) { parentPort.postMessage({ error: String(error) }) }
})`

/**
 * Derives argon2 hashes in threads of their own, which start with the first one. In libuv's four threads,
 * where crypto.argon2 runs, hashes of a flood of sign-ins held up DNS, files and SCRAM of new database
 * connections.
 */
function createHashThreads(): Derive {
  const queue: Task[] = []
  const idle: Worker[] = []
  let started = 0

  function start(): Worker {
    started += 1
    const worker = new Worker(PROGRAM, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } })
    worker.once('exit', () => {
      started -= 1
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      serve()
    })
    return worker
  }

  function serve(): void {
    while (queue.length > 0 && (idle.length > 0 || started < THREADS)) {
      run(idle.pop() ?? start(), present(queue.shift()))
    }
  }

  function run(worker: Worker, task: Task): void {
    // A process that waits for no hash may end.
    worker.ref()
    const onEnd = () => task.reject(new Error('the thread of a hash ended'))
    const onError = (error: unknown) => task.reject(error)
    worker.once('exit', onEnd)
    worker.once('error', onError)
    worker.once('message', ({ sum, error }: { sum?: Uint8Array; error?: string }) => {
      worker.off('exit', onEnd)
      worker.off('error', onError)
      worker.unref()
      idle.push(worker)
      if (sum) task.resolve(sum)
      else task.reject(new Error(error))
      serve()
    })
    worker.postMessage(task.input)
  }

  return (_algorithm, input) =>
    new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject })
      serve()
    })
}

/** A text that opens something: 256 random bits, so that its plain SHA-256 gives nothing away. */
export function newToken(random: Random): { token: string; hash: Uint8Array<ArrayBuffer> } {
  const token = Buffer.from(random.bytes(32)).toString('base64url')
  return { token, hash: hashToken(token) }
}

export const hashToken = (token: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(token).digest())

export const staffContext = (
  id: string,
  column: 'email' | 'password' | 'totp' | 'pending-totp' | 'oidc',
): string => `staff:${id}:${column}`

type Fingerprint = Pick<Sealer, 'fingerprints'>

/**
 * By which an account is found whose address is sealed: of each key, the first one's in front. That is what
 * is stored, and `ops keys rotate` moves it; what is looked for is any of them, or a change of keys would
 * lock everybody out.
 */
export const emailHashes = (sealer: Fingerprint, email: string): Uint8Array<ArrayBuffer>[] => [
  ...sealer.fingerprints('staff-email', tidyEmail(email)),
]

export const emailHash = (sealer: Fingerprint, email: string): Uint8Array<ArrayBuffer> =>
  stored(emailHashes(sealer, email))

export const applicationHashes = (sealer: Fingerprint, email: string): Uint8Array<ArrayBuffer>[] => [
  ...sealer.fingerprints('application-email', tidyEmail(email)),
]

/** `identity`: issuer and subject as JSON, which is what is sealed beside it. */
export const oidcHashes = (sealer: Fingerprint, identity: string): Uint8Array<ArrayBuffer>[] => [
  ...sealer.fingerprints('staff-oidc', identity),
]

/** @throws Error without any key, which no sealer is made of */
export function stored(hashes: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = hashes
  if (first === undefined) throw new Error('a sealer without a key')
  return first
}

/** The same mailbox, however it was typed. */
const tidyEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

/** 19 MiB and two passes: what OWASP asks of argon2id at least; some 10 ms. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const derive = createHashThreads()

/**
 * As other programs write it, with its costs: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. By Node itself: a
 * package's native part is an optional one, which the image leaves out, and the service did not start there.
 */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const nonce = random.bytes(16)
  const sum = await derive('argon2id', { message: password.normalize('NFKC'), nonce, tagLength: 32, ...COST })
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(sum)}`
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

const STORED = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{11,86})$/

/** Hash of a password that nobody has: an address without an account takes as long as one with. */
const NOBODYS = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

export async function passwordFits(stored: string | null, password: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', sum = ''] = STORED.exec(stored ?? NOBODYS) ?? []
  const expected = Buffer.from(sum, 'base64')
  if (memory === undefined) throw new Error('a stored password hash is of no known form')
  const found = await derive('argon2id', {
    message: password.normalize('NFKC'),
    nonce: Buffer.from(salt, 'base64'),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return timingSafeEqual(found, expected) && stored !== null
}

export const PASSWORD_LENGTH = { least: 12, most: 200 } as const

/**
 * Beginnings of lists of leaked passwords, in twelve characters and more. Nothing in it repeats what repeats:
 * NFKC makes ten digits of eight characters, and a group of two readings took seconds for two hundred.
 */
const WEAK = /^(?:(.)\1*|0?123456789\d*|password\d*|passw0rd\d*|qwertyuiop\w{0,4}|torikomi\d*)$/i

/** Length counts and not the kinds of characters; but not what is guessed first. */
export function passwordFaults(password: string, email: string, field = 'password'): FieldError[] {
  const text = password.normalize('NFKC')
  const fault = (message: string, code: string) => [{ field, message, code }]
  if ([...text].length < PASSWORD_LENGTH.least)
    return fault(`${PASSWORD_LENGTH.least}文字以上にしてください。`, 'too_short')
  const address = tidyEmail(email)
  const local = address.split('@')[0] ?? ''
  if (text.toLowerCase().includes(address) || (local.length >= 6 && text.toLowerCase().startsWith(local)))
    return fault('メールアドレスを含まないパスワードにしてください。', 'contains_email')
  if (WEAK.test(text)) return fault('推測されやすいパスワードです。別のものにしてください。', 'too_weak')
  return []
}

/** Without letters that are taken for one another. 50 bits each, and ten failures lock the account. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'

/** Ten codes to be kept on paper, each good for one sign-in without the phone. */
export function newRecoveryCodes(random: Random): string[] {
  const letter = () => {
    // Above 240 the first letters would come more often.
    for (;;) {
      const byte = random.bytes(1)[0] ?? 255
      if (byte < 240) return LETTERS[byte % 30] ?? 'A'
    }
  }
  const group = () => Array.from({ length: 5 }, letter).join('')
  return Array.from({ length: 10 }, () => `${group()}-${group()}`)
}

export const hashRecoveryCode = (accountId: string, code: string): Uint8Array<ArrayBuffer> =>
  hashToken(`${accountId}\0${code.toUpperCase().replace(/[^A-Z0-9]/g, '')}`)

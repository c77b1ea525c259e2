import type { Token } from './command-reader.ts'
import { parseSequenceSet } from './sequence-set.ts'
import type { SandboxFolder, StoredMail } from './store.ts'

/**
 * The mails that match every key. Served: ALL, UID, SINCE, BEFORE, UNSEEN, SEEN. @throws Error on any other
 * key
 */
export function search(folder: SandboxFolder, keys: Token[]): StoredMail[] {
  const tests: ((mail: StoredMail) => boolean)[] = []
  const rest = [...keys]
  while (rest.length > 0) {
    const key = String(rest.shift()).toUpperCase()
    if (key === 'CHARSET') rest.shift()
    else if (key !== 'ALL') tests.push(testFor(key, rest, folder))
  }
  return folder.mails.filter((mail) => tests.every((test) => test(mail)))
}

function testFor(key: string, rest: Token[], folder: SandboxFolder): (mail: StoredMail) => boolean {
  const argument = () => String(rest.shift() ?? '')
  switch (key) {
    case 'UID': {
      const within = parseSequenceSet(argument(), folder.mails.at(-1)?.uid ?? 0)
      return (mail) => within(mail.uid)
    }
    case 'SINCE': {
      const from = day(argument())
      return (mail) => mail.internalDate.getTime() >= from
    }
    case 'BEFORE': {
      const to = day(argument())
      return (mail) => mail.internalDate.getTime() < to
    }
    case 'UNSEEN':
      return (mail) => !mail.flags.has('\\Seen')
    case 'SEEN':
      return (mail) => mail.flags.has('\\Seen')
    default:
      throw new Error(`search key ${key} is not served`)
  }
}

/** `1-Feb-2026` → the start of that day, UTC. */
function day(text: string): number {
  const time = Date.parse(`${text.replaceAll('-', ' ')} UTC`)
  if (Number.isNaN(time)) throw new Error('bad date')
  return time
}

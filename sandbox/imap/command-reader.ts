/** Cuts what a client sends into commands, and those into tokens (RFC 3501 §9, as far as used). */

/** An atom, a string or a literal (both as latin1 text, one character a byte), or a list. */
export type Token = string | Token[]

/** A client that sends more than this without finishing a command is cut off. */
const COMMAND_LIMIT = 64 * 1024 * 1024

export interface CommandReader {
  push(chunk: Buffer): void
}

/**
 * @param onCommand one whole command without its CRLF, literals included
 * @param onLiteral a literal is awaited: the client wants a `+` first
 */
export function createCommandReader(
  onCommand: (command: Buffer) => void,
  onLiteral: () => void,
  onOverflow: () => void,
): CommandReader {
  let pending: Buffer = Buffer.alloc(0)
  let from = 0
  let askedAt = -1
  function take(): Buffer | null {
    for (;;) {
      const end = pending.indexOf('\r\n', from)
      if (end < 0) return null
      const literal = /\{(\d+)(\+?)\}$/.exec(pending.toString('latin1', Math.max(0, end - 24), end))
      if (literal === null) {
        const command = pending.subarray(0, end)
        pending = pending.subarray(end + 2)
        from = 0
        askedAt = -1
        return command
      }
      const literalEnd = end + 2 + Number(literal[1])
      if (pending.length < literalEnd) {
        if (literal[2] === '' && askedAt !== end) {
          askedAt = end
          onLiteral()
        }
        return null
      }
      from = literalEnd
    }
  }
  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      if (pending.length > COMMAND_LIMIT) return onOverflow()
      for (let command = take(); command !== null; command = take()) onCommand(command)
    },
  }
}

/** @throws Error when brackets or quotes do not close */
export function tokenize(command: Buffer): Token[] {
  const text = command.toString('latin1')
  let at = 0

  function list(): Token[] {
    const tokens: Token[] = []
    while (at < text.length) {
      const char = text[at]
      if (char === ' ') at += 1
      else if (char === '(') {
        at += 1
        tokens.push(list())
      } else if (char === ')') {
        at += 1
        return tokens
      } else tokens.push(char === '"' ? quoted() : char === '{' ? literal() : atom())
    }
    return tokens
  }

  function quoted(): string {
    let value = ''
    for (at += 1; at < text.length; at += 1) {
      if (text[at] === '"') {
        at += 1
        return value
      }
      if (text[at] === '\\') at += 1
      value += text[at] ?? ''
    }
    throw new Error('quoted string does not end')
  }

  function literal(): string {
    const head = /^\{(\d+)\+?\}\r\n/.exec(text.slice(at, at + 24))
    if (head === null) return atom()
    const start = at + head[0].length
    at = start + Number(head[1])
    return text.slice(start, at)
  }

  // BODY[HEADER.FIELDS (FROM)]<0.100> is one atom: blanks and brackets inside [] belong to it.
  function atom(): string {
    const start = at
    let depth = 0
    for (; at < text.length; at += 1) {
      const char = text[at]
      if (char === '[') depth += 1
      else if (char === ']') depth -= 1
      else if (depth <= 0 && (char === ' ' || char === '(' || char === ')')) break
    }
    return text.slice(start, at)
  }

  return list()
}

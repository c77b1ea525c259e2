/**
 * Faults in a statement, each in one place: a condition dropped, a comparison turned, a lock left out. To
 * Stryker a statement is one text, which it can only empty. Pure.
 */

export interface SqlMutant {
  kind: 'condition dropped' | 'comparison turned' | 'lock left out'
  /** What stood there, with some of what is around it. */
  where: string
  text: string
}

interface Token {
  text: string
  lower: string
  from: number
  to: number
  /** Of parentheses. */
  depth: number
}

const TOKEN =
  /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\$\d+|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|::|@>|<@|<=|>=|<>|!=|=>|->>|->|[<>=()[\],;]|[^\s]/g

function tokensOf(text: string): Token[] {
  let depth = 0
  return [...text.matchAll(TOKEN)]
    .filter(([token]) => !token.startsWith('--'))
    .map((match) => {
      const [token] = match
      if (token === ')') depth -= 1
      const one = {
        text: token,
        lower: token.toLowerCase(),
        from: match.index,
        to: match.index + token.length,
        depth,
      }
      if (token === '(') depth += 1
      return one
    })
}

/** Words behind which a condition is over, at its own depth. */
const ENDS = new Set(
  (
    'and or where group order having limit offset returning union except intersect for on join left right inner cross full ' +
    'when then else end set from window ;'
  ).split(' '),
)
const TURNED: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '<>',
  '<>': '=',
  '!=': '=',
}
const LOCK = /\bfor (?:no key )?(?:update|share)(?: of \w+(?:, \w+)*)?(?: skip locked| nowait)?/gi
const ADVISORY = /\bpg_(try_)?advisory_(?:xact_)?lock(?:_shared)?\(/gi

export function sqlMutants(text: string): SqlMutant[] {
  const tokens = tokensOf(text)
  const mutant: Make = (kind, from, to, put) => ({
    kind,
    text: text.slice(0, from) + (typeof put === 'string' ? put : put(text.slice(from, to))) + text.slice(to),
    where:
      `${text.slice(Math.max(0, from - 30), from)}⟦${text.slice(from, to)}⟧${text.slice(to, to + 20)}`.replace(
        /\s+/g,
        ' ',
      ),
  })
  return [
    ...droppedConditions(tokens, mutant),
    ...turnedComparisons(tokens, mutant),
    ...leftOutLocks(text, tokens, mutant),
  ]
}

/** @param put what stands there instead; of what stood there, where parameters must keep their types */
type Make = (
  kind: SqlMutant['kind'],
  from: number,
  to: number,
  put: string | ((before: string) => string),
) => SqlMutant

function droppedConditions(tokens: readonly Token[], make: Make): SqlMutant[] {
  return tokens.flatMap((token, at) => {
    const opens = ['where', 'and', 'or', 'on', 'having'].includes(token.lower)
    if (!opens || isOfBetween(tokens, at) || isNoCondition(tokens, at)) return []
    let end = at + 1
    let hasBetween = false
    for (let one = tokens[end]; one; one = tokens[end]) {
      if (one.depth < token.depth) break
      if (one.depth === token.depth && one.lower === 'between') hasBetween = true
      else if (one.depth === token.depth && one.lower === 'and' && hasBetween) hasBetween = false
      else if (one.depth === token.depth && (ENDS.has(one.lower) || one.text === ',')) break
      end += 1
    }
    const [first, last] = [tokens[at + 1], tokens[end - 1]]
    if (!first || !last || last.to <= first.from) return []
    const put = token.lower === 'or' ? 'and false' : 'or true'
    return [make('condition dropped', first.from, last.to, (condition) => `((${condition}) ${put})`)]
  })
}

/** `between … and …` is one condition. */
function isOfBetween(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token
  if (token.lower !== 'and') return false
  for (let n = at - 1; n >= 0; n -= 1) {
    const one = tokens[n] as Token
    if (one.depth < token.depth) return false
    if (one.depth > token.depth) continue
    if (one.lower === 'between') return true
    if (ENDS.has(one.lower)) return false
  }
  return false
}

/** `on conflict`, `distinct on (…)`. */
const isNoCondition = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.lower === 'on' && (tokens[at + 1]?.lower === 'conflict' || tokens[at - 1]?.lower === 'distinct')

function turnedComparisons(tokens: readonly Token[], make: Make): SqlMutant[] {
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1]
    if (token.lower === 'is' && next?.lower === 'null')
      return [make('comparison turned', token.from, next.to, 'is not null')]
    if (token.lower === 'is' && next?.lower === 'not' && tokens[at + 2]?.lower === 'null')
      return [make('comparison turned', token.from, (tokens[at + 2] as Token).to, 'is null')]
    if (token.lower === 'not' && next?.lower === 'exists')
      return [make('comparison turned', token.from, next.to, 'exists')]
    if (token.lower === 'exists' && tokens[at - 1]?.lower !== 'not')
      return [make('comparison turned', token.from, token.to, 'not exists')]
    if (token.text === '=' && next?.lower === 'any')
      return [make('comparison turned', token.from, next.to, '<> all')]
    const turned = TURNED[token.text]
    return turned === undefined || (token.text === '=' && isAssignment(tokens, at))
      ? []
      : [make('comparison turned', token.from, token.to, turned)]
  })
}

/** Behind `set`, as long as nothing else has begun at its depth. */
function isAssignment(tokens: readonly Token[], at: number): boolean {
  const { depth } = tokens[at] as Token
  for (let n = at - 1; n >= 0; n -= 1) {
    const one = tokens[n] as Token
    if (one.depth < depth) return false
    if (one.depth > depth) continue
    if (one.lower === 'set') return true
    if (ENDS.has(one.lower)) return false
  }
  return false
}

function leftOutLocks(text: string, tokens: readonly Token[], make: Make): SqlMutant[] {
  const rows = [...text.matchAll(LOCK)].flatMap(({ 0: lock, index }) => {
    const skipping = lock.search(/ skip locked$/i)
    const whole = make('lock left out', index, index + lock.length, '')
    return skipping < 0 ? [whole] : [whole, make('lock left out', index + skipping, index + lock.length, '')]
  })
  const advisory = [...text.matchAll(ADVISORY)].flatMap((match) => {
    const open = tokens.findIndex(({ from }) => from === match.index + match[0].length - 1)
    const close = tokens.find(
      ({ text: one, depth }, at) => at > open && one === ')' && depth === tokens[open]?.depth,
    )
    return close ? [make('lock left out', match.index, close.to, match[1] ? 'true' : "''::text")] : []
  })
  return [...rows, ...advisory]
}

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Makes smaller what the generated client holds in each process for good, without touching what it does.
 * Where Prisma writes it in another way, generating fails and says so.
 */
export function slimClient(): void {
  rewrite('class.ts', (source) => spreadGraph(readCompilerFromDisk(schemaWithoutComments(source))))
  rewrite('prismaNamespace.ts', (source) => source)
}

/**
 * V8 keeps a source for good, with two bytes for each character where one of them is not of Latin-1: a sign
 * in Prisma's heading is enough.
 */
function rewrite(name: string, slim: (source: string) => string): void {
  const path = fileURLToPath(new URL(`../src/generated/prisma/internal/${name}`, import.meta.url))
  const written = slim(
    replaced(readFileSync(path, 'utf8'), / \* [^\n]*import this file directly[^\n]*\n/, () => ''),
  )
  if (/[^\0-\xff]/.test(written)) throw new Error(`${name} holds more than Latin-1`)
  writeFileSync(path, written)
}

/** The client brings the whole text of schema.prisma, a third of which is for people. */
const schemaWithoutComments = (source: string): string =>
  replaced(source, /"inlineSchema": ("(?:[^"\\]|\\.)*")/, (_, text) => {
    const lines = (JSON.parse(text ?? '""') as string).split('\n')
    return `"inlineSchema": ${JSON.stringify(lines.filter((line) => !/^\s*\/\//.test(line)).join('\n'))}`
  })

/**
 * The query compiler, 2 MB of WebAssembly, is imported as a module that is one base64 text: the module's
 * source and the text stay in the heap. Read as a file they are gone once it is compiled.
 */
const readCompilerFromDisk = (source: string): string =>
  replaced(
    source,
    /const \{ wasm \} = await import\("([^"]+)"\)/,
    (_, module) => `const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL(import.meta.resolve("${module}")), 'latin1')
    const wasm = text.slice(text.indexOf('"') + 1, text.lastIndexOf('"'))`,
  )

/**
 * Farther apart than this from the array's end, V8 keeps an element in a dictionary instead of leaving room
 * for all before it.
 */
const V8_LARGEST_GAP = 1_024

/**
 * The graph of what queries may say holds 3,000 nodes of a few edges, each edge an element under the number
 * of its name. V8 makes arrays of them with room for every name: 14 MB. With numbers that begin behind its
 * largest gap they are dictionaries, 2 MB.
 */
function spreadGraph(source: string): string {
  const numbered = replaced(
    source,
    /graph: "([\w-]+)"/,
    (_, graph) => `graph: "${moveNames(Buffer.from(graph ?? '', 'base64url')).toString('base64url')}"`,
  )
  return replaced(
    numbered,
    /strings: (JSON\.parse\(.*\)),\n/,
    (_, names) => `strings: [...new Array(${V8_LARGEST_GAP}).fill(''), ...${names}],\n`,
  )
}

function replaced(text: string, form: RegExp, by: (...found: string[]) => string): string {
  if (!form.test(text)) throw new Error(`Prisma's class.ts holds no ${form} any more`)
  return text.replace(form, by)
}

/**
 * The same graph with each number of a name moved; Prisma's own form: numbers of seven bits a byte, 0 for
 * "none".
 */
function moveNames(graph: Buffer): Buffer {
  let at = 0
  const out: number[] = []
  const copy = (bytes: number) => {
    for (const end = at + bytes; at < end; at += 1) out.push(graph.readUInt8(at))
  }
  const read = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = graph.readUInt8(at)
      at += 1
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const write = (value: number) => {
    let rest = value
    for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128)
    out.push(rest)
    return value
  }
  const same = () => write(read())
  const moved = (none = 0) => {
    const value = read()
    write(value === none ? value : value + V8_LARGEST_GAP)
  }
  const name = () => moved(-1)

  const [inputs, outputs, roots] = [same(), same(), same()]
  for (let node = 0; node < inputs; node += 1) {
    for (let edges = same(); edges > 0; edges -= 1) {
      name()
      copy(2) // which scalars
      same() // the node below
      moved() // the name of an enum
      copy(1) // flags
    }
  }
  for (let node = 0; node < outputs; node += 1) {
    for (let edges = same(); edges > 0; edges -= 1) {
      name()
      same()
      same()
    }
  }
  for (let root = 0; root < roots; root += 1) {
    name()
    same()
    same()
  }
  if (at !== graph.length) throw new Error('Prisma writes its graph in another form now')
  return Buffer.from(out)
}

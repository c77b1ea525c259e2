import { readFile, rename, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { ConfigError } from '../../src/config/load.ts'

/**
 * State under a name: what the file had, or else `initial`. The object is live, its holder changes it in
 * place. It consists of plain objects, lists, Maps, Sets, dates and buffers.
 */
export type Keep = <T extends object>(name: string, initial: () => T) => T

/** State ends with the process. */
export const keepNothing: Keep = (_, initial) => initial()

export const keepUnder =
  (keep: Keep, prefix: string): Keep =>
  (name, initial) =>
    keep(`${prefix}/${name}`, initial)

interface KeptFile {
  keep: Keep
  /** Writes everything, in place of the file's last content; a crash leaves one of both whole. */
  save(): Promise<void>
}

/** Changes of a simulator's state get a new number: an older file is refused, not misread. */
const FORMAT = 1

interface Content {
  format: number
  madeFor: string
  states: Map<string, object>
}

/**
 * @param madeFor what the state depends on: seed and number of shops
 * @throws ConfigError when the file holds something else
 */
export async function openKeptFile(file: string, madeFor: string): Promise<KeptFile> {
  const states = await read(file, madeFor)
  let saving = Promise.resolve()
  return {
    keep: <T extends object>(name: string, initial: () => T) => {
      const state = (states.get(name) as T | undefined) ?? initial()
      states.set(name, state)
      return state
    },
    save: () => {
      saving = saving.then(write, write)
      return saving
    },
  }

  async function write(): Promise<void> {
    const content: Content = { format: FORMAT, madeFor, states }
    try {
      await writeFile(`${file}.new`, serialize(content), { mode: 0o600 })
      await rename(`${file}.new`, file)
    } catch (error) {
      throw new ConfigError([`${file} cannot be written: ${(error as Error).message}`])
    }
  }
}

async function read(file: string, madeFor: string): Promise<Map<string, object>> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new ConfigError([`${file} cannot be read: ${(error as Error).message}`])
  }
  const content = contentOf(bytes)
  if (content?.format !== FORMAT)
    throw new ConfigError([`${file} is no state of this version's sandbox; delete it to begin anew`])
  if (content.madeFor !== madeFor)
    throw new ConfigError([
      `${file} was made for ${content.madeFor}, this start is for ${madeFor}; delete it to begin anew`,
    ])
  return content.states
}

function contentOf(bytes: Buffer): Content | null {
  try {
    return deserialize(bytes) as Content
  } catch {
    return null
  }
}

import { randomUUID } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'

/**
 * The content of a file that only the service's user may read, made by `create` when it is not there. Of two
 * processes that create it at once one wins, and both get its content.
 */
export async function readOrCreatePrivate(path: string, create: () => string): Promise<string> {
  const there = await readIfThere(path)
  if (there !== null) return there
  const partial = `${path}.${randomUUID()}`
  await writeNew(partial, create())
  try {
    // link() fails when somebody was faster, rename() would replace what they may already use.
    await link(partial, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(partial, { force: true })
  }
  return await readFile(path, 'utf8')
}

/** Replaces the file whole: a crash leaves the old content or the new, never half. */
export async function writePrivate(path: string, content: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`
  await writeNew(partial, content)
  await rename(partial, path)
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

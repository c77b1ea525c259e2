import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The C# client, compiled by Debian's Mono: .NET itself is not to be had there. */

const FOLDER = fileURLToPath(new URL('../../../clients/csharp', import.meta.url))
const LIBRARIES = ['System.Net.Http', 'System.Runtime.Serialization', 'System.Xml.Linq', 'System.Xml']

export const monoMissing = (): string | null =>
  spawnSync('mcs', ['--version']).status === 0 &&
  spawnSync('mono', ['--version']).status === 0 &&
  existsSync('/usr/lib/mono/4.5/Mono.Data.Sqlite.dll')
    ? null
    : 'no mono, mcs and its SQLite (apt: mono-mcs, mono-runtime, libmono-sqlite4.0-cil)'

/** With the library, into one program. @throws with what the compiler says, warnings included */
export function compile(program: string, sources: readonly string[], more: readonly string[] = []): void {
  const library = globSync('src/*.cs', { cwd: FOLDER }).map((file) => join(FOLDER, file))
  const references = [...LIBRARIES, ...more].map((name) => `-r:${name}.dll`)
  const options = ['-langversion:7.2', '-warnaserror', `-out:${program}`, ...references]
  execFileSync('mcs', [...options, ...library, ...sources], { stdio: 'pipe' })
}

export const consoleExample = join(FOLDER, 'examples/Console.cs')
export const databaseStore = join(FOLDER, 'examples/DatabaseStore.cs')
/** Of Debian's Mono; the store's example is for any database that ADO.NET knows. */
export const SQLITE_LIBRARIES = ['System.Data', 'Mono.Data.Sqlite']
export const feedFollower = fileURLToPath(new URL('Feed.cs', import.meta.url))
export const windowsForms = fileURLToPath(new URL('Forms.cs', import.meta.url))

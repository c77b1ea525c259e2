import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SETTINGS, type SettingNotes } from '../src/config/schema.ts'

/** Makes docs/settings.md and .env.example from the settings' schema. Run it after changing a setting. */

const ROOT = new URL('../', import.meta.url)

interface Setting extends SettingNotes {
  name: string
  description: string
  defaultText: string
}

function settings(): Setting[] {
  return Object.entries(SETTINGS).map(([name, schema]) => {
    const notes = schema.meta() as unknown as SettingNotes & { description: string }
    const parsed = schema.safeParse(undefined)
    const fixed = parsed.success && parsed.data !== undefined ? String(parsed.data) : ''
    return { ...notes, name, defaultText: notes.shownDefault ?? (fixed === '' ? '' : `\`${fixed}\``) }
  })
}

export function settingsPage(): string {
  const all = settings()
  const groups = [...new Set(all.map((setting) => setting.group))]
  const parts = groups.map((group) => {
    const rows = all
      .filter((setting) => setting.group === group)
      .map(
        (setting) =>
          `| \`${setting.name}\` | ${setting.defaultText} | ${setting.description}${setting.secret ? ' Secret.' : ''} |`,
      )
    return `## ${group}\n\n| setting | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Settings

Made by \`scripts/settings-doc.ts\` from \`src/config/schema.ts\` and the malls’ facts; change it there.

All settings are environment variables, or lines of \`.env\` beside \`package.json\`; the environment holds against the file.
An empty one counts as not set. A secret one may stand in a file instead, named by the same name with \`_FILE\` behind it. The service
reads them once at its start, reports every fault at once and does not start with one.

${parts.join('\n')}`
}

export function envExample(): string {
  const lines = settings().map((setting) => {
    const shown = setting.shownDefault ? '' : setting.defaultText.replaceAll('`', '')
    return `# ${setting.description.replaceAll('`', '')}\n#${setting.name}=${shown}\n`
  })
  return `# Made by scripts/settings-doc.ts from src/config/schema.ts and the malls’ facts. Everything is optional outside production.\n\n${lines.join('\n')}`
}

export const PAGES: readonly { file: URL; make: () => string }[] = [
  { file: new URL('docs/settings.md', ROOT), make: settingsPage },
  { file: new URL('.env.example', ROOT), make: envExample },
]

async function main(): Promise<void> {
  const check = process.argv.includes('--check')
  for (const { file, make } of PAGES) {
    const wanted = make()
    if ((await readFile(file, 'utf8').catch(() => '')) === wanted) continue
    if (!check) await writeFile(file, wanted)
    console.log(`${fileURLToPath(file)} ${check ? 'is not up to date' : 'written'}`)
    if (check) process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()

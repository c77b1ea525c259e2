import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PROBLEM_NOTES, PROBLEMS, type ProblemCode } from '../src/http/problems.ts'

/**
 * `node scripts/problems-doc.ts` writes docs/problems.md from src/http/problems.ts; a test compares
 * them.
 */
export function problemsPage(): string {
  const rows = (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => {
    const { status, title } = PROBLEMS[code]
    const { cause, remedy, retry } = PROBLEM_NOTES[code]
    return `| ${status} | \`${code}\` | ${title} | ${cause} | ${remedy} | ${retry ? 'yes' : 'no'} |`
  })
  return `# Problem codes

Every error is an RFC 9457 document: \`code\` for programs, \`title\` and \`detail\` in Japanese for staff, \`requestId\` for the operator.
Made by \`scripts/problems-doc.ts\`; do not edit.

| status | code | 見出し | cause | what to do | repeat by itself |
| ------ | ---- | ------ | ----- | ---------- | ---------------- |
${rows.join('\n')}
`
}

if (import.meta.main)
  writeFileSync(fileURLToPath(new URL('../docs/problems.md', import.meta.url)), problemsPage())

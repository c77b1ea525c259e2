import { parentPort } from 'node:worker_threads'
import { LISTENED_MALLS } from '../../marketplaces/mails.ts'
import { createJudge, type PastedMail } from './judge.ts'
import type { ShopMailRules } from './malls.ts'
import type { TrustSettings } from './trust.ts'

/** The inside of a reading thread (judge-threads.ts): one question after the other, for as long as it is let live. */

export type Question =
  | { kind: 'judge'; source: Uint8Array; rules: string; settings: TrustSettings }
  | { kind: 'explain'; pasted: PastedMail; rules: string }

export type Reply =
  | { kind: 'ready' }
  | { kind: 'answer'; value: unknown }
  | { kind: 'failed'; message: string }

// Their mails alone: nobody is asked anything from here, and each thread pays for what it loads.
const judge = createJudge(LISTENED_MALLS)

const MOST_RULES = 50
const rulesByText = new Map<string, ShopMailRules>()

/** One object for one text: rules are prepared once for each object. */
function rulesFrom(text: string): ShopMailRules {
  const known = rulesByText.get(text)
  if (known) return known
  if (rulesByText.size >= MOST_RULES) rulesByText.clear()
  const rules: ShopMailRules = JSON.parse(text)
  rulesByText.set(text, rules)
  return rules
}

const answer = (question: Question): Promise<unknown> =>
  question.kind === 'judge'
    ? judge.judge(question.source, rulesFrom(question.rules), question.settings)
    : judge.explain(question.pasted, rulesFrom(question.rules))

const reply = (message: Reply) => parentPort?.postMessage(message)

parentPort?.on('message', (question: Question) => {
  answer(question).then(
    (value) => reply({ kind: 'answer', value }),
    (error: unknown) => reply({ kind: 'failed', message: String(error) }),
  )
})
reply({ kind: 'ready' })

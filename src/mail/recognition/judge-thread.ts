import { parentPort, workerData } from 'node:worker_threads'
import { LISTENED_MALLS } from '../../marketplaces/mails.ts'
import { createJudge, type PastedMail } from './judge.ts'
import type { ShopMailRules } from './shop-rules.ts'
import type { TrustSettings } from './trust.ts'

/** Code of a reading thread (judge-threads.ts): answers one question after another until it is stopped. */

export type Question =
  | { kind: 'judge'; source: Uint8Array; rules: string; settings: TrustSettings }
  | { kind: 'text'; source: Uint8Array }
  | { kind: 'explain'; pasted: PastedMail; rules: string }

export type Answer = { value: unknown } | { failed: string }
/** Answers to the next questions in their order, several at a time. */
export type Reply = 'ready' | Answer[]

/** Longest time that finished answers wait: a killed thread loses at most this much work. */
const KEPT_MS = 20

// Loads only the malls' mail rules: this thread calls no mall, and each thread pays for what it loads.
const judge = createJudge(LISTENED_MALLS)

/** Index of the question under way. It tells the killer of this thread which mail was at fault. */
const shared: SharedArrayBuffer = workerData
const progress = new Int32Array(shared)

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

function answer(question: Question): Promise<unknown> {
  if (question.kind === 'text') return judge.text(question.source)
  const rules = rulesFrom(question.rules)
  return question.kind === 'judge'
    ? judge.judge(question.source, rules, question.settings)
    : judge.explain(question.pasted, rules)
}

const reply = (message: Reply) => parentPort?.postMessage(message)

async function answerAll(questions: readonly Question[]): Promise<void> {
  let answers: Answer[] = []
  let sent = performance.now()
  for (const [index, question] of questions.entries()) {
    Atomics.store(progress, 0, index)
    answers.push(
      await answer(question).then(
        (value) => ({ value }),
        (error: unknown) => ({ failed: String(error) }),
      ),
    )
    const now = performance.now()
    if (now - sent < KEPT_MS && index < questions.length - 1) continue
    reply(answers)
    answers = []
    sent = now
  }
}

parentPort?.on('message', (questions: Question[]) => void answerAll(questions))
reply('ready')

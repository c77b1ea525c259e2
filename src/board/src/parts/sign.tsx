import { type ChangeState, changeWord } from '../words.ts'

/** A state has sign, word and colour, never colour alone. No green: some eyes take it for red. */
export type Tone =
  | 'failed'
  | 'warning'
  | 'attention'
  | 'changing'
  | 'staged'
  | 'hold'
  | 'done'
  | 'cancelled'
  | 'unproven'

const SIGNS: Record<Tone, string> = {
  failed: '✕',
  warning: '▲',
  attention: '！',
  changing: '↻',
  staged: '●',
  hold: '‖',
  done: '✓',
  cancelled: '⊘',
  unproven: '○',
}

export function Sign({ tone, children, title }: { tone: Tone; children?: React.ReactNode; title?: string }) {
  return (
    <span className={`sign sign-${tone}`} title={title}>
      <span className="sign-mark" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  )
}

const TONES: Partial<Record<ChangeState, Tone>> = {
  queued: 'changing',
  changing: 'changing',
  succeeded: 'done',
  warning: 'warning',
  failed: 'failed',
}

export function ChangeSign({ state }: { state: ChangeState }) {
  const tone = TONES[state]
  return tone ? <Sign tone={tone}>{changeWord(state)}</Sign> : null
}

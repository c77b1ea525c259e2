import { useEffect } from 'react'
import type { Board } from './api.ts'
import { useBoard } from './data.ts'
import { t } from './i18n.ts'
import { keep, kept } from './kept.ts'
import { onLiveEvent } from './live.ts'
import { useSubject } from './parts/subject.ts'
import { createStore } from './store.ts'

/** Sound and desktop notice for 要対応, 失敗 and an order cancelled after its pull. Off by default. */
const alarms = createStore(kept('alarms') === 'on')
export const useAlarmsOn = alarms.use

export async function switchAlarms(): Promise<void> {
  const on = !alarms.get()
  alarms.set(on)
  keep('alarms', on ? 'on' : null)
  // A browser asks only when a person pressed something.
  if (on && 'Notification' in window && Notification.permission === 'default')
    await Notification.requestPermission()
  if (on) beep()
}

function beep(): void {
  try {
    const audio = new AudioContext()
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = 880
    volume.gain.setValueAtTime(0.15, audio.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6)
    tone.connect(volume).connect(audio.destination)
    tone.start()
    tone.stop(audio.currentTime + 0.6)
    tone.onended = () => void audio.close()
  } catch {
    // No sound here; the notice and the title still tell.
  }
}

function alarm(text: string, tag: string): void {
  if (!alarms.get()) return
  beep()
  if ('Notification' in window && Notification.permission === 'granted')
    new Notification('Torikomi', { body: text, tag, lang: document.documentElement.lang })
}

export const waitingForPerson = (board: Board): number =>
  board.attention + board.failed + board.warning + board.importFailed

/** Follows what happens, and keeps the count in the tab's title. */
export function useAlarms(): void {
  const board = useBoard().data
  const subject = useSubject()
  useEffect(
    () =>
      onLiveEvent(({ kind, data }) => {
        if (kind === 'change' && data.state === 'failed')
          alarm(t('サイト変更が失敗しました。', 'A site change has failed.'), `change-${data.changeId}`)
        if (kind === 'attention' && data.code !== null)
          alarm(`${t('要対応', 'Attention')}: ${data.message ?? data.code}`, `attention-${data.code}`)
        if (kind === 'order' && data.what.includes('cancelled_at_mall') && data.status !== 'auto_imported')
          alarm(
            t(
              `取込後にモールでキャンセルされました: ${data.orderNumber}`,
              `Cancelled after it was pulled: ${data.orderNumber}`,
            ),
            `cancelled-${data.orderId}`,
          )
      }),
    [],
  )
  useEffect(() => {
    const count = board ? waitingForPerson(board) : 0
    const staged = board?.staged ?? 0
    const head = [
      count > 0 ? `！${count}` : '',
      staged > 0 ? `(${staged}${board?.bounded.includes('staged') ? '+' : ''})` : '',
    ].join('')
    document.title = `${head}${head && ' '}${subject ?? t('状況ボード', 'Board')} - Torikomi`
  }, [board, subject])
}

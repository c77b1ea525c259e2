import { Component, type ComponentType, createElement, lazy, type ReactNode, useState } from 'react'
import { t } from '../i18n.ts'
import { hasUnsavedText } from './drafts.ts'

/** A part of the page whose file did not load: the line was cut, or the server runs another build. */
class PartMissing extends Error {}

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>

const loads: (() => Promise<unknown>)[] = []

/**
 * A component whose file is loaded when it is first shown. Where the file does not come, a message with もう一度
 * stands in its place, and nothing typed elsewhere on the page is lost.
 */
export function lazyPart<Props extends object>(load: Load<Props>): ComponentType<Props> {
  const loadOrTell: Load<Props> = () =>
    load().catch((cause: unknown) => {
      throw new PartMissing('a part of the page did not load', { cause })
    })
  loads.push(load)
  // Shared by all places that show it: a loaded part is there at once when it is shown again.
  let Part = lazy(loadOrTell)
  // biome-ignore lint/correctness/noComponentHookFactories: called at module level, as React's own `lazy` is
  return function LazyPart(props: Props) {
    const [tries, setTries] = useState(0)
    return (
      <Boundary
        key={tries}
        onRetry={() => {
          Part = lazy(loadOrTell)
          setTries(tries + 1)
        }}
      >
        {createElement(Part, props)}
      </Boundary>
    )
  }
}

declare global {
  interface Navigator {
    /** Not in every browser. */
    connection?: { saveData: boolean }
  }
}

const IDLE_AFTER_MS = 5_000

/**
 * Loads every part while the machine is idle, one by one, so that a line cut later takes none away. Loads
 * nothing for a person who pays by the byte and has told the browser so.
 */
export function loadPartsWhenIdle(): (() => void) | undefined {
  if (navigator.connection?.saveData) return undefined
  const timer = setTimeout(async () => {
    for (const load of loads) await load().catch(() => undefined)
  }, IDLE_AFTER_MS)
  return () => clearTimeout(timer)
}

interface BoundaryProps {
  onRetry: () => void
  children: ReactNode
}

class Boundary extends Component<BoundaryProps, { error: unknown; newBuild: boolean }> {
  override state: { error: unknown; newBuild: boolean } = { error: null, newBuild: false }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidCatch(error: unknown): void {
    if (!(error instanceof PartMissing)) return
    void isNewBuild().then((newBuild) => {
      if (newBuild && !hasUnsavedText()) location.reload()
      else this.setState({ newBuild })
    })
  }

  override render(): ReactNode {
    const { error, newBuild } = this.state
    if (error === null) return this.props.children
    if (!(error instanceof PartMissing)) throw error
    return (
      <div className="problem" role="alert">
        <p>
          {newBuild
            ? t(
                'サーバーの画面が新しい版になりました。入力中の内容を保存または控えてから、読み込み直してください。（NEW_VERSION）',
                'The server has a new version of this page. Save or copy what you typed, then load the page again. (NEW_VERSION)',
              )
            : t(
                'この部分を読み込めませんでした。入力中の内容は残っています。回線を確認して、もう一度押してください。（OFFLINE）',
                'This part could not be loaded. What you typed is still here. Check the line and try again. (OFFLINE)',
              )}
        </p>
        <button
          type="button"
          className="button"
          onClick={() => (newBuild ? location.reload() : this.props.onRetry())}
        >
          {newBuild ? t('画面を読み込み直す', 'Load the page again') : t('もう一度', 'Try again')}
        </button>
      </div>
    )
  }
}

const entryOf = (html: string): string | undefined => /\/board\/assets\/index-[\w-]+\.js/.exec(html)?.[0]

/** True when the server answers with an index that names another entry file than this page was made from. */
async function isNewBuild(): Promise<boolean> {
  const mine = entryOf(document.documentElement.innerHTML)
  try {
    const response = await fetch('/board', { cache: 'no-store', signal: AbortSignal.timeout(5_000) })
    const theirs = response.ok ? entryOf(await response.text()) : undefined
    return theirs !== undefined && theirs !== mine
  } catch {
    return false
  }
}

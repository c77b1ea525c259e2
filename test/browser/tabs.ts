import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect } from 'vitest'

/** One tab of a browser other than Chromium: what a walk needs that is to be the same in all of them. */
interface Tab {
  open(url: string): Promise<void>
  /** @returns the value of an expression of the page, which JSON must be able to carry */
  read<T>(expression: string): Promise<T>
  click(x: number, y: number): Promise<void>
  press(key: string): Promise<void>
  /** @returns the width that the page has then: a window's frame may let it be no smaller */
  resize(width: number, height: number): Promise<number>
  close(): Promise<void>
}

interface Kind {
  name: string
  /** Why it cannot be started here; empty where it can. */
  left: string
  start(): Promise<Tab>
}

const SIZE = { width: 1440, height: 900 }

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync)

/** Debian’s Firefox by WebDriver BiDi; Playwright needs a command that this release lacks. */
const firefoxKind: Kind = {
  name: 'Firefox',
  left: FIREFOX === undefined ? ' [needs firefox-esr at /usr/bin]' : '',
  start: () =>
    withProcesses('torikomi-firefox-', async (home, start) => {
      await writeFile(join(home, 'user.js'), 'user_pref("intl.accept_languages", "ja");\n')
      const child = start(
        FIREFOX ?? '',
        ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port=0', 'about:blank'],
        { HOME: home },
      )
      const url = await printed(child.stderr, /WebDriver BiDi listening on (ws:\S+)/)
      const send = await bidi(`${url}/session`)
      await send('session.new', { capabilities: {} })
      const { contexts } = await send<{ contexts: { context: string }[] }>('browsingContext.getTree', {})
      const context = contexts[0]?.context ?? ''
      await send('browsingContext.setViewport', { context, viewport: SIZE })
      return {
        ...handsBy((actions) => send('input.performActions', { context, actions })),
        open: (page) => send('browsingContext.navigate', { context, url: page, wait: 'complete' }),
        resize: async (width, height) => {
          await send('browsingContext.setViewport', { context, viewport: { width, height } })
          return width
        },
        read: async <T>(expression: string) => {
          const answer = await send<{ type: string; result: { value: string }; exceptionDetails?: object }>(
            'script.evaluate',
            {
              target: { context },
              awaitPromise: true,
              expression: `Promise.resolve(${expression}).then((value) => JSON.stringify({ value }))`,
            },
          )
          if (answer.type !== 'success') throw new Error(JSON.stringify(answer.exceptionDetails))
          return (JSON.parse(answer.result.value) as { value: T }).value
        },
        end: () => send('browser.close', {}),
      }
    }),
}

/** @returns what sends a command over the WebSocket at this address and gives its result */
async function bidi(url: string) {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  socket.addEventListener('message', ({ data }) => {
    const { id, type, result, error, message } = JSON.parse(String(data))
    if (type === 'success') waiting.get(id)?.resolve(result)
    else if (type === 'error') waiting.get(id)?.reject(new Error(`${error}: ${message}`))
  })
  let last = 0
  return <T = void>(method: string, params: object): Promise<T> => {
    const answer = Promise.withResolvers<unknown>()
    waiting.set(++last, answer)
    socket.send(JSON.stringify({ id: last, method, params }))
    return answer.promise as Promise<T>
  }
}

const DRIVER = '/usr/bin/WebKitWebDriver'
const [MINI_BROWSER] = globSync('/usr/{lib,libexec}/{*/,}webkit2gtk-4.1/MiniBrowser')
const XVFB = '/usr/bin/Xvfb'
const missing = [DRIVER, XVFB].filter((path) => !existsSync(path))
if (MINI_BROWSER === undefined) missing.push('MiniBrowser')

/** Code points by which WebDriver names keys that write nothing. */
const KEYS: Readonly<Record<string, string>> = {
  Enter: '\uE006',
  Escape: '\uE00C',
  ArrowDown: '\uE015',
  Space: ' ',
  F2: '\uE032',
  F9: '\uE039',
}

/** Safari's engine as Debian has it: WebKitGTK's small browser on a screen in memory, by WebDriver. */
const webkitKind: Kind = {
  name: 'WebKit',
  left: missing.length > 0 ? ` [needs webkit2gtk-driver and xvfb: no ${missing.join(', ')}]` : '',
  start: () =>
    withProcesses('torikomi-webkit-', async (home, start) => {
      const screen = `${SIZE.width}x${SIZE.height}x24`
      const xvfb = start(XVFB, ['-displayfd', '1', '-screen', '0', screen, '-nolisten', 'tcp'], {})
      const display = await printed(xvfb.stdout, /^(\d+)\s/)
      const port = await freePort()
      start(DRIVER, ['--host=127.0.0.1', `--port=${port}`], {
        HOME: home,
        XDG_RUNTIME_DIR: home,
        LANG: 'C.UTF-8',
        DISPLAY: `:${display}`,
        NO_AT_BRIDGE: '1',
        GTK_USE_PORTAL: '0',
      })
      return openTab(`http://127.0.0.1:${port}`)
    }),
}

type Start = (
  command: string,
  args: readonly string[],
  env: Record<string, string>,
) => ChildProcessByStdio<null, Readable, Readable>

/** A tab of processes of its own and a folder for what they write, which all go when it closes. */
async function withProcesses(
  name: string,
  open: (home: string, start: Start) => Promise<Omit<Tab, 'close'> & { end(): Promise<unknown> }>,
): Promise<Tab> {
  const home = await mkdtemp(join(tmpdir(), name))
  const started: ReturnType<Start>[] = []
  const start: Start = (command, args, env) => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // Read, as a full pipe would hold it.
    for (const stream of [child.stdout, child.stderr]) stream.resume()
    started.push(child)
    return child
  }
  const stop = async () => {
    for (const child of started.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const { end, ...tab } = await open(home, start)
    return {
      ...tab,
      close: async () => {
        await Promise.race([end().catch(() => undefined), new Promise((next) => setTimeout(next, 5_000))])
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits until a process has written this. */
function printed(stream: Readable, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      const found = what.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    stream.on('end', () => reject(new Error(`${what} was never written, but ${text}`)))
  })
}

/** Mouse and keys by WebDriver's actions, which are the same in both of its protocols. */
function handsBy(perform: (actions: readonly object[]) => Promise<unknown>): Pick<Tab, 'click' | 'press'> {
  return {
    async click(x, y) {
      await perform([
        {
          type: 'pointer',
          id: 'mouse',
          parameters: { pointerType: 'mouse' },
          actions: [
            { type: 'pointerMove', x: Math.round(x), y: Math.round(y), origin: 'viewport' },
            { type: 'pointerDown', button: 0 },
            { type: 'pointerUp', button: 0 },
          ],
        },
      ])
    },
    async press(key) {
      const value = KEYS[key] ?? key
      const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value }))
      await perform([{ type: 'key', id: 'keys', actions }])
    },
  }
}

async function openTab(driver: string) {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${driver}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    })
    const { value } = (await response.json()) as { value: T }
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`)
    return value
  }
  await expect
    .poll(
      () =>
        call<{ ready: boolean }>('GET', '/status').then(
          ({ ready }) => ready,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': {
          binary: MINI_BROWSER,
          args: ['--automation', `--geometry=${SIZE.width}x${SIZE.height}`],
        },
      },
    },
  })
  const at = `/session/${sessionId}`
  const read = async <T>(expression: string): Promise<T> => {
    // In the script itself: the page's policy forbids `eval`.
    const script = `const done = arguments[0]
      Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const { value, error } = await call<{ value: T; error?: string }>('POST', `${at}/execute/async`, {
      script,
      args: [],
    })
    if (error !== undefined) throw new Error(error)
    return value
  }
  return {
    ...handsBy((actions) => call('POST', `${at}/actions`, { actions })),
    open: (url: string) => call<void>('POST', `${at}/url`, { url }),
    resize: async (width: number, height: number) => {
      await call('POST', `${at}/window/rect`, { width, height })
      return read<number>('innerWidth')
    },
    read,
    end: () => call('DELETE', at),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

export const OTHER_BROWSERS: readonly Kind[] = [firefoxKind, webkitKind]

/** In the page: finds what a person would, by its words; of several the first that can be used. */
const FINDER = `(() => {
  if (window.walk) return
  const complaints = []
  addEventListener('error', ({ message }) => complaints.push(String(message)))
  addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)))
  addEventListener('securitypolicyviolation', ({ violatedDirective }) => complaints.push(violatedDirective))
  const files = []
  const create = URL.createObjectURL
  URL.createObjectURL = (blob) => {
    files.push(blob.arrayBuffer().then((bytes) => [...new Uint8Array(bytes)]))
    return create.call(URL, blob)
  }
  const words = (text) => (text ?? '').replace(/\\s+/g, ' ').trim()
  const seen = (element) => element.getClientRects().length > 0 && !element.closest('[inert]')
  const scopeOf = (within) => [...document.querySelectorAll(within)].findLast(seen)
  const named = (scope, name) =>
    [...(scope?.querySelectorAll('button, a, summary, [role=tab], [role=menuitem], [role=option]') ?? [])]
      .filter(seen)
      .filter((one) => one.getAttribute('aria-disabled') !== 'true' && !one.disabled)
      .find((one) => words(one.getAttribute('aria-label') ?? one.textContent).startsWith(name))
  const field = (scope, name) => {
    const labels = [...(scope?.querySelectorAll('label') ?? [])].filter(seen)
    const input = (labels.find((one) => words(one.textContent).startsWith(name)) ??
      labels.find((one) => words(one.textContent).includes(name)))?.control
    return input && seen(input) ? input : [...(scope?.querySelectorAll('[name], [aria-label]') ?? [])]
      .filter(seen)
      .find((one) => one.name === name || one.getAttribute('aria-label') === name)
  }
  const centre = (element) => {
    if (!element) return null
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
    const { left, top, width, height } = element.getBoundingClientRect()
    const [x, y] = [left + width / 2, top + height / 2]
    const hit = document.elementFromPoint(x, y)
    return hit && (element.contains(hit) || hit.contains(element)) ? { x, y } : null
  }
  const set = (element, value) => {
    const kind = element instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(element, value)
    element.dispatchEvent(new Event(kind === HTMLSelectElement ? 'change' : 'input', { bubbles: true }))
  }
  window.walk = {
    complaints,
    files,
    has: (within, text) => words(scopeOf(within)?.innerText).includes(text),
    button: (within, name) => centre(named(scopeOf(within), name)),
    field: (within, name) => centre(field(scopeOf(within), name)),
    first: (selector) => centre([...document.querySelectorAll(selector)].find(seen)),
    text: (selector) => words([...document.querySelectorAll(selector)].find(seen)?.textContent),
    /** What is pasted: over all that the field has. */
    paste: (text) => {
      document.activeElement.select()
      return document.execCommand('insertText', false, text)
    },
    choose: (within, name, label) => {
      const list = field(scopeOf(within), name)
      const option = [...(list?.options ?? [])].find((one) => words(one.textContent).startsWith(label))
      if (option) set(list, option.value)
      return option !== undefined
    },
  }
})()`

/** A person at a tab, who waits for what comes and then uses it. */
export function personAt(tab: Tab) {
  const call = <T>(name: string, ...args: readonly string[]) =>
    tab.read<T>(`window.walk.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`)
  const until = async <T>(what: string, read: () => Promise<T | null>): Promise<T> => {
    const found: T[] = []
    const look = async () => {
      const value = await read().catch(() => null)
      if (value) found.push(value)
      return found.length
    }
    try {
      await expect.poll(look, { timeout: 20_000, interval: 50 }).toBe(1)
    } catch (cause) {
      const shown = await tab.read<string>('document.body.innerText.slice(0, 2000)').catch(String)
      throw new Error(`${what} never came, but:\n${shown}`, { cause })
    }
    return found[0] as T
  }
  const clickAt = async (what: string, find: () => Promise<{ x: number; y: number } | null>) => {
    // Still at the same place a moment later: what comes above it moves it.
    let last = ''
    const still = async () => {
      const at = await find()
      const isStill = JSON.stringify(at) === last
      last = JSON.stringify(at)
      return isStill ? at : null
    }
    const { x, y } = await until(what, still)
    await tab.click(x, y)
  }
  return {
    press: tab.press,
    async open(url: string) {
      await tab.open(url)
      await tab.read(FINDER)
    },
    click: (name: string, within = 'body') =>
      clickAt(`the button ${name}`, () => call('button', within, name)),
    clickFirst: (selector: string) => clickAt(selector, () => call('first', selector)),
    async fill(name: string, text: string, within = 'body') {
      await clickAt(`the field ${name}`, () => call('field', within, name))
      await call('paste', text)
    },
    choose: (name: string, label: string, within = 'body') =>
      until(`the choice ${label}`, () => call<boolean>('choose', within, name, label)),
    sees: (text: string, within = 'body') => until(text, () => call<boolean>('has', within, text)),
    textOf: (selector: string) => until(selector, async () => (await call<string>('text', selector)) || null),
    focused: (selector: string) =>
      until(`the focus on ${selector}`, () =>
        tab.read<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`),
      ),
    complaints: () => tab.read<string[]>('window.walk.complaints'),
    /** The bytes of the file that was saved last. */
    savedFile: async () =>
      Buffer.from(
        await until('a saved file', () => tab.read<number[] | null>('window.walk.files.at(-1) ?? null')),
      ),
  }
}

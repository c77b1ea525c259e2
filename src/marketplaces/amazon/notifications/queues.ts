/**
 * The operator's queues as AMAZON_NOTIFICATION_QUEUES names them: `<URL>` for every application, `<client id>=<URL>` for one. Amazon binds
 * a destination to the application that made it, so that two applications cannot share what one of them has made.
 */
export interface ApplicationQueue {
  /** null: for the applications that have none of their own. */
  clientId: string | null
  url: string
}

const ENTRY = /^(?:([\w.-]{1,300})=)?(https?:\/\/\S{1,500})$/

export const readQueues = (setting: string): ApplicationQueue[] =>
  setting.split(',').flatMap((entry) => {
    const [, clientId, url] = ENTRY.exec(entry.trim()) ?? []
    return url === undefined ? [] : [{ clientId: clientId ?? null, url }]
  })

/** @returns the URL of the application's own queue, else of the common one; null when there is none of both */
export const queueOf = (queues: readonly ApplicationQueue[], clientId: string): string | null =>
  (queues.find((queue) => queue.clientId === clientId) ?? queues.find((queue) => queue.clientId === null))
    ?.url ?? null

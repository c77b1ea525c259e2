export function startBridge(options: {
  url: string
  username: string
  password: string
  secret: string
  port?: number
  code?: string
  name?: string
}): Promise<{ url: string; close(): void }>

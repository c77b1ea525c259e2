import { readFile } from 'node:fs/promises'

/** Most memory that a process ever held, in MiB; 0 where the system does not tell. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? []
  return kib === undefined ? 0 : Number(kib) / 1024
}

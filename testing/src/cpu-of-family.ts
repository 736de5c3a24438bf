// CPU time of a process and its children, from Linux's /proc.

import { readdir, readFile } from 'node:fs/promises'

// Linux counts in hundredths of a second on every machine that Node runs on.
const tickMicroseconds = 10_000

/** User and system time of a process, its children that run, and those that it has waited for. */
export async function cpuOfFamily(pid: number): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(ids.map((id) => readStat(id)))
  const family = stats.filter((stat) => stat.pid === pid || stat.parent === pid)
  return family.reduce((sum, stat) => sum + stat.ticks, 0) * tickMicroseconds
}

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number }

async function readStat(id: string): Promise<Stat> {
  const text = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '')
  // The name, in brackets, may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const at = (n: number) => Number(fields[n - 3] ?? 0)
  return { pid: Number(id), parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) }
}

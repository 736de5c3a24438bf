import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Check } from './check.ts'

const warnBelowBytes = 1024 ** 3
const failBelowBytes = 100 * 1024 ** 2

/** Looks at how much room there is where a folder is, or will be. */
export async function checkDisk(folder: string): Promise<Check> {
  const freeBytes = await freeBytesAt(folder)
  const found = `${formatBytes(freeBytes)} free at ${folder}`
  const status = statusOf(freeBytes)
  const advice = 'make room: a node refuses messages when its disk is full'
  return { name: 'disk', status, found, advice: status === 'ok' ? undefined : advice }
}

/** A size for people: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

function statusOf(freeBytes: number): Check['status'] {
  if (freeBytes < failBelowBytes) return 'fail'
  return freeBytes < warnBelowBytes ? 'warn' : 'ok'
}

// A folder that is not there yet will be made in the nearest one that is.
async function freeBytesAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    const parent = dirname(folder)
    if (parent === folder) throw error
    return freeBytesAt(parent)
  }
}

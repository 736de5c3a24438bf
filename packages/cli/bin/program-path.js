// Which form of the program to start. One bundle loads four times as fast as the sources it was made of, so
// it is preferred, unless somebody has changed a source since.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Path of the file to start. */
export function programPath() {
  const folder = dirname(dirname(fileURLToPath(import.meta.url)))
  const bundle = join(folder, 'dist', 'main.js')
  const sources = join(folder, 'src', 'main.ts')
  if (!existsSync(sources)) return bundle
  const packages = dirname(folder)
  return existsSync(bundle) && isNewest(bundle, packages) ? bundle : sources
}

function isNewest(bundle, packages) {
  const { mtimeMs } = statSync(bundle)
  return readdirSync(packages).every((name) => {
    const sources = join(packages, name, 'src')
    return !existsSync(sources) || isOlder(sources, mtimeMs)
  })
}

function isOlder(folder, limitMs) {
  return readdirSync(folder, { withFileTypes: true }).every((entry) => {
    // Tests are no part of the program.
    if (entry.name.endsWith('.test.ts')) return true
    const path = join(folder, entry.name)
    // A folder's own time tells of files that were removed or added.
    if (statSync(path).mtimeMs > limitMs) return false
    return !entry.isDirectory() || isOlder(path, limitMs)
  })
}

import { readFileSync } from 'node:fs'

let version: string | undefined

/** The release that is running; all packages have the same. */
export function nodeVersion(): string {
  version ??= readVersion()
  return version
}

// Bundled, this is the manifest of the program.
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const manifest: { version: string } = JSON.parse(text)
  return manifest.version
}

// Starts the program proper.

import { mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { programPath } from './program-path.js'

/** Loads the program, which reads the command line. */
export function startProgram() {
  useCompileCache()
  return import(pathToFileURL(programPath()).href)
}

// Compiled code is kept for the next start. The folder is the user's own: whoever can write there could
// have their code run, so the system's shared folder for temporary files will not do.
function useCompileCache() {
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
    const folder = join(caches, 'posthorn', 'compiled')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    module.enableCompileCache(folder)
    // For the threads of the store, which do not inherit it otherwise.
    process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || folder
  } catch {
    // Only the start is slower without it.
  }
}

// Starts the program proper.

const { mkdirSync } = require('fs')
const { enableCompileCache } = require('module')
const { homedir } = require('os')
const { join } = require('path')
const { pathToFileURL } = require('url')
const { programPath } = require('./program-path.js')

/** Loads the program, which reads the command line. */
function startProgram() {
  useCompileCache()
  const path = programPath()
  // Importing the bundle would work, too, but first load all that Node needs for importing.
  if (path.endsWith('.cjs')) require(path)
  else import(pathToFileURL(path).href)
}

// Compiled code is kept for the next start. The folder is the user's own: whoever can write there could
// have their code run, so the system's shared folder for temporary files will not do.
function useCompileCache() {
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
    const folder = join(caches, 'posthorn', 'compiled')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    enableCompileCache(folder)
    // For the threads of the store, which do not inherit it otherwise.
    process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || folder
  } catch {
    // Only the start is slower without it.
  }
}

module.exports = { startProgram }

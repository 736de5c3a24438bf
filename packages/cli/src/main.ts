// Entry of the command line.

import { run } from './run.ts'

// `posthorn messages … | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// A log that nobody reads any more, its pipe or its terminal closed, goes nowhere; a node lives on.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
})

// No `await`: the bundle is one that is required.
run(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})

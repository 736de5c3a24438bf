// Runs the same command with another Node, as if it had been the first.

const { spawn } = require('child_process')

/** Hands arguments, streams and signals to `node`, and ends the way it ends. */
function runWith(node) {
  // What the first line of the program says of memory holds for any Node.
  const options = process.execArgv.filter((option) => option.startsWith('--max-semi-space-size'))
  const child = spawn(node, [...options, ...process.argv.slice(1)], { stdio: 'inherit' })
  const forward = (signal) => child.kill(signal)
  process.on('SIGTERM', forward)
  process.on('SIGHUP', forward)
  // Ctrl-C in a terminal reaches the child by itself; a second copy would read as impatience.
  process.on('SIGINT', (signal) => {
    if (!process.stdin.isTTY) forward(signal)
  })
  child.on('error', (error) => {
    process.stderr.write(`posthorn could not start ${node}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

module.exports = { runWith }

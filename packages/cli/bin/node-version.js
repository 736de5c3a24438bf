// Which Node runs this, and whether the checkout it lies in has brought a better one.

const { existsSync, readFileSync } = require('fs')
const { dirname, join } = require('path')

const wanted = [22, 18]

/** Whether a version text such as `24.21.0` is one that the program runs on. */
function isNewEnough(version) {
  const parts = version.split('.').map(Number)
  return parts[0] > wanted[0] || (parts[0] === wanted[0] && parts[1] >= wanted[1])
}

/** What to print when there is no way on. */
function tooOldMessage(found) {
  return [
    `posthorn needs Node ${wanted.join('.')} or newer; this is Node ${found} (${process.execPath}).`,
    '',
    'Get a newer one, any of:',
    '  https://nodejs.org/en/download     an installer for every system',
    '  nvm install 24                     if you use nvm',
    'In a checkout of the repository, `npm ci` brings its own Node and posthorn uses it.',
    '',
  ].join('\n')
}

/** Path of a Node from npm that lies in a node_modules folder above and is new enough, or undefined. */
function newerNode() {
  let folder = __dirname
  for (;;) {
    const path = nodeIn(join(folder, 'node_modules', 'node'))
    if (path !== undefined) return path
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
}

function nodeIn(folder) {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const name = process.platform === 'win32' ? 'node.exe' : 'node'
    const path = join(folder, 'bin', name)
    return isNewEnough(version) && existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

module.exports = { isNewEnough, newerNode, tooOldMessage }

// Which form of the program to start. One bundle loads four times as fast as the sources it was made of, so
// it is preferred, unless somebody has changed a source since.

const { existsSync, readdirSync, readFileSync, statSync } = require('fs')
const { dirname, join } = require('path')

/** Path of the file to start. */
function programPath() {
  const folder = dirname(__dirname)
  const bundle = join(folder, 'dist', 'main.cjs')
  const sources = join(folder, 'src', 'main.ts')
  if (!existsSync(sources)) return bundle
  const packages = dirname(folder)
  return existsSync(bundle) && isNewest(bundle, packages) ? bundle : sources
}

function isNewest(bundle, packages) {
  const { mtimeMs } = statSync(bundle)
  const names = packagesIn(bundle)
  return (
    names.length > 0 &&
    names.every((name) => {
      const sources = `${packages}/${name}/src`
      return !existsSync(sources) || isOlder(sources, mtimeMs)
    })
  )
}

// The bundler leaves a list of them.
function packagesIn(bundle) {
  try {
    return readFileSync(join(dirname(bundle), 'packages.txt'), 'utf8').split('\n')
  } catch {
    return []
  }
}

// Looks at some four hundred files at every start, so it takes the shortest way: paths are put together as
// they are, and a name with a dot in it is no folder.
function isOlder(folder, limitMs) {
  // A folder's own time tells of files that were removed or added.
  if (statSync(folder).mtimeMs > limitMs) return false
  return readdirSync(folder).every((name) => {
    // Tests are no part of the program.
    if (name.endsWith('.test.ts')) return true
    const path = `${folder}/${name}`
    return name.includes('.') ? statSync(path).mtimeMs <= limitMs : isOlder(path, limitMs)
  })
}

module.exports = { programPath }

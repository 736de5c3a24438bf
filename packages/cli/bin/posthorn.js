#!/usr/bin/env -S node --max-semi-space-size=8
// Plain CommonJS that Node 12 can still parse (`node:` names included, which it does not know): the program
// proper needs a newer Node, and this file is what tells people so, or finds one.
//
// On its own Node lets garbage grow to 128 MiB in each thread before it looks; 8 MiB cost no time.

const { isNewEnough, newerNode, tooOldMessage } = require('./node-version.js')

const found = process.versions.node

if (isNewEnough(found)) {
  require('./start-program.js').startProgram()
} else {
  const node = newerNode()
  if (node === undefined) {
    process.stderr.write(tooOldMessage(found))
    process.exitCode = 1
  } else {
    require('./run-with.js').runWith(node)
  }
}

#!/usr/bin/env node
// Plain JavaScript that Node 12 can still parse: the program proper needs a newer Node, and this file is
// what tells people so, or finds one.

import { isNewEnough, newerNode, tooOldMessage } from './node-version.js'
import { runWith } from './run-with.js'
import { startProgram } from './start-program.js'

const found = process.versions.node

if (isNewEnough(found)) {
  startProgram()
} else {
  const node = newerNode()
  if (node === undefined) {
    process.stderr.write(tooOldMessage(found))
    process.exitCode = 1
  } else {
    runWith(node)
  }
}

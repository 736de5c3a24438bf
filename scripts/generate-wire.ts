// Generates packages/wire/src/gen from protos/ with the pinned generator of protos/package.json.
// `--check` writes nothing and fails when the checked-in code differs.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { listSources, wireDrift } from './wire-drift.ts'

const root = join(import.meta.dirname, '..')
const protos = join(root, 'protos')
const checkedIn = join(root, 'packages/wire/src/gen')

const reworkings: readonly (readonly [RegExp | string, string])[] = [
  [
    'import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";',
    'import { BinaryReader, noBytes } from "UPbinary-reader.ts";\nimport { BinaryWriter } from "UPbinary-writer.ts";',
  ],
  [
    /const reader = input instanceof BinaryReader [^}]+\}\n *\(reader as any\)[^\n]+\n( *)try \{/g,
    'const reader = BinaryReader.enter(input);\n$1try {',
  ],
  ['new Uint8Array(0)', 'noBytes'],
  ['length === undefined ? reader.len : reader.pos + length', 'reader.endOf(length)'],
  ['(reader as any).__tsProtoDecodeDepth = previousRecursionDepth;', 'reader.leave();'],
  [
    /if \(\(tag & 7\) === 4 \|\| tag === 0\) \{\n( *) {2}break;\n *\}\n *reader\.skip\(tag & 7\);/g,
    'if (!reader.skipField(tag)) {\n$1  break;\n$1}',
  ],
  [/ *if \(BigInt\.asUintN\(64, [^}]+\}\n/g, ''],
]
const isCheck = process.argv.includes('--check')
const fresh = generate()
for (const file of listSources(fresh)) rework(file)
if (!isCheck) {
  rmSync(checkedIn, { recursive: true, force: true })
  cpSync(fresh, checkedIn, { recursive: true })
  console.log(`Wrote ${listSources(fresh).length} files to packages/wire/src/gen`)
} else {
  const differing = wireDrift(fresh, checkedIn)
  if (differing.length > 0) {
    console.error(
      `Generated code differs from protos/; run npm run generate:\n${differing.join('\n')}`,
    )
    process.exitCode = 1
  } else {
    console.log('Generated code matches protos/')
  }
}
rmSync(fresh, { recursive: true, force: true })

function generate(): string {
  if (!existsSync(join(protos, 'node_modules/.bin/buf'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: protos, stdio: 'inherit' })
  }
  const out = mkdtempSync(join(tmpdir(), 'posthorn-wire-'))
  const template = readFileSync(join(protos, 'buf.gen.yaml'), 'utf8')
  execFileSync(
    join(protos, 'node_modules/.bin/buf'),
    ['generate', '--template', template.replace('../packages/wire/src/gen', out)],
    { cwd: protos, stdio: 'inherit' },
  )
  return out
}

// The generator knows one library that reads and writes protobuf values; ours is smaller and faster. What each
// message would check in code of its own, our reader and writer check for all of them.
function rework(file: string): void {
  const path = join(fresh, file)
  const up = '../'.repeat(file.split(sep).length)
  let code = readFileSync(path, 'utf8')
  for (const [theirs, ours] of reworkings) code = code.replaceAll(theirs, ours.replaceAll('UP', up))
  if (/__tsProtoDecodeDepth|globalThis\.Error/.test(code)) {
    throw new Error(`Rework ${file}: found a form of generated code that is not known here`)
  }
  writeFileSync(path, code)
}

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

const isCheck = process.argv.includes('--check')
const fresh = generate()
for (const file of listSources(fresh)) useOwnBinaryFormat(file)
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

// The generator knows one library that reads and writes protobuf values; ours is smaller and faster.
function useOwnBinaryFormat(file: string): void {
  const up = '../'.repeat(file.split(sep).length)
  const theirs = 'import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";'
  const ours = [
    `import { BinaryReader } from "${up}binary-reader.ts";`,
    `import { BinaryWriter } from "${up}binary-writer.ts";`,
  ].join('\n')
  const path = join(fresh, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(theirs, ours))
}

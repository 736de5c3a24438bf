// node-cannot-decrypt: the promise of the project as a fact about imports. It is checked twice, by
// what node imports and by what it can load.

import { type Finding, type Guard, violation } from './guard.ts'
import { type Reached, reach } from './reach.ts'
import { packageOf, type SourceFile, scope, type Tree } from './tree.ts'

const nodeCommand = 'packages/cli/src/commands/up.ts'
const secretive = /^(?:crypto|identity|protocol-v\d+)$/
// Of packages that hold both sides, the files that only check: a new one is judged before it is listed.
const checking = {
  identity:
    'account|check-\\w+|contact-bundle|key-bundle|public-key|signature|signature-text|errors',
  generation: 'contact|errors|topics?',
}
const forbidden = [
  /^packages\/(?:content|client)\//,
  /^packages\/crypto\/src\/(?:.*\/)?[\w-]*(?:aead|aes|gcm|ecies|cipher|private)[\w-]*\.ts$/,
  /^packages\/crypto\/src\/(?:index|load)[\w-]*\.ts$/,
  new RegExp(`^packages/identity/src/(?!(?:${checking.identity}|verify[\\w-]*)\\.ts$)`),
  new RegExp(`^packages/protocol-v\\d+/src/(?!(?:${checking.generation}|verify[\\w-]*)\\.ts$)`),
  /^@noble\/ciphers/,
]
const ciphers = /\bcreate(?:Dec|C)ipheriv\b|\.subtle\b/

/** Whether code that decrypts, or holds private keys, is in a module. */
function canDecrypt(tree: Tree, path: string): boolean {
  if (forbidden.some((pattern) => pattern.test(path))) return true
  const source = tree.sources.find((each) => each.path === path)
  return source !== undefined && ciphers.test(source.text)
}

/** What `entries` can load that decrypts, as findings. */
export async function decryptingModules(
  tree: Tree,
  entries: readonly string[],
): Promise<{ readonly reached: number; readonly findings: readonly Finding[] }> {
  try {
    const reached = await reach(tree, entries, (path) => canDecrypt(tree, path))
    const guilty = reached.filter(({ path }) => canDecrypt(tree, path))
    return { reached: reached.length, findings: guilty.map(explain) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `Cannot tell what is reachable: ${reason}`
    return { reached: 0, findings: [violation(entries[0] ?? '.', 1, message)] }
  }
}

/**
 * Starts from all sources of node and store, so that their workers are among them, and from the command
 * that runs a node.
 */
export const nodeCannotDecrypt: Guard = {
  name: 'node-cannot-decrypt',
  rule: 'Nothing that a node can load decrypts or holds private keys',
  async check(tree: Tree) {
    const sources = tree.sources.filter((each) => each.packageName === 'node' && !each.isTest)
    if (sources.length === 0) return { inspected: 0, findings: [] }
    const others = tree.sources.filter((each) => each.packageName === 'store' && !each.isTest)
    const command = tree.sources.filter((each) => each.path === nodeCommand)
    const entries = [...sources, ...others, ...command].map((source) => source.path)
    const { reached, findings } = await decryptingModules(tree, entries)
    return { inspected: reached, findings: [...sources.flatMap(checkImports), ...findings] }
  },
}

function checkImports(source: SourceFile): Finding[] {
  return source.imports
    .filter(({ specifier }) => {
      const name = packageOf(specifier)
      if (!name.startsWith(scope)) return false
      const folder = name.slice(scope.length)
      return folder === 'content' || (secretive.test(folder) && specifier !== `${name}/verify`)
    })
    .map(({ specifier, line }) => {
      const message = `node imports ${specifier}: only the /verify entry of that package is for nodes`
      return violation(source.path, line, message)
    })
}

function explain(module: Reached): Finding {
  const { path, line } = module.importer ?? { path: module.path, line: 1 }
  return violation(path, line, `Reaches code that decrypts: ${module.trail.join(' -> ')}`)
}

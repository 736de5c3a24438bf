// What a set of files can load when it runs, found by bundling them: imports erased by the compiler do
// not count, imports through other packages do.

import { join, posix } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { entryPaths, resolveImport, type SourceFile, scope, type Tree } from './tree.ts'

const nodeConditions = ['node', 'import', 'default']

/** One loaded module; a module outside the tree is named by its specifier. */
export type Reached = {
  readonly path: string
  /** The module that imports it, with the 1-based line; undefined for the files one started from. */
  readonly importer: { readonly path: string; readonly line: number } | undefined
  /** From the starting file to this module. */
  readonly trail: readonly string[]
}

/**
 * Every module that `entries` (paths of sources) load, breadth first. Modules behind one for which
 * `isWall` holds are left out. Throws what esbuild throws when a file does not parse or resolve.
 */
export async function reach(
  tree: Tree,
  entries: readonly string[],
  isWall: (path: string) => boolean,
): Promise<Reached[]> {
  const metafile = await bundle(tree, [...entries, ...workersOf(tree, entries)])
  const reached = new Map<string, Reached>()
  const waiting: Reached[] = entries.map((path) => ({ path, importer: undefined, trail: [path] }))
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (reached.has(next.path)) continue
    reached.set(next.path, next)
    if (!isWall(next.path)) waiting.push(...importedBy(tree, metafile, next))
  }
  return [...reached.values()]
}

async function bundle(tree: Tree, entryPoints: readonly string[]): Promise<Metafile> {
  const result = await build({
    absWorkingDir: tree.root,
    entryPoints: [...new Set(entryPoints)],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    plugins: [workspacePackages(tree)],
  })
  return result.metafile
}

// Packages resolve inside the described tree, so that a fixture needs no node_modules.
function workspacePackages(tree: Tree): Plugin {
  return {
    name: 'workspace-packages',
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^${scope}`) }, ({ path }) => {
        const [entry] = entryPaths(tree, path, nodeConditions)
        return entry === undefined ? { path, external: true } : { path: join(tree.root, entry) }
      })
    },
  }
}

function importedBy(tree: Tree, metafile: Metafile, module: Reached): Reached[] {
  const source = tree.sources.find((each) => each.path === module.path)
  const imports = metafile.inputs[module.path]?.imports ?? []
  const workers = source === undefined ? [] : workerPaths(source)
  return [...imports.map((each) => each.path), ...workers].map((path) => ({
    path,
    importer: {
      path: module.path,
      line: source === undefined ? 1 : importLine(tree, source, path),
    },
    trail: [...module.trail, path],
  }))
}

function importLine(tree: Tree, source: SourceFile, path: string): number {
  const statement = source.imports.find(
    ({ specifier }) =>
      specifier === path ||
      resolveImport(tree, source, specifier).some((target) => target.path === path),
  )
  return statement?.line ?? 1
}

// Bundlers do not follow `new Worker(new URL('./x.ts', import.meta.url))`.
function workersOf(tree: Tree, entries: readonly string[]): string[] {
  const owners = new Set(entries.map((path) => path.split('/')[1]))
  return tree.sources.filter((each) => owners.has(each.packageName)).flatMap(workerPaths)
}

function workerPaths(source: SourceFile): string[] {
  const urls = source.text.matchAll(/new URL\(\s*['"](\.[^'"]+\.ts)['"],\s*import\.meta\.url/g)
  const folder = posix.dirname(source.path)
  return [...urls].map((match) => posix.join(folder, match[1] ?? ''))
}

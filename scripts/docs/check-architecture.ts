// Checks that the table of packages in ARCHITECTURE.md has each package, on the layer that the guards hold it to.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { layers } from '../guards/layers.ts'
import type { PageProblem } from './check-pages.ts'

const page = 'ARCHITECTURE.md'
const row = /^\| (\d) \| \[([a-z0-9-]+)\]\(packages\/([a-z0-9-]+)\//

/** What does not hold of the table. */
export function checkArchitecture(root: string): PageProblem[] {
  const rows = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const [, layer, name, folder] = row.exec(text) ?? []
      return name === undefined ? [] : [{ line: index + 1, layer: Number(layer), name, folder }]
    })
  const packages = globSync('packages/*/package.json', { cwd: root }).map(
    (path) => path.split(/[\\/]/)[1] ?? '',
  )
  const missing = packages.filter((name) => !rows.some((each) => each.name === name)).sort()
  return [
    ...missing.map((name) => ({ page, line: 1, message: `Package is missing: ${name}` })),
    ...rows
      .filter(({ name, layer, folder }) => layers[name] !== layer || folder !== name)
      .map(({ name, line }) => ({ page, line, message: `${name} is of layer ${layers[name]}` })),
  ]
}

// The house's floor plan. A package imports packages of lower layers only; those on one layer are
// strangers, except where a sibling is listed.

/** Layer of each package, by folder name. */
export const layers: Readonly<Record<string, number>> = {
  errors: 0,
  bytes: 0,
  wire: 0,
  crypto: 1,
  envelope: 2,
  identity: 2,
  content: 2,
  'protocol-v2': 3,
  names: 3,
  transport: 4,
  store: 4,
  'local-store': 4,
  keystore: 4,
  postage: 4,
  client: 5,
  node: 5,
  compat: 6,
  'react-native': 6,
  cli: 6,
}

/** Packages of the same layer that a package may import all the same. */
const siblings: Readonly<Record<string, readonly string[]>> = {
  bytes: ['errors'],
  wire: ['errors'],
}

/** Whether package `from` may import package `to`; both are folder names. */
export function mayImport(from: string, to: string): boolean {
  const [above, below] = [layers[from], layers[to]]
  if (above === undefined || below === undefined) return false
  return below < above || (siblings[from]?.includes(to) ?? false)
}

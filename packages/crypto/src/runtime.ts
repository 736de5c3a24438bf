/** Whether this is Node, where the native back end can run. */
export function isNode(): boolean {
  return typeof globalThis.process?.versions?.node === 'string'
}

/** Overwrites secret bytes. Copies that the engine made on its own are out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

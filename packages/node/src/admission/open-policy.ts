// A policy by its name: a module by its ending, any other file as a program.

import { resolve } from 'node:path'
import type { PolicyParts, PolicyPlugin } from './policy-plugin.ts'

/**
 * Loads or starts a policy.
 *
 * @throws UsageError `policy/cannot-start`
 */
export async function openPolicy(path: string, parts: PolicyParts): Promise<PolicyPlugin> {
  const file = resolve(path)
  if (/\.[cm]?[jt]s$/.test(file)) {
    const { importPolicy } = await import('./module-policy.ts')
    return importPolicy(file)
  }
  const { startPolicyProcess } = await import('./process-policy.ts')
  return startPolicyProcess(file, parts)
}

import { userInfo } from 'node:os'

/** Who sits at the keyboard, for the audit log. */
export function actorName(): string {
  try {
    return userInfo().username
  } catch {
    return 'admin'
  }
}

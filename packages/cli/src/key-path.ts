import { join } from 'node:path'

/** Path of the key file in a home folder. */
export function keyPathIn(home: string): string {
  return join(home, 'key.json')
}

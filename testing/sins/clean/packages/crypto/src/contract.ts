import { expect, it } from 'vitest'

export const contract = (): void => it('holds', () => expect(Date.now()).toBeGreaterThan(0))

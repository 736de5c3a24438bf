import type { Admission } from './admission.ts'

/** Admits everybody. */
export const allowAll: Admission = {
  decide: async () => ({ kind: 'admitted' }),
}

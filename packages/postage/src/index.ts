export type { Admission, AdmissionDecision, AdmissionRequest } from './admission.ts'
export { allowAll } from './allow-all.ts'

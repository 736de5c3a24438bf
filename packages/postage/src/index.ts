// Admission: who may publish and read, and how much.

export {
  type AccessDefaults,
  type AccessPolicy,
  type Caller,
  compileAccess,
  type Verdict,
} from './access-policy.ts'
export {
  type AccessMode,
  type AccessSetting,
  accessModeKey,
  isAccessKey,
  type ListEntry,
  limitKey,
  listKey,
  maxCommentChars,
  type Power,
  privilegedFactorKey,
  readAccessMode,
  readAccessSetting,
  readListKey,
  readPower,
} from './access-setting.ts'
export {
  type AddressBlock,
  type BlockSet,
  blockText,
  clientBlockOf,
  createBlockSet,
  readAddressBlock,
} from './address-block.ts'
export type { Admission, AdmissionDecision, AdmissionRequest } from './admission.ts'
export { allowAll } from './allow-all.ts'
export { createGate, type Gate, type GateParts, shutOut } from './gate.ts'
export { type IpAddress, ipAddressText, parseIpAddress } from './ip-address.ts'
export {
  defaultLimits,
  defaultPrivilegedFactor,
  type Limit,
  type LimitClass,
  type LimitName,
  type Limits,
  readLimit,
  readLimitName,
  readPrivilegedFactor,
} from './limit.ts'
export { type Charge, createRateLimiter, type RateLimiter, type Shortage } from './rate-limiter.ts'
export { readSubject, type Subject, subjectText } from './subject.ts'

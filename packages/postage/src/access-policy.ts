// Who may do what, made out of the settings once and asked at every call.

import { ProtocolError } from '@posthorn/errors'
import {
  type AccessMode,
  type AccessSetting,
  isAccessKey,
  type ListEntry,
  type Power,
  readAccessSetting,
} from './access-setting.ts'
import { type BlockSet, createBlockSet } from './address-block.ts'
import type { IpAddress } from './ip-address.ts'
import {
  defaultLimits,
  defaultPrivilegedFactor,
  type Limit,
  type LimitName,
  type Limits,
} from './limit.ts'

/** Who calls. */
export type Caller = {
  /** As `accountKey` has it; undefined when no token says. */
  readonly account: string | undefined
  readonly address: IpAddress | undefined
}

/** What the lists say about a caller and a power. */
export type Verdict = 'granted' | 'denied-account' | 'denied-address' | 'not-listed'

/** The rules at one moment. */
export type AccessPolicy = {
  readonly mode: AccessMode
  readonly limits: Limits
  /** Whether topics of some kind have a limit of their own. */
  readonly hasTopicLimits: boolean
  readonly privilegedFactor: number
  /** Places on the lists, in no order. */
  readonly entries: readonly (ListEntry & { readonly comment: string })[]
  /** Keys of settings that could not be read; nothing of them applies. */
  readonly unreadable: readonly string[]
  /** Denying comes before allowing, whatever is the narrower. */
  judge(power: Power, caller: Caller): Verdict
  isPrivileged(caller: Caller): boolean
  /** Whether the addresses of a client may read nothing and open no streams. */
  isShutOut(address: IpAddress): boolean
}

/** What applies where the settings are silent. */
export type AccessDefaults = {
  readonly mode?: AccessMode
  readonly limits?: Partial<Limits>
}

/**
 * Compiles settings; keys that are not about access are left alone. A mode that cannot be read is the
 * strictest, `allow-list`.
 */
export function compileAccess(
  settings: ReadonlyMap<string, unknown>,
  defaults: AccessDefaults = {},
): AccessPolicy {
  const { read, unreadable } = readAll(settings)
  const entries = read.flatMap((each) =>
    each.kind === 'entry' ? [{ ...each.entry, comment: each.comment }] : [],
  )
  const listOf = (list: ListEntry['list'], power?: Power): SubjectList =>
    createSubjectList(
      entries.filter(
        (each) => each.list === list && (each.list === 'privileged' || each.power === power),
      ),
    )
  const deny = { register: listOf('deny', 'register'), publish: listOf('deny', 'publish') }
  const allow = { register: listOf('allow', 'register'), publish: listOf('allow', 'publish') }
  const privileged = listOf('privileged')
  const mode = modeOf(read, unreadable, defaults)
  const limits = limitsOf(read, defaults)

  return {
    mode,
    limits,
    hasTopicLimits: Object.keys(limits).some((name) => name.startsWith('publish/')),
    privilegedFactor:
      read.find((each) => each.kind === 'privileged-factor')?.factor ?? defaultPrivilegedFactor,
    entries,
    unreadable,
    judge: (power, caller) => {
      if (deny[power].hasAccount(caller.account)) return 'denied-account'
      if (deny[power].hasAddress(caller.address)) return 'denied-address'
      if (mode === 'open' || has(allow[power], caller) || has(privileged, caller)) return 'granted'
      return 'not-listed'
    },
    isPrivileged: (caller) => has(privileged, caller),
    isShutOut: (address) => deny.publish.hasAddress(address),
  }
}

function readAll(settings: ReadonlyMap<string, unknown>) {
  const read: AccessSetting[] = []
  const unreadable: string[] = []
  for (const [key, value] of settings) {
    if (!isAccessKey(key)) continue
    try {
      read.push(readAccessSetting(key, value))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      unreadable.push(key)
    }
  }
  return { read, unreadable }
}

function modeOf(
  read: readonly AccessSetting[],
  unreadable: readonly string[],
  defaults: AccessDefaults,
): AccessMode {
  if (unreadable.includes('access/mode')) return 'allow-list'
  return read.find((each) => each.kind === 'mode')?.mode ?? defaults.mode ?? 'open'
}

function limitsOf(read: readonly AccessSetting[], defaults: AccessDefaults): Limits {
  const set: Partial<Record<LimitName, Limit>> = {}
  for (const each of read) if (each.kind === 'limit') set[each.name] = each.limit
  return { ...defaultLimits, ...defaults.limits, ...set }
}

type SubjectList = {
  hasAccount(account: string | undefined): boolean
  hasAddress(address: IpAddress | undefined): boolean
}

function createSubjectList(entries: readonly ListEntry[]): SubjectList {
  const subjects = entries.map(({ subject }) => subject)
  const accounts = new Set(
    subjects.flatMap((each) => (each.kind === 'account' ? [each.account] : [])),
  )
  const blocks: BlockSet = createBlockSet(
    subjects.flatMap((each) => (each.kind === 'block' ? [each.block] : [])),
  )
  return {
    hasAccount: (account) => account !== undefined && accounts.has(account),
    hasAddress: (address) => address !== undefined && blocks.has(address),
  }
}

function has(list: SubjectList, { account, address }: Caller): boolean {
  return list.hasAccount(account) || list.hasAddress(address)
}

// What an operator changes while nodes run: lists, limits, retention. Values by key, each change in one step
// with its rows in the audit log.

/** A value as JSON has it. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue }

/** All settings at one moment. */
export type Settings = {
  /** 0 before the first change, then one more with each that changes a value. */
  readonly version: number
  readonly values: ReadonlyMap<string, SettingValue>
}

/** A change of several settings, made whole or not at all. */
export type SettingsChange = {
  /** New values by key (1 to 512 characters without NUL); undefined removes a key. */
  readonly values: ReadonlyMap<string, SettingValue | undefined>
  /** Who changes them, for the audit log: 1 to 512 characters without NUL, never a secret. */
  readonly actor: string
  readonly atNs: bigint
  /** Why, for the audit log: at most 4,096 characters without NUL. */
  readonly note?: string | undefined
}

/** One changed key in the audit log. */
export type AuditEntry = {
  /** 1, 2, 3 … without gaps. */
  readonly id: number
  /** Version of the settings that the change made. */
  readonly version: number
  readonly atNs: bigint
  readonly actor: string
  readonly note: string | undefined
  readonly key: string
  /** Undefined where there was none. */
  readonly before: SettingValue | undefined
  /** Undefined where it was removed. */
  readonly after: SettingValue | undefined
}

/** A page of the audit log, newest first. */
export type AuditQuery = {
  /** Exclusive; undefined begins with the newest. */
  readonly beforeId?: number | undefined
  readonly limit: number
}

/**
 * Settings that live in the store, so that all nodes of one database have the same. Every method throws
 * StorageError as those of the envelopes do.
 */
export type SettingsStore = {
  /** Cheap enough to be asked twice a second. */
  version(): Promise<number>
  read(): Promise<Settings>
  /**
   * Resolves to the new version once the change and its audit rows are durable. Values equal to what is there
   * (as JSON text) leave no row; when all are, the version stays.
   *
   * @throws ValidationError `store/bad-setting`
   */
  change(change: SettingsChange): Promise<number>
  /** @throws UsageError `store/bad-limit` */
  audit(query: AuditQuery): Promise<readonly AuditEntry[]>
}

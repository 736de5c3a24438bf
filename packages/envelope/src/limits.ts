// Every size limit of the network, with its unit. The reference node has the same numbers.

/** Longest content topic, in bytes of UTF-8. */
export const maxTopicBytes = 300
/** Longest message: one MiB less the longest topic and 62 bytes of framing. */
export const maxMessageBytes: number = 1_048_576 - maxTopicBytes - 62
/** Largest timestamp: unsigned 64 bits. */
export const maxTimestampNs: bigint = 2n ** 64n - 1n
/** Most rows in one answer to a query. */
export const maxQueryRows = 100
/** Most rows in one answer to a query of exactly one preferences topic. */
export const maxPreferencesQueryRows = 500
/** Most queries in one batch. */
export const maxBatchQueries = 50

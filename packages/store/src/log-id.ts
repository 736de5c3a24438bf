/**
 * Setting that names the log of a store: sequences mean something only together with it. A text that no other log
 * has; the first node that needs it makes one, and a copy that is brought back gets another.
 */
export const logIdKey = 'log/id'

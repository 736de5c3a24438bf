// Where two values differ first.

/** The path of the first difference and both values there; undefined when there is none. */
export function firstDifference(theirs: unknown, ours: unknown, path = ''): string | undefined {
  if (Object.is(theirs, ours)) return undefined
  if (!isObject(theirs) || !isObject(ours)) {
    return `${path || 'all'}: published ${show(theirs)}, here ${show(ours)}`
  }
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)])
  for (const name of names) {
    const found = firstDifference(theirs[name], ours[name], path ? `${path}.${name}` : name)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 600)
}

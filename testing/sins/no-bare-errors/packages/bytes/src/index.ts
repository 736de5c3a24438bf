export function check(length: number): Promise<void> {
  if (length < 0) throw new RangeError('negative') // sin
  if (length > 9) throw new TypeError('too long') // sin
  if (length > 8) throw Error('no') // sin
  return Promise.reject(new Error('anyway')) // sin: a rejection is thrown too
}

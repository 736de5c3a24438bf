import type { Output } from '../output.ts'

/** Tells people each tenth of a long work that is done. */
export function progressNotes(output: Output, label: string): (share: number) => void {
  let told = 0
  return (share) => {
    const tenths = Math.floor(share * 10)
    if (tenths <= told) return
    told = tenths
    output.note(`${label}: ${tenths * 10} %`)
  }
}

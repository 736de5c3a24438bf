// What a benchmark reports, and how it is printed.

/** Figures of one side, each with its unit in its name. */
export type Figures = Readonly<Record<string, number | string>>

/** One benchmark's outcome. `ratio` is how many times more the peer costs than we do. */
export type Report = {
  readonly name: string
  readonly ours: Figures
  readonly peer?: Figures & { readonly name: string }
  readonly ratio?: number
  /** What was run, in words and numbers. */
  readonly setting: Readonly<Record<string, number | string>>
}

/** A few lines for people; under `--json` the last line is one JSON object. */
export function printReport(report: Report, asJson: boolean): void {
  console.log(`\n${report.name}`)
  console.log(`  setting  ${pairs(report.setting)}`)
  console.log(`  ours     ${pairs(report.ours)}`)
  if (report.peer !== undefined) console.log(`  peer     ${pairs(report.peer)}`)
  if (report.ratio !== undefined) console.log(`  ratio    ${report.ratio}`)
  if (asJson) console.log(JSON.stringify(report))
}

function pairs(figures: Readonly<Record<string, number | string>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

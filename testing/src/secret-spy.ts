// Looks for planted secrets in what a program says.

/** Collects output and finds secrets in it. */
export type SecretSpy = {
  /** Give it to a logger or an output as the place to write to. */
  write(text: string): boolean
  /** Everything written so far. */
  text(): string
  /** Names of the secrets that occur in the output, in any usual spelling. */
  leaks(): string[]
}

/** `secrets` maps a name to bytes or text that must never be written. */
export function createSecretSpy(secrets: Readonly<Record<string, Uint8Array | string>>): SecretSpy {
  const written: string[] = []
  const text = (): string => written.join('')
  return {
    write: (piece) => written.push(piece) > 0,
    text,
    leaks: () => {
      const said = text().toLowerCase()
      return Object.entries(secrets)
        .filter(([, secret]) => spellings(secret).some((each) => said.includes(each)))
        .map(([name]) => name)
    },
  }
}

// Lower-cased, which makes base64 match a little too often: a spy may cry wolf, never sleep.
function spellings(secret: Uint8Array | string): string[] {
  const bytes = Buffer.from(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret)
  const forms = [
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    [...bytes].join(','),
    typeof secret === 'string' ? secret : bytes.toString('latin1'),
  ]
  return forms.map((form) => form.toLowerCase())
}

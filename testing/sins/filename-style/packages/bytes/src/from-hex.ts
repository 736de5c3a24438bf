export const fromHex = (text: string): number => Number.parseInt(text, 16)

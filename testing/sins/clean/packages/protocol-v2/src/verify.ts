export const isTopic = (text: string): boolean => text.startsWith('/')

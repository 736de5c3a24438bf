export const verify = (): boolean => true

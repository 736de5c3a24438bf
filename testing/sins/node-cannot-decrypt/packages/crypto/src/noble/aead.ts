export const decrypt = (): boolean => true

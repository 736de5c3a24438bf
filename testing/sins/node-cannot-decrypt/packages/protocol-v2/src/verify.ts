export const isTopic = (): boolean => true

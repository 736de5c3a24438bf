import '@posthorn/node'

export const helper = 1

import { connect } from 'node:http2'

export const open = connect

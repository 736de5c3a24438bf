export { connect } from 'node:http2'

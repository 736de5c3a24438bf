export { request as send } from 'node:http' // sin: reached from the main entry

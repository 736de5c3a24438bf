export { client } from '@posthorn/client' // sin: the command that runs a node

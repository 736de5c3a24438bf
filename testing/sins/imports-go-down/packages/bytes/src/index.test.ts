import '@posthorn/node'
import '@posthorn/testing'

// Helpers of tests. Nothing in packages/*/src imports this but tests.

export { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'
export { type EventuallyOptions, eventually } from './eventually.ts'
export {
  noPostgres,
  type PostgresCluster,
  type PostgresOptions,
  type PostgresReplica,
  startPostgres,
} from './postgres-cluster.ts'
export { createSecretSpy, type SecretSpy } from './secret-spy.ts'
export { type SeededRandom, seededRandom } from './seeded-random.ts'
export { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts'
export { createVirtualClock, type VirtualClock } from './virtual-clock.ts'
export { writeProgram } from './write-program.ts'

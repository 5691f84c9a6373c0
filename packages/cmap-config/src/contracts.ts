// What an implementation of a port is tested with.

export { configMapContract } from './config-map-contract.ts'
export type { ConfigMapCase, ConfigMapSubject, OpenedMap } from './contract/subject.ts'

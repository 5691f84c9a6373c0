// A section of CMAP with the schema for it, as `liveConfig` takes both.

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type Read, schemaOf } from './read.ts'

/**
 * A section that corosync has anyway.
 *
 * ```ts
 * const config = await liveConfig({ map, ...totem })
 * config.value.tokenMs // 1000
 * ```
 */
export interface ReadyMade<T> {
  readonly prefix: string
  readonly schema: StandardSchemaV1<unknown, T>
}

export function readyMade<T>(prefix: string, read: Read<T>): ReadyMade<T> {
  return { prefix, schema: schemaOf(read) }
}

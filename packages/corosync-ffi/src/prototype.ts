// Reads the C prototypes that the libraries' tables hold verbatim, so that what a header says is written once.
// Types are anonymous: koffi's type names are global to the process, and a second copy of this package would collide.

/** A function of a library: its name, and the C types of result and arguments. */
export interface Prototype {
  readonly name: string
  readonly result: string
  readonly parameters: readonly string[]
}

/** The C types that are plain numbers. A pointer is `void *`; a structure passed by value is in `structures`. */
const scalars: Readonly<Record<string, string>> = {
  void: 'void',
  int: 'int',
  'unsigned int': 'uint32_t',
  'unsigned long': 'ulong',
  int8_t: 'int8_t',
  uint8_t: 'uint8_t',
  int16_t: 'int16_t',
  uint16_t: 'uint16_t',
  int32_t: 'int32_t',
  uint32_t: 'uint32_t',
  int64_t: 'int64_t',
  uint64_t: 'uint64_t',
  float: 'float',
  double: 'double',
  size_t: 'size_t',
  ssize_t: 'long',
  socklen_t: 'uint32_t',
  cs_error_t: 'int',
  cs_dispatch_flags_t: 'int',
  cpg_handle_t: 'uint64_t',
  cpg_iteration_handle_t: 'uint64_t',
  cpg_guarantee_t: 'int',
  cpg_model_t: 'int',
  cpg_iteration_type_t: 'int',
  quorum_handle_t: 'uint64_t',
  quorum_model_t: 'int',
  votequorum_handle_t: 'uint64_t',
  cmap_handle_t: 'uint64_t',
  cmap_iter_handle_t: 'uint64_t',
  cmap_track_handle_t: 'uint64_t',
  cmap_value_types_t: 'int',
  cmap_map_t: 'int',
  cmap_notify_fn_t: 'void *',
}

/** A ring id by value: `struct cpg_ring_id`, `struct quorum_ring_id`, `votequorum_ring_id_t` are laid out alike. */
const ringId = { nodeid: 'uint32_t', seq: 'uint64_t' }

export const structures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'struct cpg_ring_id': ringId,
  'struct quorum_ring_id': ringId,
  'struct cmap_notify_value': { type: 'int', len: 'size_t', data: 'void *' },
}

/** A parameter without its name: `const struct cpg_name *group` is `void *`, `size_t msg_len` is `size_t`. */
function parameterType(parameter: string): string {
  if (parameter.includes('*') || parameter.includes('[')) return 'void *'
  return scalarType(parameter.replace(/\s*\w+$/, ''))
}

function scalarType(type: string): string {
  const scalar = scalars[type] ?? (type in structures ? type : undefined)
  if (scalar === undefined) throw new Error(`The C type "${type}" is not in the table of prototype.ts.`)
  return scalar
}

/** Reads `cs_error_t cpg_leave (cpg_handle_t handle, const struct cpg_name *group)`, or a typedef of a callback. */
export function parsePrototype(source: string): Prototype {
  const text = source.replace(/\s+/g, ' ').trim()
  const match = /^(?:typedef )?(.+?) ?\(?\*?(\b\w+)\)? ?\((.*)\)$/.exec(text)
  const [, result, name, parameters] = match ?? []
  if (result === undefined || name === undefined || parameters === undefined) {
    throw new Error(`Not a C prototype: ${text}`)
  }
  return {
    name,
    result: scalarType(result),
    parameters: parameters.split(',').map((p) => parameterType(p.trim())),
  }
}

import { test } from 'uvu'
import { equal, throws } from 'uvu/assert'
import { parsePrototype } from './prototype.ts'

test('a function: name, result and argument types', () => {
  equal(parsePrototype('cs_error_t cpg_leave (cpg_handle_t handle, const struct cpg_name *group)'), {
    name: 'cpg_leave',
    result: 'int',
    parameters: ['uint64_t', 'void *'],
  })
})

test('a typedef of a callback, over several lines', () => {
  const source = `typedef void (*cpg_totem_confchg_fn_t) (
    cpg_handle_t handle,
    struct cpg_ring_id ring_id,
    uint32_t member_list_entries, const uint32_t *member_list)`
  equal(parsePrototype(source), {
    name: 'cpg_totem_confchg_fn_t',
    result: 'void',
    parameters: ['uint64_t', 'struct cpg_ring_id', 'uint32_t', 'void *'],
  })
})

test('types of several words, and space before the bracket', () => {
  const source = 'cs_error_t quorum_trackstart (quorum_handle_t handle, unsigned int flags )'
  equal(parsePrototype(source).parameters, ['uint64_t', 'uint32_t'])
})

test('pointers to pointers and arrays are pointers', () => {
  equal(parsePrototype('cs_error_t f (void **context, uint32_t list[])').parameters, ['void *', 'void *'])
})

test('a type that is not in the table is refused by its name', () => {
  throws(() => parsePrototype('cs_error_t f (wchar_t letter)'), /The C type "wchar_t" is not in the table/)
  throws(() => parsePrototype('ptrdiff_t f (int n)'), /The C type "ptrdiff_t" is not in the table/)
})

test('a structure by value that is not in the table is refused', () => {
  throws(() => parsePrototype('int f (struct cpg_name name)'), /"struct cpg_name" is not in the table/)
})

test('what is no prototype is refused', () => {
  throws(() => parsePrototype('cpg_leave'), /Not a C prototype: cpg_leave/)
})

test.run()

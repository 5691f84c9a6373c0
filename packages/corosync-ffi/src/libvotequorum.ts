// libvotequorum: the votes behind the quorum. Prototypes are those of corosync/votequorum.h, verbatim.

import { Library } from './library.ts'

/** What is callable; see votequorum_overview(3) and the man page of each function. */
export const libvotequorum: Library = new Library({
  soname: 'libvotequorum.so.8',
  debianPackage: 'libvotequorum8',
  functions: [
    'cs_error_t votequorum_initialize (votequorum_handle_t *handle, votequorum_callbacks_t *callbacks)',
    'cs_error_t votequorum_finalize (votequorum_handle_t handle)',
    'cs_error_t votequorum_getinfo (votequorum_handle_t handle, unsigned int nodeid, struct votequorum_info *info)',
  ],
  callbacks: [],
})

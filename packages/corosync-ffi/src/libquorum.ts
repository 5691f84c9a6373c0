// libquorum: is this node in the quorate part of the cluster? Prototypes are those of corosync/quorum.h, verbatim.

import { Library } from './library.ts'

/** What is callable; see quorum_overview(3) and the man page of each function. */
export const libquorum: Library = new Library({
  soname: 'libquorum.so.5',
  debianPackage: 'libquorum5',
  functions: [
    'cs_error_t quorum_model_initialize (quorum_handle_t *handle, quorum_model_t model, quorum_model_data_t *model_data, uint32_t *quorum_type, void *context)',
    'cs_error_t quorum_finalize (quorum_handle_t handle)',
    'cs_error_t quorum_fd_get (quorum_handle_t handle, int *fd)',
    'cs_error_t quorum_dispatch (quorum_handle_t handle, cs_dispatch_flags_t dispatch_types)',
    'cs_error_t quorum_getquorate (quorum_handle_t handle, int *quorate)',
    'cs_error_t quorum_trackstart (quorum_handle_t handle, unsigned int flags )',
    'cs_error_t quorum_trackstop (quorum_handle_t handle)',
  ],
  callbacks: [
    'typedef void (*quorum_v1_quorum_notification_fn_t) (quorum_handle_t handle, uint32_t quorate, struct quorum_ring_id ring_id, uint32_t member_list_entries, const uint32_t *member_list)',
    'typedef void (*quorum_v1_nodelist_notification_fn_t) (quorum_handle_t handle, struct quorum_ring_id ring_id, uint32_t member_list_entries, const uint32_t *member_list, uint32_t joined_list_entries, const uint32_t *joined_list, uint32_t left_list_entries, const uint32_t *left_list)',
  ],
})

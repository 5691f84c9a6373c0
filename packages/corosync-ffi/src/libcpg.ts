// libcpg: the closed process group library. Prototypes are those of corosync/cpg.h, verbatim.

import { Library } from './library.ts'

/** What is callable; see cpg_overview(3) and the man page of each function. */
export const libcpg: Library = new Library({
  soname: 'libcpg.so.4',
  debianPackage: 'libcpg4',
  functions: [
    'cs_error_t cpg_initialize (cpg_handle_t *handle, cpg_callbacks_t *callbacks)',
    'cs_error_t cpg_model_initialize (cpg_handle_t *handle, cpg_model_t model, cpg_model_data_t *model_data, void *context)',
    'cs_error_t cpg_finalize (cpg_handle_t handle)',
    'cs_error_t cpg_fd_get (cpg_handle_t handle, int *fd)',
    'cs_error_t cpg_max_atomic_msgsize_get (cpg_handle_t handle, uint32_t *size)',
    'cs_error_t cpg_context_get (cpg_handle_t handle, void **context)',
    'cs_error_t cpg_context_set (cpg_handle_t handle, void *context)',
    'cs_error_t cpg_dispatch (cpg_handle_t handle, cs_dispatch_flags_t dispatch_types)',
    'cs_error_t cpg_join (cpg_handle_t handle, const struct cpg_name *group)',
    'cs_error_t cpg_leave (cpg_handle_t handle, const struct cpg_name *group)',
    'cs_error_t cpg_mcast_joined (cpg_handle_t handle, cpg_guarantee_t guarantee, const struct iovec *iovec, unsigned int iov_len)',
    'cs_error_t cpg_membership_get (cpg_handle_t handle, struct cpg_name *groupName, struct cpg_address *member_list, int *member_list_entries)',
    'cs_error_t cpg_local_get (cpg_handle_t handle, unsigned int *local_nodeid)',
    'cs_error_t cpg_flow_control_state_get (cpg_handle_t handle, cpg_flow_control_state_t *flow_control_enabled)',
    'cs_error_t cpg_zcb_alloc (cpg_handle_t handle, size_t size, void **buffer)',
    'cs_error_t cpg_zcb_free (cpg_handle_t handle, void *buffer)',
    'cs_error_t cpg_zcb_mcast_joined (cpg_handle_t handle, cpg_guarantee_t guarantee, void *msg, size_t msg_len)',
    'cs_error_t cpg_iteration_initialize (cpg_handle_t handle, cpg_iteration_type_t iteration_type, const struct cpg_name *group, cpg_iteration_handle_t *cpg_iteration_handle)',
    'cs_error_t cpg_iteration_next (cpg_iteration_handle_t handle, struct cpg_iteration_description_t *description)',
    'cs_error_t cpg_iteration_finalize (cpg_iteration_handle_t handle)',
  ],
  callbacks: [
    'typedef void (*cpg_deliver_fn_t) (cpg_handle_t handle, const struct cpg_name *group_name, uint32_t nodeid, uint32_t pid, void *msg, size_t msg_len)',
    'typedef void (*cpg_confchg_fn_t) (cpg_handle_t handle, const struct cpg_name *group_name, const struct cpg_address *member_list, size_t member_list_entries, const struct cpg_address *left_list, size_t left_list_entries, const struct cpg_address *joined_list, size_t joined_list_entries)',
    'typedef void (*cpg_totem_confchg_fn_t) (cpg_handle_t handle, struct cpg_ring_id ring_id, uint32_t member_list_entries, const uint32_t *member_list)',
  ],
})

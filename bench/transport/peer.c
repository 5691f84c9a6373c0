// A member of a CPG group, in C on libcpg: what peer.ts is measured against. Same commands, same messages, same rules;
// written to be fast: one thread, poll, every event there is in one dispatch, no copy of its own.
//
// Commands on stdin and answers on stdout, a line each:
//   throughput SIZE WINDOW MS   sends for MS with at most WINDOW own messages in flight: COUNT NANOSECONDS
//   roundtrip SIZE MS           one message in flight at a time, for MS: nanoseconds of each
//   received                    messages delivered here so far: COUNT
// Only one member of a group sends.

#include <corosync/cpg.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { members_wanted = 3, message_bytes_max = 1 << 20, samples_max = 1 << 20, retry_ms = 1 };

static cpg_handle_t cpg;
static int cpg_fd;
static uint32_t nodeid, pid;
static size_t members;
static uint64_t sent, delivered, received;
static char message[message_bytes_max];
static uint64_t samples[samples_max];

static void fail(const char *what, int status)
{
	fprintf(stderr, "%s: %d\n", what, status);
	exit(1);
}

static void check(const char *what, cs_error_t status)
{
	if (status != CS_OK)
		fail(what, status);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Every member counts; the one sender's number in each message shows that nothing is lost, doubled or out of order.
static void on_deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t from_nodeid, uint32_t from_pid,
		       void *bytes, size_t length)
{
	uint32_t number;

	(void)handle, (void)group, (void)length;
	memcpy(&number, bytes, sizeof number);
	if (number != (uint32_t)received)
		fail("message out of order", (int)number);
	received++;
	if (from_nodeid == nodeid && from_pid == pid)
		delivered++;
}

static void on_change(cpg_handle_t handle, const struct cpg_name *group, const struct cpg_address *list, size_t count,
		      const struct cpg_address *left, size_t left_count, const struct cpg_address *joined,
		      size_t joined_count)
{
	(void)handle, (void)group, (void)list, (void)left, (void)left_count, (void)joined, (void)joined_count;
	members = count;
}

static void dispatch(int timeout_ms)
{
	struct pollfd fd = { cpg_fd, POLLIN, 0 };

	if (poll(&fd, 1, timeout_ms) > 0)
		check("cpg_dispatch", cpg_dispatch(cpg, CS_DISPATCH_ALL));
}

// Returns whether the daemon took the message.
static int try_send(size_t size)
{
	struct iovec iovec = { message, size };
	uint32_t number = (uint32_t)sent;
	cs_error_t status;

	memcpy(message, &number, sizeof number);
	status = cpg_mcast_joined(cpg, CPG_TYPE_AGREED, &iovec, 1);
	if (status == CS_ERR_TRY_AGAIN)
		return 0;
	check("cpg_mcast_joined", status);
	sent++;
	return 1;
}

static void throughput(size_t size, uint64_t window, uint64_t ms)
{
	uint64_t begin = now(), end = begin + ms * 1000000u, first = sent;

	while (now() < end) {
		int refused = 0;

		while (!refused && sent - delivered < window)
			refused = !try_send(size);
		dispatch(refused ? retry_ms : -1);
	}
	while (delivered < sent)
		dispatch(-1);
	printf("%" PRIu64 " %" PRIu64 "\n", sent - first, now() - begin);
}

static void round_trips(size_t size, uint64_t ms)
{
	uint64_t end = now() + ms * 1000000u;
	size_t count = 0;

	for (uint64_t begin = now(); begin < end && count < samples_max; begin = now()) {
		while (!try_send(size))
			dispatch(retry_ms);
		while (delivered < sent)
			dispatch(-1);
		samples[count++] = now() - begin;
	}
	for (size_t i = 0; i < count; i++)
		printf("%" PRIu64 "%c", samples[i], i + 1 < count ? ' ' : '\n');
}

static void obey(const char *line)
{
	size_t size;
	uint64_t window, ms;

	if (sscanf(line, "throughput %zu %" SCNu64 " %" SCNu64, &size, &window, &ms) == 3)
		throughput(size, window, ms);
	else if (sscanf(line, "roundtrip %zu %" SCNu64, &size, &ms) == 2)
		round_trips(size, ms);
	else if (strncmp(line, "received", 8) == 0)
		printf("%" PRIu64 "\n", received);
	else
		fail(line, 0);
	fflush(stdout);
}

static void join(const char *group)
{
	cpg_model_v1_data_t model = { .model = CPG_MODEL_V1, .cpg_deliver_fn = on_deliver, .cpg_confchg_fn = on_change };
	struct cpg_name name = { .length = (uint32_t)strlen(group) };

	memcpy(name.value, group, name.length);
	check("cpg_model_initialize", cpg_model_initialize(&cpg, CPG_MODEL_V1, (cpg_model_data_t *)&model, NULL));
	check("cpg_local_get", cpg_local_get(cpg, &nodeid));
	check("cpg_fd_get", cpg_fd_get(cpg, &cpg_fd));
	pid = (uint32_t)getpid();
	check("cpg_join", cpg_join(cpg, &name));
	while (members < members_wanted)
		dispatch(-1);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { STDIN_FILENO, POLLIN, 0 } };
	char line[128];

	if (argc != 2 || strlen(argv[1]) >= CPG_MAX_NAME_LENGTH)
		fail("usage: peer GROUP", argc);
	setvbuf(stdin, NULL, _IONBF, 0);
	join(argv[1]);
	puts("ready");
	fflush(stdout);
	fds[1] = (struct pollfd){ cpg_fd, POLLIN, 0 };
	while (poll(fds, 2, -1) > 0) {
		if (fds[1].revents != 0)
			check("cpg_dispatch", cpg_dispatch(cpg, CS_DISPATCH_ALL));
		if (fds[0].revents == 0)
			continue;
		if (fgets(line, sizeof line, stdin) == NULL)
			return 0;
		obey(line);
	}
	fail("poll", 0);
}

/* Where counting begins and ends, as callgrind is told: without valgrind these do nothing. */
#include <valgrind/callgrind.h>

void gate_start(void) {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

void gate_stop(const char *name) {
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}

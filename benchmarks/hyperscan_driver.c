/* A thin face of libhyperscan for the benchmarks: compile, scan a packed buffer, write out, read in.
 *
 * References A and B: no Python between two messages, hits are counted and nothing else is done with them.
 */
#include <hs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    hs_database_t *database;
    hs_scratch_t *scratch;
} peer;

static peer *with_scratch(hs_database_t *database) {
    peer *made = calloc(1, sizeof *made);
    if (made) made->database = database;
    if (!made || hs_alloc_scratch(database, &made->scratch) != HS_SUCCESS) {
        hs_free_database(database);
        free(made);
        return NULL;
    }
    return made;
}

/* `literal` takes the patterns as they are, without any syntax. NULL and a reason where one is refused. */
peer *peer_compile(const char *const *patterns, const unsigned *flags, const size_t *lengths, unsigned count, int literal,
                   char *reason, size_t reason_bytes) {
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    unsigned *numbers = malloc(count * sizeof *numbers);
    if (!numbers) return NULL;
    for (unsigned i = 0; i < count; i++) numbers[i] = i;
    hs_error_t status =
        literal ? hs_compile_lit_multi(patterns, flags, numbers, lengths, count, HS_MODE_BLOCK, NULL, &database, &error)
                : hs_compile_multi(patterns, flags, numbers, count, HS_MODE_BLOCK, NULL, &database, &error);
    free(numbers);
    if (status != HS_SUCCESS) {
        snprintf(reason, reason_bytes, "pattern %d: %s", error ? error->expression : -1, error ? error->message : "?");
        hs_free_compile_error(error);
        return NULL;
    }
    return with_scratch(database);
}

static int count_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)id, (void)from, (void)to, (void)flags;
    ++*(uint64_t *)context;
    return 0;
}

/* Message i is data[offsets[i]] to data[offsets[i + 1]]. Every end of every match is a hit. */
uint64_t peer_scan(const peer *self, const char *data, const uint32_t *offsets, uint32_t count) {
    uint64_t hits = 0;
    for (uint32_t i = 0; i < count; i++)
        hs_scan(self->database, data + offsets[i], offsets[i + 1] - offsets[i], 0, self->scratch, count_hit, &hits);
    return hits;
}

/* The database as bytes; free them with peer_release. */
char *peer_write(const peer *self, size_t *bytes) {
    char *data = NULL;
    return hs_serialize_database(self->database, &data, bytes) == HS_SUCCESS ? data : NULL;
}

void peer_release(char *data) { free(data); }

peer *peer_read(const char *data, size_t bytes) {
    hs_database_t *database = NULL;
    return hs_deserialize_database(data, bytes, &database) == HS_SUCCESS ? with_scratch(database) : NULL;
}

void peer_free(peer *self) {
    hs_free_scratch(self->scratch);
    hs_free_database(self->database);
    free(self);
}

/* SHA-256 (FIPS 180-4). */
#ifndef SOLON_SHA256_H
#define SOLON_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t state[8];
    uint64_t bytes;
    uint8_t block[64];
} sl_sha256_state;

void sl_sha256_start(sl_sha256_state *hash);
void sl_sha256_add(sl_sha256_state *hash, const void *data, size_t bytes);
void sl_sha256_finish(sl_sha256_state *hash, uint8_t digest[32]);
void sl_sha256(const void *data, size_t bytes, uint8_t digest[32]);

#endif

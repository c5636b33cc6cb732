/* Keccak-256 with its first padding, as Ethereum and Monero use it. */
#ifndef SOLON_KECCAK_H
#define SOLON_KECCAK_H

#include <stddef.h>
#include <stdint.h>

void sl_keccak_256(const uint8_t *data, size_t bytes, uint8_t digest[32]);

#endif

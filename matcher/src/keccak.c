/* Keccak-f[1600] with a rate of 136 bytes; lane (x, y) stands at x + 5 y. */
#include "keccak.h"

#include <string.h>

enum { RATE = 136 };

static const uint64_t ROUNDS[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
static const uint8_t TURNS[25] = {0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};

static uint64_t turn(uint64_t lane, unsigned by) { return by ? lane << by | lane >> (64 - by) : lane; }

static void permute(uint64_t a[25]) {
    for (int round = 0; round < 24; round++) {
        uint64_t column[5], moved[25];
        for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++)
            for (int y = 0; y < 5; y++) {
                uint64_t lane = a[x + 5 * y] ^ column[(x + 4) % 5] ^ turn(column[(x + 1) % 5], 1);
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = turn(lane, TURNS[x + 5 * y]);
            }
        for (int x = 0; x < 5; x++)
            for (int y = 0; y < 25; y += 5) a[x + y] = moved[x + y] ^ (~moved[(x + 1) % 5 + y] & moved[(x + 2) % 5 + y]);
        a[0] ^= ROUNDS[round];
    }
}

static void absorb(uint64_t a[25], const uint8_t block[RATE]) {
    for (int i = 0; i < RATE; i++) a[i / 8] ^= (uint64_t)block[i] << 8 * (i % 8);
    permute(a);
}

void sl_keccak_256(const uint8_t *data, size_t bytes, uint8_t digest[32]) {
    uint64_t a[25] = {0};
    uint8_t block[RATE] = {0};
    for (; bytes >= RATE; data += RATE, bytes -= RATE) absorb(a, data);
    memcpy(block, data, bytes);
    block[bytes] = 1;
    block[RATE - 1] |= 0x80;
    absorb(a, block);
    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(a[i / 8] >> 8 * (i % 8));
}

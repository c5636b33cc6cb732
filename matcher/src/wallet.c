/* Crypto wallets: stretches of letters and digits whose checksum fits. */
#include "glyphs.h"
#include "keccak.h"
#include "payment.h"
#include "sha256.h"

enum { WALLET_MIN = 25, WALLET_MAX = 110, BASE58_MAX = 36, BYTES_MAX = 32, SEGWIT_MAX = 90 };

static const char BITCOIN[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char RIPPLE[] = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
static const char BECH32[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static int index_in(const char *alphabet, char c) {
    const char *found = c ? strchr(alphabet, c) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

/* The big-endian bytes of a base-58 number, right-aligned in `out` of `room` bytes; 0 where it does not fit or a character is wrong. */
static int decode_58(const char *text, uint32_t length, const char *alphabet, uint8_t *out, uint32_t room) {
    memset(out, 0, room);
    for (uint32_t i = 0; i < length; i++) {
        int value = index_in(alphabet, text[i]);
        if (value < 0) return 0;
        uint32_t carry = (uint32_t)value;
        for (uint32_t b = room; b-- > 0;) {
            carry += out[b] * 58u;
            out[b] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry) return 0;
    }
    return 1;
}

/* ── Base 58 with a checksum ── */

static int is_base58(const char *text, uint32_t length, const char *alphabet, uint32_t size) {
    uint8_t bytes[BYTES_MAX], digest[32];
    if (!decode_58(text, length, alphabet, bytes, size)) return 0;
    uint32_t ones = 0, zeros = 0;
    while (ones < length && text[ones] == alphabet[0]) ones++;
    while (zeros < size && !bytes[zeros]) zeros++;
    if (ones != zeros) return 0; /* each leading zero byte is written as one character, and nothing else is */
    sl_sha256(bytes, size - 4, digest);
    sl_sha256(digest, 32, digest);
    return !memcmp(digest, bytes + size - 4, 4);
}

/* ── Monero: blocks of 11 characters for 8 bytes, the last of 7 for 5 ── */

static int is_monero(const char *text, uint32_t length) {
    uint8_t bytes[80], digest[32];
    if (length != 95 && length != 106) return 0;
    uint32_t blocks = length / 11, size = 8 * blocks + 5;
    for (uint32_t i = 0; i < blocks; i++)
        if (!decode_58(text + 11 * i, 11, BITCOIN, bytes + 8 * i, 8)) return 0;
    if (!decode_58(text + 11 * blocks, 7, BITCOIN, bytes + 8 * blocks, 5)) return 0;
    sl_keccak_256(bytes, size - 4, digest);
    return !memcmp(digest, bytes + size - 4, 4);
}

/* ── Bech32 ── */

static uint32_t step(uint32_t checksum, uint32_t value) {
    static const uint32_t generators[5] = {0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3};
    uint32_t top = checksum >> 25;
    checksum = (checksum & 0x1FFFFFF) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1) checksum ^= generators[i];
    return checksum;
}

static int has_name(const char *text, uint32_t length, const char *names) {
    for (const char *at = names; *at; at += strlen(at) + 1)
        if (strlen(at) == length && !memcmp(at, text, length)) return 1;
    return 0;
}

static int is_segwit(uint32_t constant, const uint8_t *values, uint32_t count) {
    uint32_t bits = 5 * (count - 1), size = bits / 8, padding = bits % 8;
    if (values[0] > 16 || size < 2 || size > 40 || padding >= 5 || (values[count - 1] & ((1u << padding) - 1))) return 0;
    if (values[0] == 0) return constant == 1 && (size == 20 || size == 32);
    return constant == 0x2BC830A3;
}

static int is_bech32(const char *original, uint32_t length) {
    char text[WALLET_MAX];
    uint8_t values[WALLET_MAX];
    uint32_t lower = 0, upper = 0, one = length;
    for (uint32_t i = 0; i < length; i++) {
        int is_upper = original[i] >= 'A' && original[i] <= 'Z';
        upper += (uint32_t)is_upper;
        lower += original[i] >= 'a' && original[i] <= 'z';
        text[i] = is_upper ? (char)(original[i] + 32) : original[i];
        if (text[i] == '1') one = i;
    }
    if ((lower && upper) || one == length || length - one - 1 < 7) return 0;
    uint32_t checksum = 1, count = length - one - 1;
    for (uint32_t i = 0; i < one; i++) checksum = step(checksum, (uint8_t)text[i] >> 5);
    checksum = step(checksum, 0);
    for (uint32_t i = 0; i < one; i++) checksum = step(checksum, text[i] & 31);
    for (uint32_t i = 0; i < count; i++) {
        int value = index_in(BECH32, text[one + 1 + i]);
        if (value < 0) return 0;
        values[i] = (uint8_t)value;
        checksum = step(checksum, values[i]);
    }
    if (has_name(text, one, "addr\0stake\0cosmos\0osmo\0terra\0juno\0kava\0secret\0akash\0band\0axelar\0inj\0bnb\0thor\0erd\0zil\0one\0"))
        return checksum == 1 && count >= 36;
    if (length > SEGWIT_MAX || !has_name(text, one, "bc\0tb\0bcrt\0ltc\0tltc\0vtc\0dgb\0grs\0btg\0")) return 0;
    return is_segwit(checksum, values, count - 6);
}

/* ── Ethereum and Nano ── */

static int is_ethereum(const char *text, uint32_t length) {
    char lowered[40];
    uint8_t digest[32];
    uint32_t upper = 0, lower = 0;
    if (length != 42 || text[0] != '0' || text[1] != 'x') return 0;
    for (uint32_t i = 0; i < 40; i++) {
        char c = text[2 + i];
        int is_upper = c >= 'A' && c <= 'F', is_lower = c >= 'a' && c <= 'f';
        if (!is_upper && !is_lower && !is_digit_char((uint8_t)c)) return 0;
        upper += (uint32_t)is_upper;
        lower += (uint32_t)is_lower;
        lowered[i] = is_upper ? (char)(c + 32) : c;
    }
    if (!upper || !lower) return 1;
    sl_keccak_256((const uint8_t *)lowered, 40, digest);
    for (uint32_t i = 0; i < 40; i++) {
        int high = digest[i / 2] >> (i % 2 ? 0 : 4) & 8, is_upper = text[2 + i] >= 'A' && text[2 + i] <= 'F';
        if (!is_digit_char((uint8_t)text[2 + i]) && (high != 0) != is_upper) return 0;
    }
    return 1;
}

static int is_nano(const char *text, uint32_t length) {
    uint32_t skip = !strncmp(text, "nano_", 5) ? 5 : !strncmp(text, "xrb_", 4) ? 4 : 0;
    if (!skip || length - skip != 60 || (text[skip] != '1' && text[skip] != '3')) return 0;
    for (uint32_t i = skip; i < length; i++)
        if (index_in("13456789abcdefghijkmnopqrstuwxyz", text[i]) < 0) return 0;
    return 1;
}

static int is_wallet(const char *text, uint32_t length) {
    if (is_nano(text, length)) return 1;
    if (memchr(text, '_', length)) return 0;
    if (length <= BASE58_MAX) {
        for (uint32_t size = 25; size <= 26; size++)
            if (is_base58(text, length, BITCOIN, size)) return 1;
        if (text[0] == 'r' && is_base58(text, length, RIPPLE, 25)) return 1;
    }
    return is_monero(text, length) || is_ethereum(text, length) || is_bech32(text, length);
}

sl_status sl_find_crypto_wallet(const sl_props *props, const sl_stream *cased, int strong, sl_arena *arena, sl_spans *spans) {
    sl_glyphs g = {props, cased, cased->length};
    (void)strong;
    for (uint32_t i = 0; i < g.n; i++) {
        char text[WALLET_MAX + 1];
        uint32_t start = i, end = glyph_glue_end(&g, i);
        if (end == start) continue;
        i = end;
        if (end - start < WALLET_MIN || !sl_starts(cased, start) || !glyph_copy(&g, start, end, text, sizeof text)) continue;
        if (!is_wallet(text, end - start)) continue;
        sl_status status = glyph_accept(&g, start, end, arena, spans);
        if (status) return status;
    }
    sl_spans_select(spans);
    return SL_OK;
}

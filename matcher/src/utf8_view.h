/* A stream as bytes of UTF-8, with the way back: how words and literals read it.
 *
 * A narrow stream is its own view. Of a wide one, surrogates become three bytes like any other character.
 */
#ifndef SOLON_UTF8_VIEW_H
#define SOLON_UTF8_VIEW_H

#include "solon.h"

/* INVARIANT: bytes[length .. length + 15] are readable zeros; map[length] is the length of the stream. */
typedef struct {
    const uint8_t *bytes;
    uint32_t length;
    const uint32_t *map; /* byte to folded character; NULL where they are the same */
} sl_view;

static inline uint32_t sl_view_char(const sl_view *v, uint32_t at) { return v->map ? v->map[at] : at; }

static inline uint32_t sl_utf8_size(uint32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

static inline uint32_t sl_utf8_put(uint8_t *to, uint32_t c) {
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (uint8_t)(0xC0 | c >> 6);
        to[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (uint8_t)(0xE0 | c >> 12);
        to[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        to[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    to[0] = (uint8_t)(0xF0 | (c >> 18 & 7));
    to[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    to[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    to[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* The bytes that a stream takes, or 0 where they are too many to count in 32 bits. */
static inline uint32_t sl_utf8_length(const sl_stream *s) {
    if (s->narrow) return s->length;
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->length; i++) total += sl_utf8_size(s->wide[i]);
    return total < UINT32_MAX - 64 ? (uint32_t)total : 0;
}

/* Room for a view of at most `length` bytes, in the arena. */
static inline sl_status sl_view_room(sl_arena *arena, uint32_t length, uint8_t **bytes, uint32_t **map) {
    *bytes = sl_arena_take(arena, (size_t)length + 16);
    *map = sl_arena_take(arena, ((size_t)length + 1) * sizeof(uint32_t));
    return *bytes && *map ? SL_OK : SL_NO_MEMORY;
}

#endif

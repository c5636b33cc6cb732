/* The walks over word starts and through the gate, for simd.c, once for each version. Wants VERSION, TARGET and the version's kinds_of_64; undefines them. */

TARGET ALWAYS_INLINE uint64_t VERSION(eight)(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

/* Notes the places of one block, which all lie in its first 56 bytes, at `noted`; returns where the next ones go. `on`: the bytes that go on a word.
 * PERF: the two usual keys of a place, eight bytes and the token, are tried without a branch, and what passes is noted without one: almost
 * every place ends here. No inlining, so that the loop has all registers to itself. */
TARGET __attribute__((noinline)) static uint32_t *VERSION(places)(const sl_words_table *t, const uint8_t *bytes, uint32_t base, uint64_t starts, uint64_t on,
                                                                  uint32_t *noted) {
    const uint64_t *filter = t->filter;
    uint32_t word_shift = 66 - t->slot_bits, first_shift = word_shift - 6, second_shift = word_shift - 12;
    uint64_t on_after = on >> 1;
    for (; starts; starts &= starts - 1) {
        uint32_t bit = (uint32_t)__builtin_ctzll(starts);
        uint64_t token = first_bytes[__builtin_ctzll(~(on_after >> bit) | 0x80)];
        uint64_t key = VERSION(eight)(bytes + bit), hash = key * SL_WORDS_MULTIPLIER, token_hash = (key & token) * SL_WORDS_MULTIPLIER;
        uint64_t word = filter[hash >> word_shift], token_word = filter[token_hash >> word_shift];
        uint64_t pass = word >> (hash >> first_shift & 63) & word >> (hash >> second_shift & 63);
        pass |= token_word >> (token_hash >> first_shift & 63) & token_word >> (token_hash >> second_shift & 63);
        *noted = base + bit;
        noted += pass & 1;
    }
    return noted;
}

static uint32_t *VERSION(all_places)(uint32_t base, uint64_t starts, uint32_t *noted) {
    for (; starts; starts &= starts - 1) *noted++ = base + (uint32_t)__builtin_ctzll(starts);
    return noted;
}

/* A bit is in two blocks where it is among the last eight: its token is told by the second one. */
TARGET static int VERSION(walk_ascii)(sl_walk *w) {
    uint32_t at = w->at, length = w->length, *noted = w->places;
    uint64_t word_before = w->word_before, space_before = w->space_before;
    for (; at < length && noted < w->places + SL_PLACES_FULL; at = length - at > SL_STRIDE ? at + SL_STRIDE : length) {
        sl_kinds kinds = VERSION(kinds_of_64)(w->bytes + at);
        uint64_t on = kinds.word & (kinds.word << 1 | word_before), starts = kinds.word & ~on & SL_STRIDE_BITS;
        uint64_t space = kinds.blank | kinds.other_space;
        if (w->spaces_matter && (kinds.other_space | (space & (space << 1 | space_before)))) return SL_WALK_SPACES;
        word_before = kinds.word >> (SL_STRIDE - 1) & 1;
        space_before = space >> (SL_STRIDE - 1) & 1;
        noted = w->every_start ? VERSION(all_places)(at, starts, noted) : VERSION(places)(w->table, w->bytes + at, at, starts, on, noted);
    }
    w->at = at;
    w->word_before = word_before;
    w->space_before = space_before;
    w->count = (uint32_t)(noted - w->places);
    return at < length ? SL_WALK_GOES_ON : SL_WALK_END;
}

TARGET static int VERSION(walk_bits)(sl_walk *w) {
    uint32_t at = w->at, length = w->length, *noted = w->places;
    for (; at < length && noted < w->places + SL_PLACES_FULL; at = length - at > SL_STRIDE ? at + SL_STRIDE : length) {
        uint64_t starts = bits_from(w->starts, at) & SL_STRIDE_BITS;
        noted = w->every_start ? VERSION(all_places)(at, starts, noted) : VERSION(places)(w->table, w->bytes + at, at, starts, bits_from(w->goes_on, at), noted);
    }
    w->at = at;
    w->count = (uint32_t)(noted - w->places);
    return at < length ? SL_WALK_GOES_ON : SL_WALK_END;
}

#define GATE_CHARACTER(i) do { \
        uint32_t symbol_ = wide ? (units[i] < 128 ? units[i] : SL_GATE_BEYOND_ASCII) : narrow[i]; \
        memcpy(&mask, masks[symbol_], sizeof mask); \
        bits = ((bits + bits) | first) & mask; \
        ended |= bits; \
    } while (0)

/* Bits of a row that ended are kept for SL_GATE_STEP characters: where in them is not worth asking each time. */
TARGET ALWAYS_INLINE int VERSION(gate)(sl_gate_walk *w, int wide) {
    quad bits, first, last, seen, mask;
    const uint8_t *narrow = w->stream->narrow;
    const uint32_t *units = w->stream->wide;
    const uint64_t (*masks)[SL_GATE_WORDS] = w->gate->masks;
    uint32_t n = w->stream->length, at = w->at;
    memcpy(&first, w->gate->first, sizeof first);
    memcpy(&last, w->gate->last, sizeof last);
    memcpy(&bits, at ? w->bits : masks[SL_GATE_OUTSIDE], sizeof bits);
    memcpy(&seen, w->seen, sizeof seen);
    if (!at) bits &= first;
    w->count = 0;
    int more = 1;
    while (more && w->count < w->room) {
        uint32_t from = at;
        quad ended = {0};
        if (n - at >= SL_GATE_STEP) {
            for (uint32_t end = at + SL_GATE_STEP; at < end; at += 4) { /* PERF: in fours, without asking at each */
                GATE_CHARACTER(at);
                GATE_CHARACTER(at + 1);
                GATE_CHARACTER(at + 2);
                GATE_CHARACTER(at + 3);
            }
        } else {
            for (; at < n; at++) GATE_CHARACTER(at);
            memcpy(&mask, masks[SL_GATE_OUTSIDE], sizeof mask);
            ended |= ((bits + bits) | first) & mask;
            more = 0;
        }
        ended &= last;
        seen |= ended;
        if (ended[0] | ended[1] | ended[2] | ended[3]) {
            w->hits[w->count].at = from;
            memcpy(w->hits[w->count++].bits, &ended, sizeof ended);
        }
    }
    memcpy(w->bits, &bits, sizeof bits);
    memcpy(w->seen, &seen, sizeof seen);
    w->at = at;
    return more;
}

TARGET static int VERSION(gate_narrow)(sl_gate_walk *w) { return VERSION(gate)(w, 0); }
TARGET static int VERSION(gate_wide)(sl_gate_walk *w) { return VERSION(gate)(w, 1); }

#undef GATE_CHARACTER
#undef VERSION
#undef TARGET

/* The loops of dfa.c, once for narrow and once for wide streams. Wants NAME, UNIT, UNITS and CLASS; undefines them. */

/* The longest end of a match that begins at i; i where there is none. */
static uint32_t NAME(longest)(run *r, uint32_t i) {
    const UNIT *text = UNITS(r->stream);
    const uint16_t *next = r->next;
    uint32_t n = r->stream->length, width = r->record->width, accepting = r->record->accepting_from, end = i, j = i;
    uint32_t state = r->start[i ? CLASS(r, text[i - 1]) : width - 1];
    for (; j < n; j++) {
        state = next[state * width + CLASS(r, text[j])];
        if (state >= accepting) end = j;
        if (state == 0) break;
    }
    if (j == n && next[state * width + width - 1] >= accepting) end = n;
    r->steps += j - i + 1;
    return end;
}

/* The same with notes. INVARIANT: a noted end lies at or after the place of its note, so that it beats what the run has found. */
static uint32_t NAME(longest_noted)(run *r, uint32_t i) {
    const UNIT *text = UNITS(r->stream);
    const uint16_t *next = r->next;
    uint32_t n = r->stream->length, width = r->record->width, accepting = r->record->accepting_from, end = i, j = i;
    uint32_t state = r->start[i ? CLASS(r, text[i - 1]) : width - 1], stride = r->notes.stride;
    uint32_t place = i / stride + 1;
    for (; j < n; j++) {
        if (j == (uint64_t)place * stride) {
            uint32_t slot = slot_of(&r->notes, place, state);
            if (r->notes.pairs[slot]) {
                uint32_t known = r->notes.ends[slot];
                if (known > 1) end = known - 1;
                break;
            }
            if (!notes_full(&r->notes)) {
                r->notes.pairs[slot] = ((uint64_t)place << 16 | state) + 1;
                r->notes.path[r->notes.path_count++] = slot;
                r->notes.count++;
            }
            place++;
        }
        state = next[state * width + CLASS(r, text[j])];
        if (state >= accepting) end = j;
        if (state == 0) break;
    }
    if (j == n && next[state * width + width - 1] >= accepting) end = n;
    r->steps += j - i + 1;
    fill_in(r, end);
    return end;
}

/* Does the walk from i, in `state` after its first character, live for three characters, or come to a match before that? Most do not: to
 * ask without a branch in between is cheaper than to walk. The dead state leads to itself alone. */
static inline int NAME(goes_on)(const run *r, uint32_t i, uint32_t state) {
    const UNIT *text = UNITS(r->stream);
    uint32_t width = r->record->width;
    if (i + 2 >= r->stream->length) return 1;
    uint32_t second = r->next[state * width + CLASS(r, text[i + 1])];
    uint32_t third = r->next[second * width + CLASS(r, text[i + 2])];
    return (third != 0) | (second >= r->record->accepting_from);
}

/* Bit k: a match may begin at place + k; its first character alone does not end the walk.
 * PERF: without a branch, since which characters begin a match is nothing a processor can foresee. */
static uint64_t NAME(may_begin)(const run *r, uint32_t place, uint32_t count) {
    const UNIT *text = UNITS(r->stream) + place;
    const uint16_t *next = r->next, *start = r->start;
    uint32_t width = r->record->width, before = place ? CLASS(r, text[-1]) : width - 1;
    uint64_t bits = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t class = CLASS(r, text[k]);
        bits |= (uint64_t)(next[start[before] * width + class] != 0) << k;
        before = class;
    }
    return bits;
}

/* The same of up to 64 places, of those that are marked. */
static inline uint64_t NAME(starts_of)(const run *r, uint32_t place) {
    uint32_t n = r->stream->length;
    if (!r->marks) return NAME(may_begin)(r, place, n - place < 64 ? n - place : 64);
    uint64_t marks = r->marks[place >> 6];
    if (!marks) return 0;
    uint32_t low = (uint32_t)__builtin_ctzll(marks), high = 63 - (uint32_t)__builtin_clzll(marks);
    return NAME(may_begin)(r, place + low, high - low + 1) << low & marks;
}

/* The longest end of a match from i, with notes or without; i where there is none. */
static sl_status NAME(walk)(run *r, uint32_t i, uint32_t *end) {
    *end = i;
    uint32_t width = r->record->width, before = i ? CLASS(r, UNITS(r->stream)[i - 1]) : width - 1;
    uint32_t state = r->next[r->start[before] * width + CLASS(r, UNITS(r->stream)[i])];
    if (!NAME(goes_on)(r, i, state) || !sl_starts(r->stream, i)) return SL_OK;
    if (r->steps <= (uint64_t)FREE_STEPS_PER_CHARACTER * r->stream->length + FREE_STEPS) {
        *end = NAME(longest)(r, i);
        return SL_OK;
    }
    sl_status status = r->notes.pairs ? SL_OK : begin_notes(r);
    if (!status) *end = NAME(longest_noted)(r, i);
    return status;
}

static sl_status NAME(find)(run *r, int all_starts, sl_arena *arena, sl_spans *spans) {
    const sl_stream *s = r->stream;
    uint32_t n = s->length, free_from = 0; /* in characters of the message */
    for (uint32_t place = 0; place < n; place += 64) {
        for (uint64_t bits = NAME(starts_of)(r, place); bits; bits &= bits - 1) {
            uint32_t i = place + (uint32_t)__builtin_ctzll(bits), end;
            if (sl_origin(s, i) < free_from) continue;
            sl_status status = NAME(walk)(r, i, &end);
            if (!status && end > i) {
                uint32_t reach = sl_reach(s, end - 1);
                status = sl_spans_push(spans, arena, sl_origin(s, i), reach);
                if (!all_starts) free_from = reach;
            }
            if (status) return status;
        }
        if (n - place < 64) break; /* place + 64 may not fit 32 bits */
    }
    return SL_OK;
}

#undef NAME
#undef UNIT
#undef UNITS
#undef CLASS

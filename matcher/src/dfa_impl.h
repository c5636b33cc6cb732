/* The loops of dfa.c, once for narrow and once for wide streams. Wants NAME, UNIT, UNITS, CLASS and GATE_SYMBOL;
 * undefines them. */

/* Has the text one of the few characters that every match has? */
static int NAME(has_rare)(const run *r) {
    uint32_t rare = r->record->rare, n = r->stream->length;
    const UNIT *text = UNITS(r->stream);
    for (uint32_t k = rare & 255; k > 0; k--) {
        rare >>= 8;
        UNIT wanted = (UNIT)(rare & 255);
        if (sizeof(UNIT) == 1) {
            if (memchr(text, wanted, n)) return 1;
            continue;
        }
        for (uint32_t i = 0; i < n; i++)
            if (text[i] == wanted) return 1;
    }
    return 0;
}

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
            uint32_t cell = place * r->record->states + state, known = r->notes.cells[cell];
            if (known) {
                if (known > 1) end = known - 1;
                break;
            }
            r->notes.path[r->notes.path_count++] = cell;
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

/* Which bits of the gate's chunk have been set at the end of a sequence? */
static void NAME(gate)(const sl_dfa_gate *gate, const sl_stream *stream, uint64_t *seen) {
    quad bits = {0}, ended = {0}, first, last;
    const UNIT *text = UNITS(stream);
    uint32_t n = stream->length;
    memcpy(&first, gate->first, sizeof first);
    memcpy(&last, gate->last, sizeof last);
    for (uint32_t i = 0; i < n; i++) {
        quad mask;
        memcpy(&mask, gate->masks[GATE_SYMBOL(text[i])], sizeof mask);
        bits = (bits << 1 | first) & mask;
        ended |= bits;
    }
    ended &= last;
    memcpy(seen, &ended, sizeof ended);
}

#ifdef GATE_AVX2
__attribute__((target("avx2"))) static void NAME(gate_avx2)(const sl_dfa_gate *gate, const sl_stream *stream, uint64_t *seen) {
    __m256i bits = _mm256_setzero_si256(), ended = bits, first = _mm256_loadu_si256((const __m256i *)gate->first);
    const UNIT *text = UNITS(stream);
    uint32_t n = stream->length;
    for (uint32_t i = 0; i < n; i++) {
        __m256i mask = _mm256_loadu_si256((const __m256i *)gate->masks[GATE_SYMBOL(text[i])]);
        bits = _mm256_and_si256(_mm256_or_si256(_mm256_add_epi64(bits, bits), first), mask);
        ended = _mm256_or_si256(ended, bits);
    }
    ended = _mm256_and_si256(ended, _mm256_loadu_si256((const __m256i *)gate->last));
    _mm256_storeu_si256((__m256i *)seen, ended);
}
#endif

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
    sl_status status = r->notes.cells ? SL_OK : begin_notes(r);
    if (!status) *end = NAME(longest_noted)(r, i);
    return status;
}

static sl_status NAME(find)(run *r, int all_starts, sl_arena *arena, sl_spans *spans) {
    const sl_stream *s = r->stream;
    uint32_t n = s->length, free_from = 0; /* in characters of the message */
    if (r->record->rare && !NAME(has_rare)(r)) return SL_OK;
    for (uint32_t place = 0; place < n; place += 64) {
        for (uint64_t bits = NAME(may_begin)(r, place, n - place < 64 ? n - place : 64); bits; bits &= bits - 1) {
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
#undef GATE_SYMBOL

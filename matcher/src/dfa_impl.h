/* The loops of dfa.c, once for narrow and once for wide streams. Wants NAME, UNIT, UNITS, CLASS, MAY_BEGIN and
 * GATE_SYMBOL; undefines them. */

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
    uint64_t bits[SL_GATE_WORDS] = {0}, ended[SL_GATE_WORDS] = {0};
    const UNIT *text = UNITS(stream);
    for (uint32_t i = 0; i < stream->length; i++) {
        const uint64_t *mask = gate->masks[GATE_SYMBOL(text[i])];
        for (int w = 0; w < SL_GATE_WORDS; w++) {
            bits[w] = (bits[w] << 1 | gate->first[w]) & mask[w];
            ended[w] |= bits[w];
        }
    }
    for (int w = 0; w < SL_GATE_WORDS; w++) seen[w] = ended[w] & gate->last[w];
}

static sl_status NAME(find)(run *r, int all_starts, sl_arena *arena, sl_spans *spans) {
    const sl_stream *s = r->stream;
    const UNIT *text = UNITS(s);
    uint32_t n = s->length;
    if (r->record->rare && !NAME(has_rare)(r)) return SL_OK;
    uint64_t free_steps = (uint64_t)FREE_STEPS_PER_CHARACTER * n + FREE_STEPS;
    for (uint32_t i = 0; i < n; i++) {
        if (!(MAY_BEGIN(r, text[i]))) continue;
        /* PERF: most starts die of their first character; one look-up saves the call. */
        uint32_t state = r->start[i ? CLASS(r, text[i - 1]) : r->record->width - 1];
        if (r->next[state * r->record->width + CLASS(r, text[i])] == 0 || !sl_starts(s, i)) continue;
        uint32_t end;
        if (r->steps <= free_steps) {
            end = NAME(longest)(r, i);
        } else {
            if (!r->notes.cells) {
                sl_status status = begin_notes(r);
                if (status) return status;
            }
            end = NAME(longest_noted)(r, i);
        }
        if (end <= i) continue;
        uint32_t reach = sl_reach(s, end - 1);
        sl_status status = sl_spans_push(spans, arena, sl_origin(s, i), reach);
        if (status) return status;
        if (all_starts) continue;
        while (i + 1 < n && sl_origin(s, i + 1) < reach) i++;
    }
    return SL_OK;
}

#undef NAME
#undef UNIT
#undef UNITS
#undef CLASS
#undef MAY_BEGIN
#undef GATE_SYMBOL

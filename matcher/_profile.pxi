"""Where the time of a policy goes, part by part: for `solon bench`, never on the path of a decision."""

cdef extern from "profile.h" nogil:
    enum:
        SL_STAGES
    ctypedef struct sl_profile:
        uint64_t stages[4]
        uint64_t *patterns
        uint64_t *spans
    sl_status sl_profile_text(const sl_engine *engine, sl_arena *arena, const sl_text *text, sl_profile *profile)
    bint sl_profile_is_ungated(const sl_engine *engine, uint32_t pattern)


def profile(Engine engine not None, list messages not None):
    """Nanoseconds of each shared stage, and of each pattern alone, over all messages; spans of each pattern.

    `(stages, patterns, spans)`: lists by stage (fold, words, literals, gate) and by pattern number.
    """
    cdef uint32_t i, count = engine.engine.patterns.pattern_count
    cdef sl_profile into
    cdef sl_text text
    cdef sl_arena arena
    cdef sl_status status
    memset(&into, 0, sizeof(into))
    into.patterns = <uint64_t *>calloc(2 * count + 1, sizeof(uint64_t))
    if into.patterns == NULL:
        raise MemoryError()
    into.spans = into.patterns + count
    sl_arena_init(&arena)
    try:
        for message in messages:
            text_of(message, &text)
            status = sl_profile_text(&engine.engine, &arena, &text, &into)
            if status != SL_OK:
                raise MemoryError()
        return (
            [into.stages[i] for i in range(SL_STAGES)],
            [into.patterns[i] for i in range(count)],
            [into.spans[i] for i in range(count)],
        )
    finally:
        sl_arena_free(&arena)
        free(into.patterns)


def ungated(Engine engine not None):
    """The numbers of the patterns that have an automaton which is tried on every message."""
    return [i for i in range(engine.engine.patterns.pattern_count) if sl_profile_is_ungated(&engine.engine, i)]

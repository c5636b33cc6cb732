/* What each part of a scan costs on one text, for authors who want to know where the time of their policy goes. */
#ifndef SOLON_PROFILE_H
#define SOLON_PROFILE_H

#include "engine.h"

enum { SL_STAGE_FOLD = 0, SL_STAGE_WORDS, SL_STAGE_LITERALS, SL_STAGE_GATE, SL_STAGES };

typedef struct {
    uint64_t stages[SL_STAGES]; /* nanoseconds, added to */
    uint64_t *patterns;         /* nanoseconds by pattern, added to: alone, after the stages that all share */
    uint64_t *spans;            /* spans by pattern, added to */
} sl_profile;

/* SL_OK or SL_NO_MEMORY. The arena is reset again and again. */
sl_status sl_profile_text(const sl_engine *engine, sl_arena *arena, const sl_text *text, sl_profile *profile);

/* Has the pattern an automaton that no gate keeps from being tried on every message? */
int sl_profile_is_ungated(const sl_engine *engine, uint32_t pattern);

#endif

/* The engine: all tables of one artifact, and the scan of one text against them.
 *
 * A pattern is computed when somebody asks for it and then kept, so that a decision pays for the patterns that the
 * surviving rows need and for no other. Streams, links and the hits of the words are shared between patterns likewise.
 */
#ifndef SOLON_ENGINE_H
#define SOLON_ENGINE_H

#include "decide.h"
#include "dfa.h"
#include "fold.h"
#include "foresee.h"
#include "links.h"
#include "literals.h"
#include "patterns.h"
#include "phone.h"
#include "solon.h"
#include "words.h"

typedef struct {
    const char *name;
    const uint8_t *data;
    size_t bytes;
} sl_section;

typedef struct {
    sl_props props;
    sl_fold folds[SL_STREAMS];
    sl_words words[SL_STREAMS];
    sl_literals literals[SL_STREAMS];
    sl_links links[SL_STREAMS];
    uint8_t has_fold[SL_STREAMS], has_words[SL_STREAMS], has_literals[SL_STREAMS], has_links[SL_STREAMS];
    sl_suffixes suffixes;
    sl_phones phones;
    sl_dfas dfas;
    uint8_t has_suffixes, has_phones, has_dfas;
    sl_patterns patterns;
    sl_decision decision;
    sl_foresight foresight;
    uint64_t secret; /* random for each engine: nobody can aim collisions at a hash table over message text */
} sl_engine;

/* Verify all sections and open them. The bytes must outlive the engine and stay as they are. What has been opened, or was refused, is closed. */
sl_status sl_engine_open(sl_engine *engine, const sl_section *sections, uint32_t count, uint64_t secret, sl_fault *fault);
void sl_engine_close(sl_engine *engine); /* an engine of zeros may be closed as well */

/* The scan of one text. Everything in it lives in the arena of the decision. */
typedef struct {
    sl_spans *spans; /* by pattern; valid where done[pattern] */
    uint8_t *done;
} sl_results;

/* What of a scan has been done, by level. */
typedef struct {
    uint8_t folded[SL_STREAMS], words[SL_STREAMS], literals[SL_STREAMS], links[SL_STREAMS][2], link_shapes[SL_STREAMS][2];
} sl_done;

/* PERF: only `done`, `seen` and the last three pointers are cleared when a scan starts; the rest is written when it is done. */
typedef struct {
    const sl_engine *engine;
    sl_arena *arena;
    sl_text text;          /* the whole message */
    uint32_t scanned_chars; /* its prefix that is looked at */
    sl_done done;
    sl_stream streams[SL_STREAMS];
    sl_hits word_hits[SL_STREAMS], literal_hits[SL_STREAMS];
    /* Links, as they are written and (second) with strong evasions. */
    sl_link_list link_lists[SL_STREAMS][2];
    sl_hits link_hits[SL_STREAMS][2];
    const sl_seen *seen[SL_STREAMS]; /* what the automata of a stream may hope for: the sets of characters that stand in it */
    uint64_t *absent; /* patterns that the gate has told of: they have no span; NULL as long as it was not asked */
    uint32_t *word_starts_before; /* by character of the message: word starts of the basic stream before it */
    const uint64_t *possible; /* by pattern, a bit: may it have a span? NULL as long as nobody has looked */
    sl_results results;
} sl_scan;

sl_status sl_scan_start(sl_scan *scan, const sl_engine *engine, sl_arena *arena, const sl_text *text);

/* The folded text of a level; the spans of one leaf. */
sl_status sl_scan_stream(sl_scan *scan, int level, const sl_stream **stream);
sl_status sl_scan_leaf(sl_scan *scan, uint32_t leaf, sl_spans *spans);

sl_status sl_scan_possible_pattern(sl_scan *scan, uint32_t pattern, const sl_spans **spans);

/* The spans of a pattern; the list stays the scan's own.
 * PERF: most patterns are one expression, of which the gate knows that it is not there: of 300 some ten are asked. */
static inline sl_status sl_scan_pattern(sl_scan *scan, uint32_t pattern, const sl_spans **spans) {
    static const sl_spans none;
    if (scan->absent && (scan->absent[pattern >> 6] >> (pattern & 63) & 1)) {
        *spans = &none;
        return SL_OK;
    }
    return sl_scan_possible_pattern(scan, pattern, spans);
}

/* What was seen in the stream of a level: hits of all words or literals of its table, which it must have; what the automata may hope for. */
sl_status sl_scan_words(sl_scan *scan, int level, const sl_hits **hits);
sl_status sl_scan_literals(sl_scan *scan, int level, const sl_hits **hits);
sl_status sl_scan_gate(sl_scan *scan, int level, const uint64_t **seen);

/* How many different texts, folded at level basic, do the spans have? */
sl_status sl_scan_distinct(sl_scan *scan, const sl_spans *spans, uint64_t *count);

/* Do the spans cover all of the message but white space, punctuation and what is invisible? */
int sl_scan_covers(const sl_scan *scan, const sl_spans *spans);

/* ── One decision ── over the message and the scanned facts. */
typedef struct {
    const sl_engine *engine;
    sl_arena *arena;
    sl_scan *scans;    /* field 0 is the message, field i + 1 the scanned fact i of the decision */
    uint8_t *started;  /* by field */
    const sl_text *texts;
    uint32_t field_count;
} sl_question;

/* Decide. `texts` has a text for the message and each scanned fact (data NULL where the fact is absent).
 * `question` and `outcome` stay readable until the arena is reset; `cut` gets 1 for each field over the limit. */
sl_status sl_engine_decide(const sl_engine *engine, const sl_text *texts, uint32_t field_count, const sl_facts *facts, int64_t at,
                           sl_arena *arena, sl_question *question, sl_outcome *outcome, uint8_t *cut);

/* The scan of one field, started when it is first asked for. */
sl_status sl_question_scan(sl_question *question, uint32_t field, sl_scan **scan);

#endif

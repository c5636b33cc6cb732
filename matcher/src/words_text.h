/* A text as words are looked for in it: bytes of UTF-8, white space single, and where its words start.
 *
 * A narrow stream whose white space does not matter, or is single blanks already, is read as it is. Else the text is made here.
 */
#ifndef SOLON_WORDS_TEXT_H
#define SOLON_WORDS_TEXT_H

#include "utf8_view.h"

/* INVARIANT: bytes[length .. length + 63] are readable zeros. `starts` and `goes_on` have a bit for each byte of what came from a wide stream, and
 * a word of 64 more: a word starts at the bits of `starts`; the bytes of `goes_on` belong to the same token as the byte before them. Both NULL:
 * the bytes are ASCII and tell it themselves.
 * `removed` has the bytes that were left out of each 64 of a narrow stream, `from` how many of the text stand before those. */
typedef struct {
    sl_view view;
    uint32_t stream_length;
    uint64_t *starts, *goes_on;
    uint64_t *removed;
    uint32_t *from;
} sl_words_text;

/* The text of a wide stream. */
sl_status sl_words_text_wide(sl_words_text *text, const sl_props *props, const sl_stream *stream, int blanks_matter, sl_arena *arena);

/* The text of a narrow stream, its white space single. */
sl_status sl_words_text_single(sl_words_text *text, const sl_stream *stream, sl_arena *arena);

uint32_t sl_words_text_find(const sl_words_text *text, uint32_t at);

/* The folded character that byte `at` of the text comes from; at its end, the length of the stream. */
static inline uint32_t sl_words_text_char(const sl_words_text *text, uint32_t at) {
    return text->removed ? sl_words_text_find(text, at) : sl_view_char(&text->view, at);
}

#endif

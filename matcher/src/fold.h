/* Folding: a message as Python stores it to a folded stream, by a frozen table. docs/semantics.md says what each level
 * does, tables/unicode.py makes the tables, matcher/folding.py reads the same bytes in Python.
 *
 * A section `fold_cased`, `fold_none` or `fold_basic`, little-endian, at an address that is a multiple of 4:
 *
 *     offset  bytes          field
 *          0      4          format, SL_FOLD_FORMAT
 *          4      4          level: 0 cased, 1 none, 2 basic
 *          8      4          block count B: code points from B * 128 on fold to themselves
 *         12      4          page count P
 *         16      4          pool count N
 *         20      4          longest image, in characters; at most SL_FOLD_LONGEST
 *         24      2 * B      index: the page of each block of 128 code points; zero bytes after it up to a multiple of 4
 *                 256 * P    pages: an entry of 2 bytes for each code point of a block
 *                 4 * N      pool: the images
 *
 *     entry    0  the character folds to itself
 *              1  dropped
 *              2  dropped, and a mark: it belongs to the folded character before it
 *              3  a Hangul syllable, taken apart by arithmetic
 *          4..131  the ASCII character e - 4
 *       132 and on  the image starts at pool[e - 132]: 8 bits length, 24 bits first character, then the others
 *
 *     U+00C9 É ──▶ index[1] ──▶ page, entry 0x49 = 4 + 'e'                                                       (basic)
 *     U+00C6 Æ ──▶ index[1] ──▶ page, entry 0x46 = e ──▶ pool[e - 132] = 2 << 24 | 'a', pool[e - 131] = 'e'
 *
 * ASCII folds as it must: to itself, at none and basic to lower case, control characters but tab, line feed and
 * carriage return dropped. `sl_fold_open` holds the table to it, since the fast path takes it for granted.
 *
 * The section `props` (`sl_props_open`): 4 bytes page count P, 4 zero bytes, 2 * 8704 bytes index, 128 * P bytes pages
 * with a byte of SL_WORD | SL_SPACE | … for each code point.
 */
#ifndef SOLON_FOLD_H
#define SOLON_FOLD_H

#include "solon.h"

enum { SL_FOLD_FORMAT = 1, SL_FOLD_LONGEST = 32 };
enum { SL_FOLD_CASED = 0, SL_FOLD_NONE = 1, SL_FOLD_BASIC = 2 };

/* An opened section; it points into the bytes that it was opened on. */
typedef struct {
    const uint16_t *index;
    const uint16_t *pages;
    const uint32_t *pool;
    uint32_t block_count;
    uint32_t longest;
    int level;
} sl_fold;

/* Verify a section: each index and offset, whatever the bytes. It must outlive `fold`. */
sl_status sl_fold_open(sl_fold *fold, const uint8_t *section, size_t bytes, sl_fault *fault);

/* Fold the first `length_chars` characters of a text. `out` lives in the arena. SL_NO_MEMORY also where the folded text
 * would have more characters than 32 bits count. */
sl_status sl_fold_run(const sl_fold *fold, sl_arena *arena, const sl_text *text, uint32_t length_chars, sl_stream *out);

/* The same stream for level raw: each character stands for itself. */
sl_status sl_raw_stream(sl_arena *arena, const sl_text *text, uint32_t length_chars, sl_stream *out);

/* Length of the longest prefix whose UTF-8 has at most `limit_bytes` bytes; a lone surrogate counts three. */
uint32_t sl_prefix_chars(const sl_text *text, uint64_t limit_bytes);

#endif

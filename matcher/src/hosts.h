/* Hosts as people write them: labels, the many ways to write a dot, top-level domains. docs/entities.md, "Hosts".
 *
 * Links, e-mail addresses and IP addresses are all read with what stands here.
 */
#ifndef SOLON_HOSTS_H
#define SOLON_HOSTS_H

#include "links.h"

/* A folded text being read. Outside the text stands SL_NOTHING, which has no property. */
#define SL_NOTHING 0xFFFFFFFFu
typedef struct {
    const sl_stream *stream;
    const sl_props *props;
    const sl_suffixes *suffixes; /* NULL where no host is read */
} sl_reader;

/* An index below 0 wraps round to one far behind the text: a stream has fewer than 2^32 - 16 characters. */
static inline uint32_t sl_read(const sl_reader *r, uint32_t i) { return i < r->stream->length ? sl_at(r->stream, i) : SL_NOTHING; }
static inline uint8_t sl_read_props(const sl_reader *r, uint32_t i) { return sl_props_of(r->props, sl_read(r, i)); }

static inline int sl_is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
static inline int sl_is_small(uint32_t c) { return c >= 'a' && c <= 'z'; }
static inline int sl_is_stop(uint32_t c) { return c == '.' || c == 0x3002; }
static inline int sl_word_at(const sl_reader *r, uint32_t i) { return sl_read_props(r, i) & SL_WORD; }
static inline int sl_unspaced_at(const sl_reader *r, uint32_t i) { return sl_read_props(r, i) & SL_UNSPACED; }
/* A word character that is not unspaced. */
static inline int sl_glue_at(const sl_reader *r, uint32_t i) { return (sl_read_props(r, i) & (SL_WORD | SL_UNSPACED)) == SL_WORD; }
int sl_blank_at(const sl_reader *r, uint32_t i);

/* Does the ASCII text stand here? */
int sl_text_at(const sl_reader *r, uint32_t i, const char *ascii);
/* The closing bracket for ( [ {, or 0. */
uint32_t sl_closing(uint32_t opening);

/* The dot words; the first alone counts where evasions are not strong. NULL-terminated. */
extern const char *const sl_dot_words[];

/* ── Dots ── */
enum { SL_WAY_OPEN = 0, SL_WAY_BARE, SL_WAY_MAIL, SL_WAY_DIGITS }; /* DIGITS: between the runs of an IPv4 address */
enum { SL_DOT_BRACKETED = 1, SL_DOT_SPELLED = 2, SL_DOT_WORD = 4 };
typedef struct {
    uint32_t end; /* 0: no dot */
    uint8_t how;  /* SL_DOT_* */
} sl_dot;
sl_dot sl_read_dot(const sl_reader *r, uint32_t at, int way, int strong);

/* ── Hosts ── */
enum { SL_LABELS = SL_HOST_CHARS / 2 + 2 }; /* labels of one character with dots between, and the one that is too many */
typedef struct {
    uint32_t starts[SL_LABELS], ends[SL_LABELS];
    sl_dot dots[SL_LABELS];
    uint32_t count, stop; /* labels; where reading stopped */
    int bad;
} sl_reading;

/* Read labels and dots from a place on, at which a character stands that may start a label. */
void sl_read_host(const sl_reader *r, uint32_t at, int way, int strong, sl_reading *reading);
/* May a label start here? */
int sl_starts_label(const sl_reader *r, uint32_t at, int way);
/* How many of the labels are a host; 0 where none are. */
uint32_t sl_choose(const sl_reader *r, const sl_reading *reading, int way);
int sl_host_doubtful(const sl_reader *r, const sl_reading *reading, uint32_t count);
/* Where a port at the place ends, or 0. */
uint32_t sl_port_end(const sl_reader *r, uint32_t at);
/* Does a port, a path, a query or a fragment follow, perhaps after a dot? */
int sl_has_tail(const sl_reader *r, uint32_t at);
/* SL_SUFFIX_* of the characters start..end of the stream as a top-level domain; 0 where they are none. */
int sl_tld_class(const sl_reader *r, uint32_t start, uint32_t end);

/* SL_SUFFIX_* of UTF-8, or 0. */
int sl_suffix_class(const sl_suffixes *suffixes, const uint8_t *bytes, uint32_t length);

#endif

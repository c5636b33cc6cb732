/* Names on an app, given beside the app's name without an at: `skype: jess.smith`, `jess_99 is my telegram`.
 *
 * Each word of the text is held against the apps; around one that fits a bounded number of characters is looked at. */
#include "app_names.h"

enum { NAME_CHARS = 32, WORD_CHARS = 11 };

typedef struct {
    const char *word;
    int chat; /* `jess_99 on telegram` is one; `user_id on slack` is not */
} app;

static const app APPS[] = {
    {"whatsapp", 1}, {"telegram", 1}, {"tg", 1},        {"viber", 1},    {"wechat", 1},  {"weixin", 1},    {"skype", 1},   {"discord", 1},
    {"signal", 0},   {"snapchat", 1}, {"snap", 0},      {"instagram", 1}, {"insta", 1},  {"ig", 1},        {"kik", 1},     {"icq", 1},
    {"qq", 0},       {"kakaotalk", 1}, {"kakao", 1},    {"threema", 1},  {"messenger", 0}, {"twitter", 0}, {"tiktok", 0},  {"facebook", 0},
    {"fb", 0},       {"hangouts", 0}, {"slack", 0},     {"line", 0},     {"imo", 0},     {"zalo", 1},
};

static const char ID_WORDS[] = " id username user handle nick nickname name account ";
static const char BETWEEN[] = " on at via over through ";
static const char NO_IDS[] = " required missing needed not optional the a an my your our invalid wrong here below above available same on in is was "
                             "unknown unique stored used shown displayed field and or for with to of no yes none null string empty web3 html5 css3 "
                             "mp3 mp4 ";
static const char FILES[] = " html htm txt pdf doc docx js ts css php jpg jpeg png gif json xml csv zip exe mp3 mp4 svg psd ";

static int is_name(uint32_t c) { return sl_is_small(c) || sl_is_digit(c) || c == '_' || c == '.' || c == '-'; }
static int is_point(uint32_t c) { return c == '.' || c == '_' || c == '-'; }

/* Do the characters start..end stand in a list of words with blanks around each? */
static int in_list(const sl_reader *r, uint32_t start, uint32_t end, const char *list) {
    char word[WORD_CHARS + 3] = " ";
    if (end - start < 1 || end - start > WORD_CHARS) return 0;
    for (uint32_t i = start; i < end; i++) {
        uint32_t c = sl_read(r, i);
        if (!sl_is_small(c) && !sl_is_digit(c)) return 0;
        word[i - start + 1] = (char)c;
    }
    word[end - start + 1] = ' ';
    return strstr(list, word) != NULL;
}

/* The end of the glue at i; of more than WORD_CHARS characters it is enough to know so. */
static uint32_t word_end(const sl_reader *r, uint32_t i) {
    uint32_t start = i;
    while (i - start <= WORD_CHARS && sl_glue_at(r, i)) i++;
    return i;
}

static int is_word(const sl_reader *r, uint32_t start, uint32_t end, const char *word) {
    return end - start == strlen(word) && sl_text_at(r, start, word);
}

/* Where the name that starts here ends, or 0. */
static uint32_t name_end(const sl_reader *r, uint32_t start) {
    uint32_t end = start, letters = 0, dot = 0;
    while (end - start <= NAME_CHARS && is_name(sl_read(r, end))) end++;
    if (end - start > NAME_CHARS) return 0;
    while (end > start && is_point(sl_read(r, end - 1))) end--;
    for (uint32_t i = start; i < end; i++) {
        letters += sl_is_small(sl_read(r, i)) != 0;
        if (sl_read(r, i) != '.') continue;
        if (sl_read(r, i + 1) == '.') return 0;
        dot = i + 1;
    }
    if (letters < 3 || !sl_is_small(sl_read(r, start))) return 0;
    uint32_t after = sl_read(r, end);
    if ((sl_glue_at(r, end) && after != '_') || after == '@' || after == '/' || (after == ':' && sl_read(r, end + 1) == '/')) return 0;
    return dot && (sl_tld_class(r, dot, end) || in_list(r, dot, end, FILES)) ? 0 : end;
}

/* Has it what words have not: a digit, `_` or `.` inside? */
static int is_marked(const sl_reader *r, uint32_t start, uint32_t end) {
    if (in_list(r, start, end, NO_IDS)) return 0;
    for (uint32_t i = start; i < end; i++) {
        uint32_t c = sl_read(r, i);
        if (sl_is_digit(c) || c == '_' || c == '.') return 1;
    }
    return 0;
}

static sl_status give(const sl_reader *r, uint32_t start, uint32_t end, sl_arena *arena, sl_spans *spans) {
    if (!sl_starts(r->stream, start)) return SL_OK;
    return sl_spans_push(spans, arena, sl_origin(r->stream, start), sl_reach(r->stream, end - 1));
}

/* `skype: jess.s`, `skype id: jess`, `skype (jess.s)`, `skype is jess.s`. */
static sl_status after_app(const sl_reader *r, uint32_t place, sl_arena *arena, sl_spans *spans) {
    uint32_t i = place;
    int told = 0, sign = 1, closing = 0;
    for (int word = 0; word < 2; word++) {
        uint32_t start = i + (sl_blank_at(r, i) ? 1 : 0), end = word_end(r, start);
        if (!in_list(r, start, end, ID_WORDS)) break;
        told = 1;
        i = end;
    }
    if (sl_blank_at(r, i)) i++;
    uint32_t c = sl_read(r, i);
    if (c == ':' || c == '=' || c == '(') {
        closing = c == '(';
        sign = !closing;
        i++;
    } else {
        uint32_t end = word_end(r, i);
        if (!is_word(r, i, end, "is") || !sl_blank_at(r, i - 1)) return SL_OK;
        i = end;
    }
    if (sl_blank_at(r, i)) i++;
    uint32_t stop = name_end(r, i);
    if (!stop || (closing && sl_read(r, stop) != ')')) return SL_OK;
    if (!is_marked(r, i, stop) && !(told && sign && !in_list(r, i, stop, NO_IDS))) return SL_OK;
    return give(r, i, stop, arena, spans);
}

/* `jess_99 is my skype`, `jess_99 on skype`. */
static sl_status before_app(const sl_reader *r, uint32_t place, int chat, sl_arena *arena, sl_spans *spans) {
    uint32_t i = place;
    int fits = 0;
    for (int word = 0; word < 2; word++) {
        if (!sl_blank_at(r, i - 1)) return SL_OK;
        uint32_t end = --i;
        while (end - i <= 8 && sl_glue_at(r, i - 1)) i--;
        if (word == 0 && is_word(r, i, end, "my")) continue;
        fits = word ? is_word(r, i, end, "is") : chat && in_list(r, i, end, BETWEEN);
        break;
    }
    if (!fits || !sl_blank_at(r, i - 1)) return SL_OK;
    uint32_t end = i - 1, start = end;
    while (end - start <= NAME_CHARS && is_name(sl_read(r, start - 1))) start--;
    uint32_t before = sl_read(r, start - 1);
    if (end == start || name_end(r, start) != end || sl_glue_at(r, start - 1)) return SL_OK;
    if (before < 0x80 && before && strchr("@/#\\:=+%&~$", (int)before)) return SL_OK;
    return is_marked(r, start, end) ? give(r, start, end, arena, spans) : SL_OK;
}

sl_status sl_app_names(const sl_reader *r, sl_arena *arena, sl_spans *spans) {
    for (uint32_t end = 0; end < r->stream->length;) {
        uint32_t start = end;
        while (sl_glue_at(r, end)) end++;
        if (start == end) {
            end++;
            continue;
        }
        if (end - start < 2 || end - start > 9) continue;
        for (size_t i = 0; i < sizeof APPS / sizeof *APPS; i++) {
            if (!is_word(r, start, end, APPS[i].word)) continue;
            sl_status status = after_app(r, end, arena, spans);
            if (!status) status = before_app(r, start, APPS[i].chat, arena, spans);
            if (status) return status;
            break;
        }
    }
    return SL_OK;
}

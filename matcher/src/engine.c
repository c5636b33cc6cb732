/* Opens an artifact's sections, each through the part that reads it. */
#include "engine.h"

typedef struct {
    const sl_section *sections;
    uint32_t count;
} directory;

static const sl_section *find(const directory *dir, const char *name) {
    for (uint32_t i = 0; i < dir->count; i++)
        if (!strcmp(dir->sections[i].name, name)) return &dir->sections[i];
    return NULL;
}

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)
#define REFUSE(section, why, where) SL_REFUSE(fault, section, why, where)

static sl_status open_levels(sl_engine *e, const directory *dir, sl_fault *fault) {
    static const char *const folds[] = {NULL, "fold_cased", "fold_none", "fold_basic"};
    static const char *const words[] = {NULL, NULL, "words_none", "words_basic"};
    static const char *const literals[] = {"literals_raw", NULL, "literals_none", "literals_basic"};
    static const char *const links[] = {NULL, NULL, "links_none", "links_basic"};
    const sl_section *s;
    e->has_fold[SL_STREAM_RAW] = 1;
    for (int level = 0; level < SL_STREAMS; level++) {
        if (folds[level] && (s = find(dir, folds[level]))) {
            TRY(sl_fold_open(&e->folds[level], s->data, s->bytes, fault));
            if (e->folds[level].level != level - SL_STREAM_CASED) REFUSE(folds[level], "the table is of another level", 4);
            e->has_fold[level] = 1;
        }
        if (words[level] && (s = find(dir, words[level]))) {
            TRY(sl_words_open(&e->words[level], s->data, s->bytes, fault));
            e->has_words[level] = 1;
        }
        if (literals[level] && (s = find(dir, literals[level]))) {
            TRY(sl_literals_open(&e->literals[level], s->data, s->bytes, fault));
            e->has_literals[level] = 1;
        }
        if (links[level] && (s = find(dir, links[level]))) {
            TRY(sl_links_open(&e->links[level], s->data, s->bytes, fault));
            if (e->has_fold[level]) e->links[level].fold = &e->folds[level];
            e->has_links[level] = 1;
        }
        if ((e->has_words[level] || e->has_literals[level] || e->has_links[level]) && !e->has_fold[level])
            REFUSE("section table", "a table has no fold table of its level", level);
    }
    return SL_OK;
}

/* What a leaf is found with must be there. */
static sl_status verify_leaves(const sl_engine *e, sl_fault *fault) {
    for (uint32_t i = 0; i < e->patterns.leaf_count; i++) {
        const sl_leaf *leaf = &e->patterns.leaves[i];
        int needs_suffixes = leaf->kind == SL_LEAF_LINKS || (leaf->kind == SL_LEAF_ZONE && leaf->what == SL_ZONE_URL) ||
                             (leaf->kind == SL_LEAF_ENTITY && (leaf->what == SL_ENTITY_URL || leaf->what == SL_ENTITY_EMAIL || leaf->what == SL_ENTITY_HANDLE));
        int needs_phones = leaf->kind == SL_LEAF_ENTITY && leaf->what == SL_ENTITY_PHONE;
        if (!e->has_fold[leaf->stream]) REFUSE("patterns", "a leaf has no fold table of its level", i);
        int needs_case = leaf->kind == SL_LEAF_ENTITY && leaf->what == SL_ENTITY_CRYPTO_WALLET;
        if (needs_case && !e->has_fold[SL_STREAM_CASED]) REFUSE("patterns", "a leaf has no fold table of its level", i);
        if (needs_suffixes && !e->has_suffixes) REFUSE("patterns", "a leaf needs the public suffixes, which are not there", i);
        if (needs_phones && !e->has_phones) REFUSE("patterns", "a leaf needs the numbering plans, which are not there", i);
    }
    return SL_OK;
}

sl_status sl_engine_open(sl_engine *e, const sl_section *sections, uint32_t count, uint64_t secret, sl_fault *fault) {
    memset(e, 0, sizeof *e);
    e->secret = secret;
    directory dir = {sections, count};
    const sl_section *s = find(&dir, "props");
    if (!s) REFUSE("section table", "there is no section props", 0);
    TRY(sl_props_open(&e->props, s->data, s->bytes, fault));
    TRY(open_levels(e, &dir, fault));
    if (!e->has_fold[SL_STREAM_BASIC]) REFUSE("section table", "there is no section fold_basic", 0);
    if ((s = find(&dir, "dfas"))) {
        TRY(sl_dfas_open(&e->dfas, s->data, s->bytes, fault));
        e->has_dfas = 1;
    }
    if ((s = find(&dir, "suffixes"))) {
        TRY(sl_suffixes_open(&e->suffixes, s->data, s->bytes, fault));
        e->has_suffixes = 1;
    }
    if ((s = find(&dir, "phones"))) {
        TRY(sl_phones_open(&e->phones, s->data, s->bytes, fault));
        e->has_phones = 1;
    }
    sl_pattern_limits limits = {.dfa_count = e->has_dfas ? e->dfas.count : 0, .region_ids = UINT16_MAX};
    if (!(s = find(&dir, "patterns"))) REFUSE("section table", "there is no section patterns", 0);
    TRY(sl_patterns_open(&e->patterns, s->data, s->bytes, &limits, fault));
    TRY(verify_leaves(e, fault));
    if (!(s = find(&dir, "decision"))) REFUSE("section table", "there is no section decision", 0);
    TRY(sl_decision_open(&e->decision, s->data, s->bytes, e->patterns.pattern_count, fault));
    return sl_foresight_open(&e->foresight, &e->patterns, &e->dfas, &e->decision);
}

void sl_engine_close(sl_engine *e) { sl_foresight_close(&e->foresight); }

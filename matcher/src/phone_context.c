/* The words around a candidate: do they speak of calling, or of orders and invoices?
 *
 * The stream is cut into words once, when the first candidate asks; then each question looks at nine words at most. */
#include "phone_parts.h"

#include <stdlib.h>

enum { WORDS_BEFORE = 6, NEGATIVE_BEFORE = 4, BEFORE_CHARS = 64, WORDS_AFTER = 3, AFTER_CHARS = 32, LONGEST_WORD = 16 };

typedef struct {
    const char *word;
    uint8_t says;
} entry;
#define P(word) {word, CONTEXT_POSITIVE}
#define W(word) {word, CONTEXT_WEAK}
#define N(word) {word, CONTEXT_NEGATIVE}

/* INVARIANT: in order of strcmp. */
static const entry LEXICON[] = {
    N("account"), N("accounts"), N("acct"), P("anrufen"), P("appeler"), P("appelez"), P("appelle"), N("booking"), N("build"), P("call"),
    P("callback"), P("calling"), P("calls"), N("card"), N("cards"), N("case"), P("cell"), P("cellphone"), P("cellulare"), P("celular"),
    P("chiamare"), P("chiamami"), N("code"), N("codes"), N("confirmation"), W("contact"), W("contacts"), W("desk"), P("dial"), P("dials"),
    W("direct"), N("ean"), P("fax"), P("fono"), P("handynummer"), P("hotline"), N("iban"), N("id"), N("ids"), N("imei"),
    P("imo"), N("invoice"), N("invoices"), N("isbn"), N("issn"), N("item"), N("items"), P("landline"), N("licence"), N("license"),
    P("ligar"), P("ligue"), W("line"), P("llama"), P("llamame"), P("llamar"), P("llame"), P("mob"), P("mobile"), N("model"),
    P("movil"), W("nr"), W("num"), W("number"), W("numbers"), W("numero"), W("numeros"), W("nummer"), W("office"), N("order"),
    N("orders"), N("package"), N("parcel"), N("part"), N("passport"), N("patient"), P("phone"), P("phoned"), P("phonenumber"), P("phones"),
    N("pin"), N("policy"), N("postcode"), W("reach"), W("reached"), N("receipt"), N("ref"), N("reference"), N("reservation"), P("ring"),
    P("ruf"), P("rufnummer"), N("serial"), N("shipment"), N("sku"), P("sms"), N("ssn"), N("tax"), P("tel"), P("tele"),
    P("telefon"), P("telefone"), P("telefones"), P("telefonnummer"), P("telefono"), P("telefonos"), P("telegram"), P("telephone"), P("text"),
    P("texting"), N("ticket"), N("tickets"), N("track"), N("tracked"), N("tracking"), N("transaction"), P("txt"), N("upc"), N("vat"),
    N("version"), P("viber"), P("voicemail"), P("wasap"), P("watsapp"), P("whatsap"), P("whatsapp"), N("zip"),
};

/* The Russian word for telephone, as the basic stream has it (look-alikes become ASCII) and as the stream none has it. */
static const uint16_t TELEFON[2][7] = {{'t', 'e', 0x43B, 'e', 0x444, 'o', 'h'}, {0x442, 0x435, 0x43B, 0x435, 0x444, 0x43E, 0x43D}};

/* Words of texts that are written without spaces (and one of Hindi), found anywhere near. */
static const uint16_t NEAR[][4] = {
    {0x7535, 0x8BDD}, {0x96FB, 0x8A71}, {0x624B, 0x673A}, {0x624B, 0x6A5F}, {0x8054, 0x7CFB}, {0x806F, 0x7E6B}, {0x81F4, 0x7535},
    {0x62E8, 0x6253}, {0x5FAE, 0x4FE1}, {0x70ED, 0x7EBF}, {0x53F7, 0x7801}, {0x643A, 0x5E2F}, {0x92B, 0x94B, 0x928},
};

static int by_word(const void *key, const void *item) { return strcmp(key, ((const entry *)item)->word); }

static uint8_t says(const sl_glyphs *g, uint32_t start, uint32_t end) {
    char word[LONGEST_WORD];
    if (end - start == 7 && !g->stream->narrow)
        for (int spelling = 0; spelling < 2; spelling++) {
            int same = 1;
            for (uint32_t i = 0; i < 7 && same; i++) same = glyph(g, start + i) == TELEFON[spelling][i];
            if (same) return CONTEXT_POSITIVE;
        }
    if (!glyph_copy(g, start, end, word, sizeof word)) return CONTEXT_NONE;
    const entry *found = bsearch(word, LEXICON, sizeof LEXICON / sizeof *LEXICON, sizeof *LEXICON, by_word);
    return found ? found->says : CONTEXT_NONE;
}

static sl_status cut_words(sl_phone_context *context) {
    const sl_glyphs *g = context->glyphs;
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->n; i++) count += glyph_glue(g, i) && !glyph_glue(g, i - 1);
    context->words = sl_arena_take(context->arena, (count + 1) * sizeof *context->words);
    if (!context->words) return SL_NO_MEMORY;
    for (uint32_t i = 0; i < g->n; i++) {
        uint32_t end = glyph_glue_end(g, i);
        if (end == i) continue;
        context->words[context->count++] = (sl_phone_word){i, end, says(g, i, end)};
        i = end;
    }
    return SL_OK;
}

static int near_words(const sl_glyphs *g, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (glyph(g, i) < 0x900) continue;
        for (size_t w = 0; w < sizeof NEAR / sizeof *NEAR; w++) {
            uint32_t k = 0;
            while (k < 4 && NEAR[w][k] && i + k < to && glyph(g, i + k) == NEAR[w][k]) k++;
            if (!NEAR[w][k]) return 1;
        }
    }
    return 0;
}

sl_status phone_context(sl_phone_context *context, uint32_t start, uint32_t end, int *answer) {
    const sl_glyphs *g = context->glyphs;
    if (!context->words) {
        sl_status status = cut_words(context);
        if (status) return status;
    }
    *answer = CONTEXT_POSITIVE;
    if (!g->stream->narrow) {
        if (near_words(g, start > 16 ? start - 16 : 0, start)) return SL_OK;
        if (near_words(g, end, g->n - end > 12 ? end + 12 : g->n)) return SL_OK;
    }
    const sl_phone_word *words = context->words;
    while (context->at && words[context->at - 1].end > start) context->at--;
    while (context->at < context->count && words[context->at].end <= start) context->at++;
    int weak = 0;
    for (uint32_t nth = 0; nth < WORDS_BEFORE && nth < context->at; nth++) {
        const sl_phone_word *word = &words[context->at - 1 - nth];
        if (start - word->start > BEFORE_CHARS) break;
        if (word->says == CONTEXT_POSITIVE) return SL_OK;
        if (word->says == CONTEXT_NEGATIVE && nth < NEGATIVE_BEFORE) {
            *answer = CONTEXT_NEGATIVE;
            return SL_OK;
        }
        weak |= word->says == CONTEXT_WEAK;
    }
    uint32_t next = context->at;
    while (next < context->count && words[next].start < end) next++;
    for (uint32_t nth = 0; nth < WORDS_AFTER && next < context->count; nth++, next++) {
        if (words[next].end - end > AFTER_CHARS) break;
        if (words[next].says == CONTEXT_POSITIVE) return SL_OK;
    }
    *answer = weak ? CONTEXT_WEAK : CONTEXT_NONE;
    return SL_OK;
}

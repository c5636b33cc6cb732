/* Runs the number-like recognisers on requests from standard input, for the tests: built with sanitizers, and kept running.
 *
 * Arguments: files with the sections props, fold_cased, fold_none, fold_basic, phones.
 * Request:  u8 what, u8 level (0 none, 1 basic, 2 strong), u16 regions, u16 region…, u32 length, u32 character…
 * Response: u32 status, u32 count, (u32 start, u32 end)… */
#include <stdio.h>
#include <stdlib.h>

#include "fold.h"
#include "payment.h"
#include "phone.h"
#include "postal.h"
#include "sha256.h"

static uint8_t *read_file(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*bytes ? *bytes : 1); /* of the exact size, so that a read past the end is seen */
    if (!data || fread(data, 1, *bytes, file) != *bytes) exit(2);
    fclose(file);
    return data;
}

static void get(void *to, size_t bytes) {
    if (bytes && fread(to, 1, bytes, stdin) != bytes) exit(0);
}

static sl_props props;
static sl_fold folds[3];
static sl_phones phones;

static sl_status find(uint8_t what, int strong, const sl_stream *s, const sl_stream *cased, uint16_t *regions, uint16_t count,
                      sl_arena *arena, sl_spans *spans) {
    switch (what) {
    case 0: return sl_find_phone(&phones, &props, s, regions, count, strong, arena, spans);
    case 1: return sl_find_iban(&props, s, strong, arena, spans);
    case 2: return sl_find_credit_card(&props, s, strong, arena, spans);
    case 3: return sl_find_crypto_wallet(&props, cased, strong, arena, spans);
    case 4: return sl_find_postal_address(&props, s, regions, count, strong, arena, spans);
    case 5: return sl_find_money(&props, s, strong, arena, spans);
    default: exit(2);
    }
}

static void serve(void) {
    sl_arena arena;
    sl_arena_init(&arena);
    for (;;) {
        uint8_t what, level;
        uint16_t count;
        uint32_t length;
        get(&what, 1), get(&level, 1), get(&count, 2);
        uint16_t *regions = malloc(count * sizeof *regions + 1);
        get(regions, count * sizeof *regions);
        get(&length, 4);
        uint32_t *text = malloc(length * sizeof *text + 1);
        get(text, length * sizeof *text);
        sl_text message = {text, 4, length};
        sl_stream stream, cased;
        sl_spans spans = {0};
        sl_status status = sl_fold_run(&folds[level == 0 ? 1 : 2], &arena, &message, length, &stream);
        if (!status) status = sl_fold_run(&folds[0], &arena, &message, length, &cased);
        if (!status) status = find(what, level == 2, &stream, &cased, regions, count, &arena, &spans);
        uint32_t head[2] = {(uint32_t)status, spans.count};
        fwrite(head, 4, 2, stdout);
        if (spans.count) fwrite(spans.items, sizeof *spans.items, spans.count, stdout);
        fflush(stdout);
        sl_arena_reset(&arena);
        free(regions);
        free(text);
    }
}

/* Each byte of the numbering plans changed, and each length cut: opened, and searched where it opens. */
static int damage(const uint8_t *section, size_t bytes) {
    static const char text[] = "call +44 20 7946 0958 or 415-555-0132, (0)30 123456";
    uint8_t ascii[sizeof text + 16] = {0};
    memcpy(ascii, text, sizeof text - 1);
    sl_stream s = {.narrow = ascii, .length = sizeof text - 1};
    sl_arena arena;
    sl_arena_init(&arena);
    unsigned opened = 0, refused = 0;
    for (size_t i = 0; i < bytes; i += i < 8000 ? 1 : 97) {
        uint8_t *copy = malloc(bytes);
        memcpy(copy, section, bytes);
        copy[i] ^= (uint8_t)(1 + i % 255);
        sl_fault fault;
        sl_spans spans = {0};
        sl_phones open;
        if (sl_phones_open(&open, copy, bytes, &fault) == SL_OK) {
            opened++;
            sl_find_phone(&open, &props, &s, NULL, 0, 1, &arena, &spans);
        } else {
            refused++;
        }
        sl_arena_reset(&arena);
        free(copy);
    }
    for (size_t i = 0; i < bytes; i += i < 200 ? 1 : 997) {
        uint8_t *copy = malloc(i ? i : 1);
        memcpy(copy, section, i);
        sl_fault fault;
        sl_phones open;
        if (sl_phones_open(&open, copy, i, &fault) == SL_OK) exit(3);
        free(copy);
    }
    sl_arena_free(&arena);
    printf("%u %u\n", opened, refused);
    return 0;
}

int main(int count, char **files) {
    uint8_t *data[5];
    size_t bytes[5];
    sl_fault fault;
    if (count < 6) return 2;
    for (int i = 0; i < 5; i++) data[i] = read_file(files[i + 1], &bytes[i]);
    if (sl_props_open(&props, data[0], bytes[0], &fault)) return 2;
    for (int i = 0; i < 3; i++)
        if (sl_fold_open(&folds[i], data[1 + i], bytes[1 + i], &fault)) return 2;
    if (sl_phones_open(&phones, data[4], bytes[4], &fault)) return 2;
    if (count > 6 && !strcmp(files[6], "damage")) return damage(data[4], bytes[4]);
    if (count > 6 && !strcmp(files[6], "sha256")) {
        uint8_t digest[32], input[300];
        for (int i = 0; i < 300; i++) input[i] = (uint8_t)(i * 7);
        for (size_t length = 0; length <= 300; length++) {
            sl_sha256(input, length, digest);
            for (int i = 0; i < 32; i++) printf("%02x", digest[i]);
            putchar('\n');
        }
        return 0;
    }
    serve();
    return 0;
}

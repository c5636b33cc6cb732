/* Bytes in vectors, for simd.c: wants VERSION, TARGET, VECTOR, WIDTH and the steps of a vector; undefines all but the first two. */

/* PERF: the last vector overlaps the one before it, so that no tail is done byte by byte: 31 ns for a message of 65 characters where a loop
 * of bytes takes 50. */
TARGET ALWAYS_INLINE VECTOR VERSION(lower)(VECTOR c, VECTOR down, VECTOR *fine) {
    VECTOR kept = OR(SAME(c, ALL('\t')), OR(SAME(c, ALL('\n')), SAME(c, ALL('\r'))));
    VECTOR from_blank = SUB(c, ALL(0x20)), from_a = SUB(c, ALL('A'));
    *fine = AND(*fine, OR(SAME(LEAST(from_blank, ALL(0x5E)), from_blank), kept));
    return ADD(c, AND(SAME(LEAST(from_a, ALL(25)), from_a), down));
}

TARGET static int VERSION(lower_ascii)(uint8_t *restrict to, const uint8_t *restrict from, size_t n, uint8_t upper) {
    VECTOR fine = ALL(-1), down = ALL(upper ? 32 : 0);
    if (n < WIDTH) {
        uint8_t few[WIDTH];
        STORE(few, ALL(' '));
        memcpy(few, from, n);
        STORE(to, VERSION(lower)(LOAD(few), down, &fine));
        return (BITS(fine) + 1) << (64 - WIDTH) == 0;
    }
    for (size_t i = 0; i + WIDTH <= n; i += WIDTH) STORE(to + i, VERSION(lower)(LOAD(from + i), down, &fine));
    if (n % WIDTH) STORE(to + n - WIDTH, VERSION(lower)(LOAD(from + n - WIDTH), down, &fine));
    return (BITS(fine) + 1) << (64 - WIDTH) == 0;
}

TARGET ALWAYS_INLINE VECTOR VERSION(within)(VECTOR c, char low, char more) {
    VECTOR from_low = SUB(c, ALL(low));
    return SAME(LEAST(from_low, ALL(more)), from_low);
}

TARGET static inline sl_kinds VERSION(kinds_of_64)(const uint8_t *p) {
    sl_kinds k = {0, 0, 0};
    for (int at = 0; at < 64; at += WIDTH) {
        VECTOR c = LOAD(p + at), letter = VERSION(within)(OR(c, ALL(0x20)), 'a', 25);
        VECTOR word = OR(OR(letter, VERSION(within)(c, '0', 9)), SAME(c, ALL('_')));
        k.word |= BITS(word) << at;
        k.blank |= BITS(SAME(c, ALL(' '))) << at;
        k.other_space |= BITS(VERSION(within)(c, 9, 4)) << at;
    }
    return k;
}

#undef VECTOR
#undef WIDTH
#undef LOAD
#undef STORE
#undef ALL
#undef ADD
#undef SUB
#undef AND
#undef OR
#undef LEAST
#undef SAME
#undef BITS

# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
"""From Python to the engine and back: take the buffers, call one C function, turn its result into objects, let go."""

include "_facts.pxi"

from libc.stdlib cimport free, malloc

from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND

from types import MappingProxyType

from solon.matcher.errors import Damaged
from solon.matcher.verdict import Verdict

cdef extern from *:
    object PyType_GenericNew(object type, void *args, void *kwargs)
    int PyObject_GenericSetAttr(object thing, object name, object value) except -1

cdef extern from "<time.h>" nogil:
    """
    static long long sl_now_micros(void) {
        struct timespec now;
        return timespec_get(&now, TIME_UTC) == TIME_UTC ? (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000 : -1;
    }
    """
    long long sl_now_micros()

cdef extern from "engine.h" nogil:
    ctypedef enum sl_status:
        SL_OK, SL_NO_MEMORY, SL_DAMAGED
    ctypedef struct sl_fault:
        const char *section
        const char *what
        uint64_t at
    ctypedef struct sl_arena:
        pass
    void sl_arena_init(sl_arena *arena)
    void sl_arena_reset(sl_arena *arena)
    void sl_arena_free(sl_arena *arena)
    void *sl_arena_take(sl_arena *arena, size_t bytes)
    ctypedef struct sl_text:
        const void *data
        int kind
        uint32_t length_chars
    ctypedef struct sl_span:
        uint32_t start, end
    ctypedef struct sl_spans:
        const sl_span *items
        uint32_t count
    ctypedef struct sl_section:
        const char *name
        const uint8_t *data
        size_t bytes
    ctypedef struct sl_patterns:
        uint32_t pattern_count
    ctypedef struct sl_engine:
        sl_patterns patterns
        sl_decision decision
    sl_status sl_engine_open(sl_engine *engine, const sl_section *sections, uint32_t count, uint64_t secret, sl_fault *fault)
    void sl_engine_close(sl_engine *engine)
    ctypedef struct sl_scan:
        pass
    sl_status sl_scan_start(sl_scan *scan, const sl_engine *engine, sl_arena *arena, const sl_text *text)
    sl_status sl_scan_pattern(sl_scan *scan, uint32_t pattern, const sl_spans **spans)
    ctypedef struct sl_question:
        pass
    ctypedef struct sl_exempted:
        uint32_t what, exemption
    ctypedef struct sl_sum:
        int64_t least, greatest
    ctypedef struct sl_outcome:
        uint32_t action
        uint32_t fired_count, undecided_count, shadow_count
        uint32_t exempted_rule_count, exempted_pattern_count, notice_count
        uint32_t *fired
        uint32_t *undecided
        uint32_t *shadow
        sl_exempted *exempted_rules
        sl_exempted *exempted_patterns
        uint32_t *notices
        const sl_sum *sums
        const uint8_t *summed
    sl_status sl_engine_decide(const sl_engine *engine, const sl_text *texts, uint32_t field_count, const sl_facts *facts,
                               int64_t at, sl_arena *arena, sl_question *question, sl_outcome *outcome, uint8_t *cut)
    sl_status sl_question_scan(sl_question *question, uint32_t field, sl_scan **scan)

# From this length on, in characters, other threads may run meanwhile; below it, letting them costs more than the decision.
cdef Py_ssize_t LONG_MESSAGE = 2048


cdef struct Scratch:
    sl_arena arena
    Scratch *next


cdef inline int text_of(str value, sl_text *text) except -1:
    """The characters of a str as Python stores them; the str must outlive their use."""
    if len(value) >= <Py_ssize_t>0x7FFFFFFF:
        raise OverflowError("a text of 2 GiB characters or more cannot be decided")
    text.data = PyUnicode_DATA(value)
    text.kind = PyUnicode_KIND(value)
    text.length_chars = <uint32_t>len(value)
    return 0


cdef object _NO_SPANS = MappingProxyType({})
cdef str _STATE = "_state"


# PERF: most lists of an outcome are empty, and there is one empty tuple.
cdef tuple numbers(const uint32_t *items, uint32_t count):
    cdef tuple made
    cdef uint32_t i
    if count == 0:
        return ()
    made = PyTuple_New(count)
    for i in range(count):
        number = <object>items[i]
        Py_INCREF(number)  # the tuple keeps it
        PyTuple_SET_ITEM(made, i, number)
    return made


cdef tuple pairs(const sl_exempted *items, uint32_t count):
    return tuple([(items[i].what, items[i].exemption) for i in range(count)]) if count else ()


cdef tuple spans_as_tuple(const sl_spans *spans):
    return tuple([(spans.items[i].start, spans.items[i].end) for i in range(spans.count)])


@cython.final
@cython.freelist(64)
cdef class Outcome:
    """What was decided, in the numbers of the schema; `solon.matcher.verdict.Outcome` says what each part is."""
    cdef readonly uint32_t action
    cdef readonly tuple fired, undecided, shadow, exempted_rules, exempted_patterns, notices, sums, cut
    cdef readonly object spans


cdef class Engine:
    """The tables of one artifact, verified. Any number of threads may ask it at once."""
    cdef sl_engine engine
    cdef bytes data
    cdef object schema
    cdef FactSchema facts
    cdef Scratch *idle
    cdef uint32_t field_count

    def __cinit__(self):
        self.idle = NULL

    def __dealloc__(self):
        cdef Scratch *next
        while self.idle != NULL:
            next = self.idle.next
            sl_arena_free(&self.idle.arena)
            free(self.idle)
            self.idle = next
        sl_engine_close(&self.engine)  # zeros, where nothing was opened

    def __init__(self, bytes data not None, dict sections not None, schema, bytes secret not None):
        """`sections` are those of the verified container; `secret` 8 random bytes. Raises Damaged or ValueError."""
        cdef sl_section *table
        cdef sl_fault fault
        cdef sl_status status
        cdef uint64_t seed = 0
        cdef uint32_t count = 0
        cdef const uint8_t *start
        if self.data is not None:
            raise TypeError("an engine is opened once")
        if len(secret) != 8:
            raise ValueError("the secret has 8 bytes")
        # Tables are read in place as words of 8 bytes: a copy whose content starts where such words may.
        self.data = data
        start = <const uint8_t *><const char *>self.data
        names = [name.encode("ascii") for name in sections]
        table = <sl_section *>malloc((len(names) + 1) * sizeof(sl_section))
        if table == NULL:
            raise MemoryError()
        try:
            for name, section in zip(names, sections.values()):
                if section.offset + section.length > len(data):
                    raise ValueError("a section that lies outside the file")
                table[count].name = name
                table[count].data = start + <size_t>section.offset
                table[count].bytes = section.length
                count += 1
            memcpy(&seed, <const char *>secret, 8)
            status = sl_engine_open(&self.engine, table, count, seed, &fault)
        finally:
            free(table)
        if status == SL_NO_MEMORY:
            raise MemoryError()
        if status != SL_OK:
            raise Damaged(f"section {fault.section.decode()}: {fault.what.decode()} (at {fault.at})")
        self.schema = schema
        self.facts = FactSchema(schema)
        self.facts.attach(&self.engine.decision, schema)
        self.field_count = 1 + <uint32_t>self.facts.field_count

    cdef Scratch *borrow(self) except NULL:
        """Memory for one decision; the GIL, or the engine's lock where there is none, keeps the list whole."""
        cdef Scratch *scratch
        with cython.critical_section(self):
            scratch = self.idle
            if scratch != NULL:
                self.idle = scratch.next
        if scratch == NULL:
            scratch = <Scratch *>malloc(sizeof(Scratch))
            if scratch == NULL:
                raise MemoryError()
            sl_arena_init(&scratch.arena)
        return scratch

    cdef int give_back(self, Scratch *scratch) except -1:
        sl_arena_reset(&scratch.arena)
        with cython.critical_section(self):
            scratch.next = self.idle
            self.idle = scratch
        return 0

    def floors(self):
        """The numbers of the default, the undecided and the incomplete action, -1 where the policy says none."""
        cdef const sl_decision *d = &self.engine.decision
        cdef uint32_t none = <uint32_t>SL_NONE
        return (
            d.default_action,
            -1 if d.undecided_action == none else <int64_t>d.undecided_action,
            -1 if d.incomplete_action == none else <int64_t>d.incomplete_action,
        )

    def bind(self, facts):
        """Facts for many messages: what depends on them alone is worked out once. Raises FactError."""
        cdef Facts filled = self.facts.fill(facts)
        filled.prepare()
        return filled

    def decide(self, policy, str message not None, facts, at):
        """The verdict of a policy, whose engine this is, from a mapping of facts. Raises FactError."""
        return self.verdict(policy, message, self.facts.fill(facts), at)

    def decide_bound(self, policy, str message not None, Facts facts not None, at):
        """The verdict with facts that `bind` gave."""
        return self.verdict(policy, message, facts, at)

    cdef object verdict(self, policy, str message, Facts facts, at):
        """PERF: made as `object.__new__` and `object.__setattr__` do, without a Python frame."""
        cdef int64_t moment = sl_now_micros() if at is None else at
        verdict = PyType_GenericNew(Verdict, NULL, NULL)
        PyObject_GenericSetAttr(verdict, _STATE, (policy, message, facts, self.outcome_at(message, facts, moment), moment))
        return verdict

    cdef Outcome outcome_at(self, str message, Facts facts, int64_t moment):
        cdef Scratch *scratch
        if facts.schema is not self.facts:
            raise ValueError("these facts were read for another policy")
        scratch = self.borrow()
        try:
            return self.decide_in(&scratch.arena, message, facts, moment)
        finally:
            self.give_back(scratch)

    cdef Outcome decide_in(self, sl_arena *arena, str message, Facts facts, int64_t at):
        cdef sl_text *texts = <sl_text *>sl_arena_take(arena, self.field_count * sizeof(sl_text))
        cdef uint8_t *cut = <uint8_t *>sl_arena_take(arena, self.field_count)
        cdef sl_question question
        cdef sl_outcome outcome
        cdef sl_status status
        cdef list scanned
        cdef Py_ssize_t longest = len(message)
        if texts == NULL or cut == NULL:
            raise MemoryError()
        memset(texts, 0, self.field_count * sizeof(sl_text))
        text_of(message, &texts[0])
        if self.field_count > 1:
            scanned = facts.scanned()  # keeps the texts alive
            for field, text in scanned:
                text_of(text, &texts[<uint32_t>field])
                longest = max(longest, len(<str>text))
        if longest < LONG_MESSAGE:
            status = sl_engine_decide(&self.engine, texts, self.field_count, &facts.c, at, arena, &question, &outcome, cut)
        else:
            with nogil:
                status = sl_engine_decide(&self.engine, texts, self.field_count, &facts.c, at, arena, &question, &outcome, cut)
        if status != SL_OK:
            raise MemoryError("the decision ran out of memory")
        return self.outcome_of(&question, &outcome, cut, facts)

    cdef Outcome outcome_of(self, sl_question *question, const sl_outcome *outcome, const uint8_t *cut, Facts facts):
        cdef Outcome result = Outcome.__new__(Outcome)
        cdef uint32_t i
        result.action = outcome.action
        result.fired = numbers(outcome.fired, outcome.fired_count)
        result.undecided = numbers(outcome.undecided, outcome.undecided_count)
        result.shadow = numbers(outcome.shadow, outcome.shadow_count)
        result.exempted_rules = pairs(outcome.exempted_rules, outcome.exempted_rule_count)
        result.exempted_patterns = pairs(outcome.exempted_patterns, outcome.exempted_pattern_count)
        result.notices = numbers(outcome.notices, outcome.notice_count)
        result.cut = ()
        for i in range(self.field_count):
            if cut[i]:
                result.cut += (i,)
        result.sums = ()
        result.spans = _NO_SPANS
        if outcome.fired_count:
            result.spans = {}
            rules = [self.schema.rule(number) for number in result.fired]
            named = {score for rule in rules for score in rule.scores}
            result.sums = tuple([outcome.sums[i].least if i in named and outcome.summed[i] else None
                                 for i in range(self.engine.decision.score_count)])
            taken = {pattern for pattern, _ in result.exempted_patterns}
            wanted = {key for rule in rules for key in rule.spans if key[0] not in taken}
            self.collect_spans(question, wanted, facts, result.spans)
        return result

    cdef int collect_spans(self, sl_question *question, set wanted, Facts facts, dict found) except -1:
        """The spans of each (pattern, field) wanted; a field whose fact is absent has none."""
        cdef sl_scan *scan
        cdef const sl_spans *spans
        for key in sorted(wanted):
            pattern, field = key
            if field and not facts._known[<Py_ssize_t>self.facts.fields[field - 1]]:
                continue
            if sl_question_scan(question, field, &scan) != SL_OK or sl_scan_pattern(scan, pattern, &spans) != SL_OK:
                raise MemoryError("the decision ran out of memory")
            if spans.count:
                found[key] = spans_as_tuple(spans)
        return 0

    def find(self, str message not None):
        """The spans of every pattern that has one: pattern number to its spans in characters."""
        cdef Scratch *scratch = self.borrow()
        try:
            return self.find_in(&scratch.arena, message)
        finally:
            self.give_back(scratch)

    cdef dict find_in(self, sl_arena *arena, str message):
        cdef sl_text text
        cdef sl_scan scan
        cdef const sl_spans *spans
        cdef uint32_t pattern
        cdef dict found = {}
        text_of(message, &text)
        if sl_scan_start(&scan, &self.engine, arena, &text) != SL_OK:
            raise MemoryError()
        for pattern in range(self.engine.patterns.pattern_count):
            if sl_scan_pattern(&scan, pattern, &spans) != SL_OK:
                raise MemoryError()
            if spans.count:
                found[pattern] = spans_as_tuple(spans)
        return found

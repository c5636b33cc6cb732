# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
"""From Python to the engine and back: take the buffers, call one C function, turn its result into objects, let go."""

include "_facts.pxi"

from libc.stdlib cimport calloc, free, malloc

from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_KIND

from types import MappingProxyType

from solon.matcher.errors import Damaged
from solon.matcher.verdict import Verdict

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
        bint incomplete
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


include "_verdict.pxi"


cdef class Engine:
    """The tables of one artifact, verified. Any number of threads may ask it at once."""
    cdef sl_engine engine
    cdef bytes data
    cdef object schema
    cdef FactSchema facts
    cdef Scratch *idle
    cdef uint32_t field_count
    cdef uint8_t *plain  # by rule: 1 where its verdicts show neither spans nor scores, 2 where they may, 0 where nobody asked
    cdef dict shown      # of rules whose `plain` is 2: number -> (spans, scores)

    def __cinit__(self):
        self.idle = NULL

    def __dealloc__(self):
        cdef Scratch *next
        while self.idle != NULL:
            next = self.idle.next
            sl_arena_free(&self.idle.arena)
            free(self.idle)
            self.idle = next
        PyMem_Free(self.plain)
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
        self.shown = {}
        self.facts = FactSchema(schema)
        self.facts.attach(&self.engine.decision, schema)
        self.field_count = 1 + <uint32_t>self.facts.field_count
        self.plain = <uint8_t *>PyMem_Calloc(self.engine.decision.rule_count + 1, 1)
        if self.plain == NULL:
            raise MemoryError()

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

    cdef Decided decide(self, policy, str message, Facts facts, int64_t moment):
        cdef Decided verdict
        cdef Scratch *scratch
        if facts.schema is not self.facts:
            raise ValueError("these facts were read for another policy")
        verdict = Decided.__new__(Decided)
        verdict.policy, verdict.message, verdict.facts, verdict.moment = policy, message, facts, moment
        scratch = self.borrow()
        try:
            self.decide_in(&scratch.arena, verdict)
        finally:
            self.give_back(scratch)
        return verdict

    cdef int decide_in(self, sl_arena *arena, Decided verdict) except -1:
        cdef sl_text message
        cdef sl_text *texts = &message
        cdef uint8_t *cut = <uint8_t *>sl_arena_take(arena, self.field_count)
        cdef sl_question question
        cdef sl_outcome outcome
        cdef sl_status status
        cdef Facts facts = verdict.facts
        cdef int64_t at = verdict.moment
        cdef Py_ssize_t longest = len(verdict.message)
        cdef uint32_t field
        cdef PyObject *text
        if self.field_count > 1:
            texts = <sl_text *>sl_arena_take(arena, self.field_count * sizeof(sl_text))
        if texts == NULL or cut == NULL:
            raise MemoryError()
        text_of(verdict.message, &texts[0])
        for field in range(1, self.field_count):
            memset(&texts[field], 0, sizeof(sl_text))
            text = facts.text_of_field(field)  # the facts keep it alive
            if text != NULL:
                text_of(<str>text, &texts[field])
                longest = max(longest, len(<str>text))
        if longest < LONG_MESSAGE:
            status = sl_engine_decide(&self.engine, texts, self.field_count, &facts.c, at, arena, &question, &outcome, cut)
        else:
            with nogil:
                status = sl_engine_decide(&self.engine, texts, self.field_count, &facts.c, at, arena, &question, &outcome, cut)
        if status != SL_OK:
            raise MemoryError("the decision ran out of memory")
        return self.keep(verdict, &question, &outcome, cut)

    cdef int keep(self, Decided verdict, sl_question *question, const sl_outcome *outcome, const uint8_t *cut) except -1:
        """What was decided, for good. PERF: numbers of rules as they are; the rest only where there is any."""
        cdef uint32_t i
        cdef bint rest = outcome.incomplete or outcome.notice_count
        rest = rest or outcome.exempted_rule_count or outcome.exempted_pattern_count
        verdict.number = outcome.action
        verdict.take(outcome)
        for i in range(outcome.fired_count):
            rest |= self.plain[outcome.fired[i]] != 1
        if rest:
            verdict.rest = self.outcome_of(question, outcome, cut, verdict)
        return 0

    cdef Outcome outcome_of(self, sl_question *question, const sl_outcome *outcome, const uint8_t *cut, Decided verdict):
        cdef Outcome result = verdict.plain_outcome()
        cdef uint32_t i
        result.exempted_rules = pairs(outcome.exempted_rules, outcome.exempted_rule_count)
        result.exempted_patterns = pairs(outcome.exempted_patterns, outcome.exempted_pattern_count)
        result.notices = numbers(outcome.notices, outcome.notice_count)
        for i in range(self.field_count):
            if cut[i]:
                result.cut += (i,)
        if outcome.fired_count:
            self.show(question, outcome, verdict.facts, result)
        return result

    cdef int show(self, sl_question *question, const sl_outcome *outcome, Facts facts, Outcome result) except -1:
        """The spans and sums that the rules that fired show. PERF: what rules ask for is looked up once for each of them."""
        cdef uint32_t i
        cdef dict found = {}
        cdef list sums = None
        cdef tuple spans, scores
        taken = {pattern for pattern, _ in result.exempted_patterns} if result.exempted_patterns else ()
        for i in range(outcome.fired_count):
            if self.plain[outcome.fired[i]] == 0:
                self.learn(outcome.fired[i])
            if self.plain[outcome.fired[i]] == 1:
                continue
            spans, scores = self.shown[outcome.fired[i]]
            for key in spans:
                if key not in found and key[0] not in taken:
                    found[key] = self.spans_at(question, key, facts)
            if scores and sums is None:
                sums = [None] * self.engine.decision.score_count
            for score in scores:
                if outcome.summed[<uint32_t>score]:
                    sums[score] = outcome.sums[<uint32_t>score].least
        result.spans = {key: spans for key, spans in found.items() if spans}
        result.sums = (None,) * self.engine.decision.score_count if sums is None else tuple(sums)
        return 0

    cdef int learn(self, uint32_t rule) except -1:
        entry = self.schema.rule(rule)
        if entry.spans or entry.scores:
            self.shown[rule] = (entry.spans, entry.scores)
        self.plain[rule] = 2 if entry.spans or entry.scores else 1  # last: who sees it finds the rest
        return 0

    cdef tuple spans_at(self, sl_question *question, tuple key, Facts facts):
        """The spans of a (pattern, field); a field whose fact is absent has none."""
        cdef sl_scan *scan
        cdef const sl_spans *spans
        cdef uint32_t pattern = key[0], field = key[1]
        if field and not facts._known[<Py_ssize_t>self.facts.fields[field - 1]]:
            return ()
        if sl_question_scan(question, field, &scan) != SL_OK or sl_scan_pattern(scan, pattern, &spans) != SL_OK:
            raise MemoryError("the decision ran out of memory")
        return spans_as_tuple(spans) if spans.count else ()

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


cdef class Decider:
    """What a policy decides with: `solon.matcher.engine.Policy`. PERF: no Python frame between call and verdict."""
    cdef public Engine _engine

    def decide(self, str message not None, facts, *, at=None):
        """Decide one message.

        `facts` is a flat mapping with dotted names, or nested mappings. `at` is the time that `active`,
        `expires` and time facts are held against (an aware datetime; now, where left out). Raises FactError
        for facts that do not fit the policy, TypeError for a message that is no str or a time that is not
        aware.
        """
        cdef int64_t moment = sl_now_micros() if at is None else aware_micros(at)
        return self._engine.decide(self, message, self._engine.facts.fill(facts), moment)


cdef class BoundDecider:
    """The same with facts that were read beforehand: `solon.matcher.engine.Bound`."""
    cdef readonly Decider _policy
    cdef readonly Facts _facts

    def __init__(self, Decider policy not None, facts):
        self._facts = policy._engine.bind(facts)
        self._policy = policy

    def decide(self, str message not None, *, at=None):
        """Decide one message with these facts; as `Policy.decide`."""
        cdef int64_t moment = sl_now_micros() if at is None else aware_micros(at)
        return self._policy._engine.decide(self._policy, message, self._facts, moment)


cdef int64_t aware_micros(object at) except? -1:
    micros = micros_of(at) if PyDateTime_Check(at) else None
    if micros is None:
        raise TypeError("`at` takes a datetime with a time zone")
    return micros


include "_batch.pxi"
include "_arrow_out.pxi"
include "_profile.pxi"

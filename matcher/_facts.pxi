# Facts from Python to the integers that the decision compares. Included by _engine.pyx, after its declarations of solon.h.
#
#   schema = FactSchema(Schema)      once a policy; schema.attach(decision, Schema) holds it against the section
#   facts  = schema.fill(mapping)    once a decision: a Facts, or FactError (from Python: schema.read(mapping))
#   facts.c                          the sl_facts that C reads; valid as long as `facts` lives
#
# What Python gives is not trusted: only the plain content of an int, a float, a str … counts, whatever a subclass makes of
# its methods; what is kept is a copy. No value of a str is ever shown in an error.

cimport cython
from cpython.datetime cimport (
    PyDate_Check, PyDateTime_Check, PyDateTime_DATE_GET_HOUR, PyDateTime_DATE_GET_MICROSECOND,
    PyDateTime_DATE_GET_MINUTE, PyDateTime_DATE_GET_SECOND, PyDateTime_DELTA_GET_DAYS,
    PyDateTime_DELTA_GET_MICROSECONDS, PyDateTime_DELTA_GET_SECONDS, PyDateTime_GET_DAY, PyDateTime_GET_MONTH,
    PyDateTime_GET_YEAR, PyDelta_Check, import_datetime,
)
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport signbit
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import datetime as _datetime
import difflib as _difflib
from collections.abc import Mapping as _Mapping
from decimal import Decimal as _Decimal
from sys import intern as _intern

from solon.matcher.errors import FactError

import_datetime()

cdef extern from "Python.h":
    bint PyUnicode_Check(object value)
    bint PyUnicode_CheckExact(object value)
    bint PyDict_CheckExact(object value)
    bint PyLong_Check(object value)
    bint PyFloat_Check(object value)
    bint PyBool_Check(object value)
    object PyUnicode_FromObject(object value)
    double PyFloat_AS_DOUBLE(object value)
    double PyLong_AsDouble(object value) except? -1.0
    long long PyLong_AsLongLongAndOverflow(object value, int *overflow) except? -1
    void *PyDict_GetItemWithError(object mapping, object key) except? NULL
    bint PyDict_Next(object mapping, Py_ssize_t *position, PyObject **key, PyObject **value)
    bint PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b)
    PyTypeObject *Py_TYPE(object value)
    ctypedef struct PyObject:
        pass
    ctypedef struct PyTypeObject:
        const char *tp_name

cdef extern from "decide.h":
    enum: SL_NONE
    ctypedef struct sl_fact:
        uint32_t is_set, first_word, member_count, rollout_slot
    ctypedef struct sl_decision:
        uint32_t fact_count, member_words, field_count, pattern_count, rule_count, exemption_count, score_count
        uint32_t rollout_slots, notice_count, action_count, row_words
        const sl_fact *facts
        const uint32_t *fields
    ctypedef struct sl_utf8:
        const char *utf8
        size_t bytes
    ctypedef struct sl_facts:
        const int64_t *values
        const uint8_t *known
        const uint64_t *members
        const sl_utf8 *texts
        const uint64_t *candidates
    void sl_filter(const sl_decision *decision, const sl_facts *facts, uint64_t *candidates) nogil

cdef enum:
    _BOOL, _INT, _NUMBER, _ENUM, _SET, _TEXT, _DURATION, _MONEY, _TIME

cdef dict _KINDS = {
    "bool": _BOOL, "int": _INT, "number": _NUMBER, "enum": _ENUM, "set": _SET, "text": _TEXT, "scanned_text": _TEXT,
    "duration": _DURATION, "money": _MONEY, "time": _TIME,
}
cdef int64_t _MILLION = 1_000_000
cdef int64_t _WHOLE_MAX = 9_223_372_036_854  # millions that 64 bits hold
cdef int64_t _FIRST_TIME = -62_135_596_800_000_000  # 0001-01-01T00:00Z
cdef int64_t _LAST_TIME = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z
cdef Py_ssize_t _SET_MEMBERS_MAX = 100_000  # an endless iterable is an error, not a hang
cdef object _UTC = _datetime.timezone.utc
cdef object _utcoffset = _datetime.datetime.utcoffset  # the base method: a subclass's own is not asked
cdef object _as_tuple = _Decimal.as_tuple


cdef inline int64_t _float_key(double number):
    """The integer that stands for a float: same order, both zeros the same (compiler/decision/domains.py)."""
    cdef int64_t bits
    number += 0.0  # -0.0 becomes 0.0
    memcpy(&bits, &number, 8)
    return bits if bits >= 0 else bits ^ INT64_MAX


cdef inline double _key_float(int64_t key):
    cdef double number
    if key < 0:
        key ^= INT64_MAX
    memcpy(&number, &key, 8)
    return number


cdef inline bint _is_a(object value, object kind):
    """isinstance, but no `__class__` of the value's own is believed."""
    return PyType_IsSubtype(Py_TYPE(value), <PyTypeObject *>kind)


cdef int64_t _days_since_1970(int year, int month, int day):
    """Proleptic Gregorian, as Python's."""
    cdef int64_t y = year - (1 if month <= 2 else 0)
    cdef int64_t era = y // 400 if y >= 0 else (y - 399) // 400
    cdef int64_t of_era = y - era * 400
    cdef int64_t of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


cdef object micros_of(object moment):
    """An aware datetime as microseconds since 1970; None where it is naive."""
    cdef int64_t micros
    if moment.tzinfo is None:
        return None
    offset = None if moment.tzinfo is _UTC else _utcoffset(moment)
    if offset is None and moment.tzinfo is not _UTC:
        return None
    micros = _days_since_1970(PyDateTime_GET_YEAR(moment), PyDateTime_GET_MONTH(moment), PyDateTime_GET_DAY(moment))
    micros = micros * 86400 + PyDateTime_DATE_GET_HOUR(moment) * 3600
    micros += PyDateTime_DATE_GET_MINUTE(moment) * 60 + PyDateTime_DATE_GET_SECOND(moment)
    micros = micros * _MILLION + PyDateTime_DATE_GET_MICROSECOND(moment)
    if offset is not None:
        micros -= (<int64_t>PyDateTime_DELTA_GET_DAYS(offset) * 86400 + PyDateTime_DELTA_GET_SECONDS(offset)) * _MILLION
        micros -= PyDateTime_DELTA_GET_MICROSECONDS(offset)
    return micros


# ── What errors say ──────────────────────────────────────────────────────────────────────────────────

cdef str _got(object value):
    """What came: its type, and its value where that is a number, a bool or None; never a text."""
    cdef bytes name = Py_TYPE(value).tp_name
    cdef str kind = name.decode("utf-8", "replace").rpartition(".")[2][:60]
    cdef int overflow = 0
    if value is None or value is True or value is False or type(value) is float:
        return f"{value!r}" if value is None else f"{kind} {value!r}"
    if type(value) is int:
        PyLong_AsLongLongAndOverflow(value, &overflow)
        return f"int {value!r}" if not overflow else "an int beyond 64 bits"
    return f"a value of type {kind}" if not PyUnicode_Check(value) else "a str"


cdef str _meant(object word, object known):
    """`; did you mean …`; the work is bounded whatever the word."""
    close = _difflib.get_close_matches(str(word)[:100], list(known)[:2000], n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


@cython.final
cdef class FactSlot:
    """How one fact is read."""
    cdef readonly str name
    cdef readonly bint required, optional
    cdef int kind
    cdef Py_ssize_t index, first_word, word_count, slot
    cdef dict classes   # enum: value -> index; text: mentioned text -> class; set: member -> bit
    cdef dict prefixes  # text: prefix -> class
    cdef tuple lengths  # of the prefixes, longest first
    cdef bint closed    # a set of enum: no other members
    cdef tuple words    # enum: names by index; set: members by bit
    cdef str currency

    def __init__(self, entry, Py_ssize_t index):
        self.name = _intern(entry.name)  # PERF: what callers write as literals is interned too: found by identity
        self.kind = _KINDS[entry.kind]
        self.index = index
        self.optional = entry.optional
        self.required = not entry.optional and entry.default is None
        self.slot = -1 if entry.slot is None else entry.slot
        self.prefixes = dict(entry.prefixes or {})
        self.lengths = tuple(sorted({len(prefix) for prefix in self.prefixes}, reverse=True))
        self.closed = bool(entry.values)
        self.currency = entry.currency
        self.words = tuple([_intern(word) for word in (entry.members if self.kind == _SET else entry.values)])
        if self.kind == _TEXT:
            self.classes = dict(entry.exact or {})
        else:
            self.classes = {word: number for number, word in enumerate(self.words)}
        for number in (*self.classes.values(), *self.prefixes.values()):
            if not 0 <= number < 1 << 32:
                raise ValueError("a class that is out of range")

    cdef str takes(self):
        cdef str words = ", ".join([f"`{word}`" for word in self.words[:20]]) + (", …" if len(self.words) > 20 else "")
        if self.kind == _BOOL:
            return "a bool"
        if self.kind == _INT:
            return "an int of 64 bits"
        if self.kind == _NUMBER:
            return "an int or a float, not NaN"
        if self.kind == _ENUM:
            return f"one of {words}"
        if self.kind == _SET:
            return f"an iterable of {words}" if self.closed else "an iterable of str"
        if self.kind == _TEXT:
            return "a str"
        if self.kind == _DURATION:
            return "a timedelta"
        if self.kind == _MONEY:
            return f"an int, a Decimal or a str such as `10000.50`, an amount of {self.currency} exact to a millionth"
        return "a datetime with a time zone, or a date"

    cdef object refusal(self, object value, str why=""):
        return FactError(self.name, f"takes {self.takes()}, got {_got(value)}{why}")


@cython.final
@cython.freelist(64)
cdef class Facts:
    """Facts, checked, for one policy. Immutable. `c` is what C reads."""
    cdef sl_facts c
    cdef FactSchema schema
    cdef int64_t *_values
    cdef uint8_t *_known
    cdef uint64_t *_members
    cdef sl_utf8 *_texts
    cdef uint64_t *_candidates
    cdef dict _objects  # fact -> its str, the members of an open set, or a zero with a sign
    cdef list _kept     # bytes that `texts` points into

    def __dealloc__(self):
        PyMem_Free(self._values)
        PyMem_Free(self._candidates)

    cdef int prepare(self) except -1:
        """Works out once which rows these facts leave standing, for facts that serve many messages."""
        cdef size_t words = self.schema.decision.row_words
        if self._candidates == NULL:
            self._candidates = <uint64_t *>PyMem_Malloc(words * 8 + 8)
            if self._candidates == NULL:
                raise MemoryError()
            sl_filter(self.schema.decision, &self.c, self._candidates)
            self.c.candidates = self._candidates
        return 0

    cdef list scanned(self):
        """The (field, str) of the scanned facts that are there; field 0 is the message and not among them."""
        cdef list found = []
        cdef Py_ssize_t field
        for field in range(self.schema.field_count):
            index = self.schema.fields[field]
            if self._known[<Py_ssize_t>index]:
                found.append((field + 1, self._objects[index]))
        return found

    def known(self, Py_ssize_t index):
        """Is the fact with this number there?"""
        if not 0 <= index < self.schema.count:
            raise IndexError(index)
        return bool(self._known[index])

    def value(self, Py_ssize_t index):
        """The value of the fact with this number in canonical units (docs/semantics.md), None where it is absent."""
        cdef FactSlot slot
        cdef int64_t number
        if not 0 <= index < self.schema.count:
            raise IndexError(index)
        if not self._known[index]:
            return None
        slot = self.schema.slots[index]
        number = self._values[index]
        if slot.kind == _BOOL:
            return number != 0
        if slot.kind == _NUMBER:
            return -0.0 if number == 0 and self._objects is not None and index in self._objects else _key_float(number)
        if slot.kind == _ENUM:
            return slot.words[number]
        if slot.kind == _TEXT:
            return self._objects[index]
        if slot.kind == _SET:
            if not slot.closed:
                return self._objects[index]
            return tuple(sorted([word for bit, word in enumerate(slot.words) if self._has(slot, bit)]))
        return number

    cdef bint _has(self, FactSlot slot, Py_ssize_t bit):
        return self._members[slot.first_word + (bit >> 6)] >> (bit & 63) & 1

    cdef int keep(self, Py_ssize_t index, object value) except -1:
        if self._objects is None:
            self._objects = {}
        self._objects[index] = value
        return 0


@cython.final
cdef class FactSchema:
    """How all facts of a policy are read. Made once, read by any number of threads."""
    cdef const sl_decision *decision
    cdef readonly Py_ssize_t count, field_count
    cdef Py_ssize_t required_count, member_words, rollout_slots
    cdef list slots
    cdef dict by_name
    cdef tuple fields
    cdef frozenset inner  # what stands before a dot in some fact's name: there a mapping is nesting
    cdef Facts defaults   # all of them, and nothing else

    def __init__(self, schema):
        self.slots = [FactSlot(entry, index) for index, entry in enumerate(schema.facts)]
        self.by_name = {slot.name: slot for slot in self.slots}
        if len(self.by_name) != len(self.slots):
            raise ValueError("two facts of one name")
        self.count = len(self.slots)
        self.fields = tuple(schema.fields)
        self.field_count = len(self.fields)
        self.required_count = sum([slot.required for slot in self.slots])
        inner = set()
        for name in self.by_name:
            parts = name.split(".")
            inner.update([".".join(parts[:end]) for end in range(1, len(parts))])
        self.inner = frozenset(inner)
        self._lay_out()
        self.defaults = self._empty()
        for index, entry in enumerate(schema.facts):
            if entry.default is not None:
                self._set_default(self.slots[index], entry.default)

    cdef int _lay_out(self) except -1:
        """Words for the members of each set, and slots for what rollouts hash."""
        cdef FactSlot slot
        for slot in self.slots:
            if slot.kind == _SET:
                slot.first_word = self.member_words
                slot.word_count = (len(slot.words) + 63) // 64
                self.member_words += slot.word_count
            self.rollout_slots += slot.slot >= 0
        if sorted([(<FactSlot>slot).slot for slot in self.slots if (<FactSlot>slot).slot >= 0]) != list(range(self.rollout_slots)):
            raise ValueError("rollout slots that are not numbered from 0")
        for field in self.fields:
            if (<FactSlot>self.slots[field]).kind != _TEXT:
                raise ValueError("a field that is no text")
        return 0

    cdef int attach(self, const sl_decision *decision, object schema) except -1:
        """Holds the schema against the opened section, which must outlive it. ValueError where they do not fit."""
        cdef FactSlot slot
        cdef Py_ssize_t i
        numbers = (self.count, self.field_count, len(schema.rule_names), len(schema.exemptions), len(schema.scores),
                   len(schema.actions), len(schema.patterns))
        if numbers != (decision.fact_count, decision.field_count, decision.rule_count, decision.exemption_count,
                       decision.score_count, decision.action_count, decision.pattern_count):
            raise ValueError("the schema and the section do not belong together")
        if self.member_words != decision.member_words or self.rollout_slots != decision.rollout_slots:
            raise ValueError("the facts are laid out otherwise in the section")
        for i in range(self.count):
            slot = self.slots[i]
            rollout = -1 if decision.facts[i].rollout_slot == SL_NONE else decision.facts[i].rollout_slot
            if decision.facts[i].is_set != (slot.kind == _SET) or slot.slot != rollout:
                raise ValueError("a fact is another in the section")
            if slot.kind == _SET and (decision.facts[i].member_count != len(slot.words)
                                      or decision.facts[i].first_word != slot.first_word):
                raise ValueError("a set is another in the section")
        for i in range(self.field_count):
            if decision.fields[i] != self.fields[i]:
                raise ValueError("a field is another in the section")
        self.decision = decision
        return 0

    cdef Facts _empty(self):
        """Facts without any, or with the defaults where there are already some."""
        cdef Facts facts = Facts.__new__(Facts)
        cdef size_t words = <size_t>(self.count + self.member_words)
        cdef size_t bytes = words * 8 + <size_t>self.rollout_slots * sizeof(sl_utf8) + <size_t>self.count
        facts._values = <int64_t *>PyMem_Malloc(bytes + 8)
        if facts._values == NULL:
            raise MemoryError()
        facts.schema = self
        facts._members = <uint64_t *>(facts._values + self.count)
        facts._texts = <sl_utf8 *>(facts._members + self.member_words)
        facts._known = <uint8_t *>(facts._texts + self.rollout_slots)
        if self.defaults is None:
            memset(facts._values, 0, bytes)
        else:
            memcpy(facts._values, self.defaults._values, bytes)  # its `texts` point into bytes that it keeps
            if self.defaults._objects is not None:
                facts._objects = self.defaults._objects.copy()
        facts.c.values = facts._values
        facts.c.known = facts._known
        facts.c.members = facts._members
        facts.c.texts = facts._texts
        facts.c.candidates = NULL
        return facts

    cdef int _set_default(self, FactSlot slot, object default) except -1:
        """A default is in canonical units already."""
        if slot.kind == _MONEY or slot.kind == _DURATION or slot.kind == _TIME:
            self.defaults._values[slot.index] = default
        else:
            self.convert(self.defaults, slot, default)
        self.defaults._known[slot.index] = 1
        return 0

    def read(self, given):
        """Facts from a mapping, as `fill`."""
        return self.fill(given)

    cdef Facts fill(self, object given):
        """Facts from a mapping, flat or nested. FactError for what does not fit, TypeError for what is no mapping."""
        cdef Facts facts = self._empty()
        cdef Py_ssize_t position = 0, required = 0
        cdef PyObject *key
        cdef PyObject *value
        cdef void *found
        cdef FactSlot slot
        cdef bint flat = PyDict_CheckExact(given)
        if flat:
            # PERF: a flat dict needs no bookkeeping: its keys are different, so only unusual ones go the long way.
            with cython.critical_section(given):
                while PyDict_Next(given, &position, &key, &value):
                    name, item = <object>key, <object>value  # owned: what follows may run code of the caller's
                    found = PyDict_GetItemWithError(self.by_name, name) if PyUnicode_CheckExact(name) else NULL
                    if found == NULL or item is None:
                        flat = False
                        break
                    slot = <FactSlot>found
                    self.convert(facts, slot, item)
                    facts._known[slot.index] = 1
                    required += slot.required
        if flat and required == self.required_count:
            return facts
        return self._fill_any(given)

    cdef Facts _fill_any(self, object given):
        """As `fill`, by the long way: nested mappings, None, and every error."""
        cdef Facts facts = self._empty()
        cdef FactSlot slot
        cdef dict flat = self._flatten(given)
        for slot in self.slots:
            if slot.name in flat:
                value = flat[slot.name]
                if value is not None:
                    self.convert(facts, slot, value)
                    facts._known[slot.index] = 1
                elif not slot.optional:
                    raise slot.refusal(None, " (leave the fact out instead)")
            elif slot.required:
                raise FactError(slot.name, f"is required and was not given; it takes {slot.takes()}")
        return facts

    cdef dict _flatten(self, object given):
        """Dotted name -> value. Depth is bounded by the facts' own names, so nothing can recurse for ever."""
        cdef dict flat = {}
        cdef list pending = [("", given)]
        if not isinstance(given, _Mapping):
            raise TypeError(f"facts are a mapping of names to values, not {_got(given)}")
        while pending:
            prefix, mapping = pending.pop()
            for key, value in list(mapping.items()):
                if not PyUnicode_Check(key):
                    raise FactError(prefix.rstrip("."), f"names of facts are str, got {_got(key)}")
                name = prefix + PyUnicode_FromObject(key)[:1000]
                if name in self.inner and isinstance(value, _Mapping):
                    pending.append((name + ".", value))
                elif name not in self.by_name:
                    raise FactError(name, f"there is no such fact{_meant(name, self.by_name)}")
                elif name in flat:
                    raise FactError(name, "was given twice, flat and nested")
                else:
                    flat[name] = value
        return flat

    # ── One value ────────────────────────────────────────────────────────────────────────────────────

    cdef int convert(self, Facts facts, FactSlot slot, object value) except -1:
        """Writes one value; FactError where it is not of the fact's kind."""
        cdef int64_t number = 0
        cdef void *found
        cdef double real
        if slot.kind == _ENUM:
            if not PyUnicode_Check(value):
                raise slot.refusal(value)
            value = PyUnicode_FromObject(value)
            found = PyDict_GetItemWithError(slot.classes, value)
            if found == NULL:
                raise slot.refusal(value, f" that is none of them{_meant(value, slot.words)}")
            number = <object>found
        elif slot.kind == _INT:
            number = self._integer(slot, value)
        elif slot.kind == _BOOL:
            if not PyBool_Check(value):
                raise slot.refusal(value)
            number = value is True
        elif slot.kind == _DURATION:
            number = self._duration(slot, value)
        elif slot.kind == _TEXT:
            if not PyUnicode_Check(value):
                raise slot.refusal(value)
            value = PyUnicode_FromObject(value)
            facts.keep(slot.index, value)
            number = self._text_class(slot, value)
        elif slot.kind == _MONEY:
            number = self._money(slot, value)
        elif slot.kind == _SET:
            self._set(facts, slot, value)
        elif slot.kind == _NUMBER:
            if PyFloat_Check(value):
                real = PyFloat_AS_DOUBLE(value)
            elif PyLong_Check(value) and not PyBool_Check(value):
                try:
                    real = PyLong_AsDouble(value)
                except OverflowError:
                    raise slot.refusal(value, ", too large for a float") from None
            else:
                raise slot.refusal(value)
            if real != real:
                raise slot.refusal(value)
            number = _float_key(real)
            if real == 0 and signbit(real):
                facts.keep(slot.index, real)  # it compares as zero, and is shown as it came
            elif facts._objects is not None:
                facts._objects.pop(slot.index, None)  # a default that was such a zero
        else:
            number = self._time(slot, value)
        facts._values[slot.index] = number
        if slot.slot >= 0:
            self._keep_text(facts, slot, value, number)
        return 0

    cdef int64_t _integer(self, FactSlot slot, object value) except? -1:
        cdef int overflow = 0
        cdef int64_t number
        if not PyLong_Check(value) or PyBool_Check(value):
            raise slot.refusal(value)
        number = PyLong_AsLongLongAndOverflow(value, &overflow)
        if overflow:
            raise slot.refusal(value, ", too large")
        return number

    cdef int64_t _duration(self, FactSlot slot, object value) except? -1:
        if not PyDelta_Check(value):
            raise slot.refusal(value)
        cdef int64_t seconds = <int64_t>PyDateTime_DELTA_GET_DAYS(value) * 86400 + PyDateTime_DELTA_GET_SECONDS(value)
        if not -_WHOLE_MAX < seconds < _WHOLE_MAX:
            return self._exact(slot, value, seconds * int(_MILLION) + PyDateTime_DELTA_GET_MICROSECONDS(value))
        return seconds * _MILLION + PyDateTime_DELTA_GET_MICROSECONDS(value)

    cdef int64_t _exact(self, FactSlot slot, object value, object number) except? -1:
        """A Python int that must fit 64 bits."""
        if not INT64_MIN <= number <= INT64_MAX:
            raise slot.refusal(value, ", too large")
        return number

    cdef int64_t _money(self, FactSlot slot, object value) except? -1:
        cdef int64_t number
        if PyLong_Check(value):
            number = self._integer(slot, value)
            if not -_WHOLE_MAX <= number <= _WHOLE_MAX:
                raise slot.refusal(value, ", too large")
            return number * _MILLION
        if PyUnicode_Check(value):
            text = PyUnicode_FromObject(value)
            whole, point, part = text[1:].partition(".") if text[:1] in ("+", "-") else text.partition(".")
            digits = whole + part
            if len(text) > 64 or not whole or bool(point) != bool(part) or not (digits.isascii() and digits.isdecimal()):
                raise slot.refusal(value, " that is no amount such as `10000.50`")
            return self._scaled(slot, value, text[0] == "-", digits, -len(part))
        if not _is_a(value, _Decimal):
            raise slot.refusal(value)
        sign, numerals, exponent = _as_tuple(value)
        if type(exponent) is not int:
            raise slot.refusal(value, " that is no number")
        return self._scaled(slot, value, sign != 0, "".join([str(one) for one in numerals]), exponent)

    cdef int64_t _scaled(self, FactSlot slot, object value, bint negative, str digits, object exponent) except? -1:
        """digits x 10^exponent in millionths; nothing is worked out that is out of range by its length."""
        cdef str significant = digits.strip("0")
        if not significant:
            return 0
        exponent += 6 + len(digits) - len(digits.rstrip("0"))
        if exponent < 0:
            raise slot.refusal(value, ", finer than a millionth")
        if len(significant) + exponent > 20:
            raise slot.refusal(value, ", too large")
        amount = int(significant) * 10**exponent
        return self._exact(slot, value, -amount if negative else amount)

    cdef int64_t _time(self, FactSlot slot, object value) except? -1:
        if PyDateTime_Check(value):
            micros = micros_of(value)
            if micros is None:
                raise slot.refusal(value, " without a time zone")
            if not _FIRST_TIME <= <int64_t>micros <= _LAST_TIME:
                raise slot.refusal(value, ", outside of the years 1 to 9999 in UTC")
            return micros
        if not PyDate_Check(value):
            raise slot.refusal(value)
        return _MILLION * 86400 * _days_since_1970(
            PyDateTime_GET_YEAR(value), PyDateTime_GET_MONTH(value), PyDateTime_GET_DAY(value)
        )

    cdef int64_t _text_class(self, FactSlot slot, str text) except? -1:
        """The class of a text: the mentioned text that it is, else the longest mentioned prefix, else 0."""
        cdef void *found = PyDict_GetItemWithError(slot.classes, text)
        if found != NULL:
            return <object>found
        for length in slot.lengths:
            if length <= len(text):
                found = PyDict_GetItemWithError(slot.prefixes, text[:length])
                if found != NULL:
                    return <object>found
        return 0

    cdef int _set(self, Facts facts, FactSlot slot, object value) except -1:
        """The bits of the members, in place of a default's."""
        cdef Py_ssize_t bit, seen = 0
        cdef void *found
        cdef set others = None
        members = value
        if not (type(value) is list or type(value) is tuple or type(value) is set or type(value) is frozenset):
            members = self._iterator(slot, value)
        memset(facts._members + slot.first_word, 0, <size_t>slot.word_count * 8)
        if not slot.closed:
            others = set()
        for member in members:
            seen += 1
            if seen > _SET_MEMBERS_MAX:
                raise slot.refusal(value, f" with more than {_SET_MEMBERS_MAX} members")
            if not PyUnicode_Check(member):
                raise slot.refusal(value, f" with {_got(member)} in it")
            member = PyUnicode_FromObject(member)
            found = PyDict_GetItemWithError(slot.classes, member)
            if found != NULL:
                bit = <object>found
                facts._members[slot.first_word + (bit >> 6)] |= <uint64_t>1 << (bit & 63)
            elif slot.closed:
                raise slot.refusal(value, f" with a str in it that is none of them{_meant(member, slot.words)}")
            if others is not None:
                others.add(member)
        if others is not None:
            facts.keep(slot.index, tuple(sorted(others)))
        return 0

    cdef object _iterator(self, FactSlot slot, object value):
        """Of any other iterable of members."""
        if PyUnicode_Check(value) or isinstance(value, _Mapping):
            raise slot.refusal(value)
        try:
            return iter(value)
        except TypeError:
            raise slot.refusal(value) from None

    cdef int _keep_text(self, Facts facts, FactSlot slot, object value, int64_t number) except -1:
        """The canonical text that a rollout hashes: a text itself, an enum's name, an int in decimal."""
        cdef bytes text
        if slot.kind == _TEXT or slot.kind == _ENUM:
            text = (<str>value).encode("utf-8", "surrogatepass")
        else:
            text = b"%d" % number
        if facts._kept is None:
            facts._kept = []
        facts._kept.append(text)
        facts._texts[slot.slot].utf8 = <const char *>text
        facts._texts[slot.slot].bytes = <size_t>len(text)
        return 0

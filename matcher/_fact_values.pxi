# One value from Python to one 64-bit integer. Included by _facts.pxi.
#
# Only the plain content of an int, a float, a str … counts, whatever a subclass makes of its methods. A refusal says what
# the fact takes and of which type the value was; it never shows a str.

cimport cython
from cpython.datetime cimport (
    PyDate_Check, PyDateTime_Check, PyDateTime_DATE_GET_HOUR, PyDateTime_DATE_GET_MICROSECOND,
    PyDateTime_DATE_GET_MINUTE, PyDateTime_DATE_GET_SECOND, PyDateTime_DELTA_GET_DAYS,
    PyDateTime_DELTA_GET_MICROSECONDS, PyDateTime_DELTA_GET_SECONDS, PyDateTime_GET_DAY, PyDateTime_GET_MONTH,
    PyDateTime_GET_YEAR, PyDelta_Check, PyDelta_CheckExact, import_datetime,
)
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.math cimport signbit
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

import datetime as _datetime
import difflib as _difflib
from collections.abc import Mapping as _Mapping
from decimal import Decimal as _Decimal
from sys import intern as _intern

from solon.matcher.errors import FactError

import_datetime()

from cpython.list cimport PyList_GET_ITEM
from cpython.unicode cimport PyUnicode_DATA

cdef extern from "Python.h":
    bint PyUnicode_Check(object value)
    bint PyUnicode_CheckExact(object value)
    bint PyDict_CheckExact(object value)
    bint PyLong_Check(object value)
    bint PyFloat_Check(object value)
    bint PyBool_Check(object value)
    bint PyLong_CheckExact(object value)
    bint PyFloat_CheckExact(object value)
    bint PyTuple_CheckExact(object value)
    bint PyList_CheckExact(object value)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject *value)
    bint PyUnicode_IS_COMPACT_ASCII(PyObject *value)
    PyObject **PySequence_Fast_ITEMS(object value)
    Py_ssize_t PySequence_Fast_GET_SIZE(object value)
    void Py_INCREF_of "Py_INCREF" (PyObject *value)
    void Py_XINCREF_of "Py_XINCREF" (PyObject *value)
    void Py_XDECREF_of "Py_XDECREF" (PyObject *value)
    PyObject *Py_None_at "Py_None"
    PyObject *Py_True_at "Py_True"
    PyObject *Py_False_at "Py_False"
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
    cdef bytearray aliased  # by word: is another str known beside it?

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
        self.aliased = bytearray(len(self.words))
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


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────

cdef int64_t integer_of(FactSlot slot, object value) except? -1:
    cdef int overflow = 0
    cdef int64_t number
    if not PyLong_Check(value) or PyBool_Check(value):
        raise slot.refusal(value)
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        raise slot.refusal(value, ", too large")
    return number


cdef int64_t duration_of(FactSlot slot, object value) except? -1:
    if not PyDelta_Check(value):
        raise slot.refusal(value)
    cdef int64_t seconds = <int64_t>PyDateTime_DELTA_GET_DAYS(value) * 86400 + PyDateTime_DELTA_GET_SECONDS(value)
    if not -_WHOLE_MAX < seconds < _WHOLE_MAX:
        return exact_of(slot, value, seconds * int(_MILLION) + PyDateTime_DELTA_GET_MICROSECONDS(value))
    return seconds * _MILLION + PyDateTime_DELTA_GET_MICROSECONDS(value)


cdef int64_t exact_of(FactSlot slot, object value, object number) except? -1:
    """A Python int that must fit 64 bits."""
    if not INT64_MIN <= number <= INT64_MAX:
        raise slot.refusal(value, ", too large")
    return number


cdef int64_t money_of(FactSlot slot, object value) except? -1:
    cdef int64_t number
    if PyLong_Check(value):
        number = integer_of(slot, value)
        if not -_WHOLE_MAX <= number <= _WHOLE_MAX:
            raise slot.refusal(value, ", too large")
        return number * _MILLION
    if PyUnicode_Check(value):
        text = PyUnicode_FromObject(value)
        whole, point, part = text[1:].partition(".") if text[:1] in ("+", "-") else text.partition(".")
        digits = whole + part
        if len(text) > 64 or not whole or bool(point) != bool(part) or not (digits.isascii() and digits.isdecimal()):
            raise slot.refusal(value, " that is no amount such as `10000.50`")
        return scaled_of(slot, value, text[0] == "-", digits, -len(part))
    if not _is_a(value, _Decimal):
        raise slot.refusal(value)
    sign, numerals, exponent = _as_tuple(value)
    if type(exponent) is not int:
        raise slot.refusal(value, " that is no number")
    return scaled_of(slot, value, sign != 0, "".join([str(one) for one in numerals]), exponent)


cdef int64_t scaled_of(FactSlot slot, object value, bint negative, str digits, object exponent) except? -1:
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
    return exact_of(slot, value, -amount if negative else amount)


cdef int64_t time_of(FactSlot slot, object value) except? -1:
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


cdef int64_t text_class_of(FactSlot slot, str text) except? -1:
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

# One value into its place in a Facts. Included by _facts.pxi.
#
# read_value takes what comes nearly always, by the exact types and the very str objects, in some ten instructions;
# convert_value takes all that is accepted, and says what is not.


cdef bint _is_name(Reader *reader, PyObject *key):
    """Is it the fact's name, in another str of ASCII? What is no such str is looked up by its hash."""
    cdef PyObject *name = reader.name
    if not PyUnicode_CheckExact(<object>key) or PyUnicode_GET_LENGTH(name) != PyUnicode_GET_LENGTH(key):
        return False
    if not PyUnicode_IS_COMPACT_ASCII(name) or not PyUnicode_IS_COMPACT_ASCII(key):
        return False
    if memcmp(PyUnicode_DATA(<object>name), PyUnicode_DATA(<object>key), <size_t>PyUnicode_GET_LENGTH(name)) != 0:
        return False
    if reader.alias == NULL:
        Py_XINCREF_of(key)
        reader.alias = key
    return True


cdef Py_ssize_t _met_places(Py_ssize_t words):
    """Places for so many words and as many aliases, half of them free at least."""
    cdef Py_ssize_t places = 1
    while places < 4 * words:
        places *= 2
    return places


cdef inline Met *_met(Reader *reader, PyObject *text):
    """The place of a str, or the free one where it belongs; INVARIANT: there is a free one."""
    cdef uint32_t at = <uint32_t>((<uint64_t><size_t>text * <uint64_t>0x9E3779B97F4A7C15) >> 32) & reader.mask
    while reader.met[at].text != NULL and reader.met[at].text != text:
        at = (at + 1) & reader.mask
    return &reader.met[at]


cdef int _meet(Reader *reader, PyObject *text, int64_t number, bint alias) except -1:
    cdef Met *met = _met(reader, text)
    if met.text == NULL:
        Py_XINCREF_of(text)
        met.text, met.number, met.alias = text, number, alias
    return 0


cdef int64_t word_of(FactSlot slot, Reader *reader, PyObject *value) except? -1:
    """The number of a word (a plain str), -1 where it is none."""
    cdef Met *met
    cdef void *found
    cdef int64_t number
    if reader.mask:
        met = _met(reader, value)
        if met.text != NULL:
            return met.number
    found = PyDict_GetItemWithError(slot.classes, <object>value)
    if found == NULL:
        return -1
    number = <object>found
    if not slot.aliased[number]:
        slot.aliased[number] = 1
        _meet(reader, value, number, True)
    return number


cdef int read_value(FactSchema schema, Facts facts, Reader *reader, object value) except -1:
    """As convert_value."""
    cdef int64_t number = -1, whole
    cdef int overflow = 0
    cdef int kind = reader.kind
    cdef bint done = False
    if kind == _ENUM:
        if PyUnicode_CheckExact(value):
            number = word_of(<FactSlot>PyList_GET_ITEM(schema.slots, reader.index), reader, <PyObject *>value)
            done = number >= 0
    elif kind == _INT or kind == _MONEY:
        if PyLong_CheckExact(value):
            number = PyLong_AsLongLongAndOverflow(value, &overflow)
            done = not overflow
            if kind == _MONEY:
                done = done and -_WHOLE_MAX <= number <= _WHOLE_MAX
                if done:
                    number *= _MILLION
    elif kind == _BOOL:
        number, done = <PyObject *>value == Py_True_at, PyBool_Check(value)
    elif kind == _DURATION:
        if PyDelta_CheckExact(value):
            whole = <int64_t>PyDateTime_DELTA_GET_DAYS(value) * 86400 + PyDateTime_DELTA_GET_SECONDS(value)
            done = -_WHOLE_MAX < whole < _WHOLE_MAX
            if done:
                number = whole * _MILLION + PyDateTime_DELTA_GET_MICROSECONDS(value)
    elif kind == _SET:
        number = 0
        if PyTuple_CheckExact(value) or PyList_CheckExact(value):
            done = read_members(facts, <FactSlot>PyList_GET_ITEM(schema.slots, reader.index), reader, value)
    if not done or reader.rollout >= 0:
        return convert_value(facts, schema.slots[reader.index], reader, value)
    facts._values[reader.index] = number
    return 0


cdef int read_members(Facts facts, FactSlot slot, Reader *reader, object value) except -1:
    """The bits of a tuple or list of plain str; 0 where it is not such a one."""
    cdef Py_ssize_t i, size = PySequence_Fast_GET_SIZE(value)
    cdef PyObject **items = PySequence_Fast_ITEMS(value)
    cdef uint64_t *members = facts._members + slot.first_word
    cdef int64_t bit
    if size > _SET_MEMBERS_MAX:
        return 0
    memset(members, 0, <size_t>slot.word_count * 8)
    for i in range(size):
        if not PyUnicode_CheckExact(<object>items[i]):
            return 0
        bit = word_of(slot, reader, items[i])
        if bit >= 0:
            members[bit >> 6] |= <uint64_t>1 << (bit & 63)
        elif slot.closed:
            return 0
    if not slot.closed:
        kept = value if PyTuple_CheckExact(value) else tuple(<list>value)
        facts.keep(reader.object_at, <PyObject *>kept)
    return 1


cdef int convert_value(Facts facts, FactSlot slot, const Reader *reader, object value) except -1:
    """Writes one value; FactError where it is not of the fact's kind."""
    cdef int64_t number = 0
    cdef void *found
    if slot.kind == _ENUM:
        if not PyUnicode_Check(value):
            raise slot.refusal(value)
        value = PyUnicode_FromObject(value)
        found = PyDict_GetItemWithError(slot.classes, value)
        if found == NULL:
            raise slot.refusal(value, f" that is none of them{_meant(value, slot.words)}")
        number = <object>found
    elif slot.kind == _INT:
        number = integer_of(slot, value)
    elif slot.kind == _BOOL:
        if not PyBool_Check(value):
            raise slot.refusal(value)
        number = value is True
    elif slot.kind == _DURATION:
        number = duration_of(slot, value)
    elif slot.kind == _TEXT:
        if not PyUnicode_Check(value):
            raise slot.refusal(value)
        value = PyUnicode_FromObject(value)
        facts.keep(reader.object_at, <PyObject *>value)
        number = text_class_of(slot, value)
    elif slot.kind == _MONEY:
        number = money_of(slot, value)
    elif slot.kind == _SET:
        set_members(facts, slot, reader, value)
    elif slot.kind == _NUMBER:
        number = number_of(facts, slot, reader, value)
    else:
        number = time_of(slot, value)
    facts._values[slot.index] = number
    if slot.slot >= 0:
        keep_rollout(facts, slot, value, number)
    return 0


cdef int64_t number_of(Facts facts, FactSlot slot, const Reader *reader, object value) except? -1:
    cdef double real
    cdef object zero
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
    if real == 0 and signbit(real):
        zero = <object>real  # it compares as zero, and is shown as it came
        facts.keep(reader.object_at, <PyObject *>zero)
    else:
        facts.keep(reader.object_at, NULL)  # a default may have been such a zero
    return _float_key(real)


cdef int set_members(Facts facts, FactSlot slot, const Reader *reader, object value) except -1:
    """The bits of the members, in place of a default's."""
    cdef Py_ssize_t bit, seen = 0
    cdef void *found
    cdef set others = None
    members = value
    if not (type(value) is list or type(value) is tuple or type(value) is set or type(value) is frozenset):
        members = iterator_of(slot, value)
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
        kept = tuple(others)
        facts.keep(reader.object_at, <PyObject *>kept)
    return 0


cdef object iterator_of(FactSlot slot, object value):
    """Of any other iterable of members."""
    if PyUnicode_Check(value) or isinstance(value, _Mapping):
        raise slot.refusal(value)
    try:
        return iter(value)
    except TypeError:
        raise slot.refusal(value) from None


cdef int keep_rollout(Facts facts, FactSlot slot, object value, int64_t number) except -1:
    """The canonical text that a rollout hashes: a text itself, an enum's name, an int in decimal."""
    cdef bytes text
    cdef sl_utf8 *kept = &facts._texts[slot.slot]
    if slot.kind == _ENUM:
        value = slot.words[number]  # as long-lived as the schema
    if slot.kind == _TEXT or slot.kind == _ENUM:
        if PyUnicode_IS_COMPACT_ASCII(<PyObject *>value):  # PERF: kept already, and its own UTF-8
            kept.utf8 = <const char *>PyUnicode_DATA(value)
            kept.bytes = <size_t>PyUnicode_GET_LENGTH(<PyObject *>value)
            return 0
        text = (<str>value).encode("utf-8", "surrogatepass")
    else:
        text = b"%d" % number
    if facts._kept is None:
        facts._kept = []
    facts._kept.append(text)
    kept.utf8 = <const char *>text
    kept.bytes = <size_t>len(text)
    return 0

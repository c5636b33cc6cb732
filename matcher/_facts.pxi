# Facts from Python to the integers that the decision compares. Included by _engine.pyx, after its declarations of solon.h.
#
#   schema = FactSchema(Schema)      once a policy; schema.attach(decision, Schema) holds it against the section
#   facts  = schema.fill(mapping)    once a decision: a Facts, or FactError (from Python: schema.read(mapping))
#   facts.c                          the sl_facts that C reads; valid as long as `facts` lives
#
# What Python gives is not trusted (_fact_values.pxi); what is kept is a copy.

include "_fact_values.pxi"

cdef extern from "decide.h":
    enum: SL_NONE
    ctypedef struct sl_fact:
        uint32_t is_set, first_word, member_count, rollout_slot
    ctypedef struct sl_decision:
        uint32_t fact_count, member_words, field_count, pattern_count, rule_count, exemption_count, score_count
        uint32_t rollout_slots, notice_count, action_count, row_words
        uint32_t default_action, undecided_action, incomplete_action
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
    cdef tuple order      # the slots in the order in which the first flat dict named them; set once, then read

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
        rollouts = [(<FactSlot>slot).slot for slot in self.slots if (<FactSlot>slot).slot >= 0]
        if sorted(rollouts) != list(range(self.rollout_slots)):
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
        cdef tuple order = self.order
        cdef Py_ssize_t ordered = 0 if order is None else len(order), i = 0
        if flat:
            # PERF: a flat dict needs no bookkeeping: its keys are different, so only unusual ones go the long way.
            with cython.critical_section(given):
                while PyDict_Next(given, &position, &key, &value):
                    name, item = <object>key, <object>value  # owned: what follows may run code of the caller's
                    if i < ordered and (<FactSlot>order[i]).name is name:
                        slot = <FactSlot>order[i]  # PERF: callers name facts in one order, by the same str objects
                    else:
                        found = PyDict_GetItemWithError(self.by_name, name) if PyUnicode_CheckExact(name) else NULL
                        if found == NULL:
                            flat = False
                            break
                        slot = <FactSlot>found
                    if item is None:
                        flat = False
                        break
                    i += 1
                    self.convert(facts, slot, item)
                    facts._known[slot.index] = 1
                    required += slot.required
        if flat and required == self.required_count:
            if order is None:
                self._learn_order(given)
            return facts
        return self._fill_any(given)

    cdef int _learn_order(self, dict given) except -1:
        """Set once, so that those who read it without a lock see None or the whole of it."""
        cdef list slots = []
        for name in list(given):
            slot = self.by_name.get(name) if PyUnicode_CheckExact(name) else None
            if slot is None:
                break  # the dict changed meanwhile
            slots.append(slot)
        with cython.critical_section(self):
            if self.order is None:
                self.order = tuple(slots)
        return 0

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
            number = slot.word_by_identity(value)
            if number < 0:
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
            facts.keep(slot.index, value)
            number = text_class_of(slot, value)
        elif slot.kind == _MONEY:
            number = money_of(slot, value)
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
            number = time_of(slot, value)
        facts._values[slot.index] = number
        if slot.slot >= 0:
            self._keep_text(facts, slot, value, number)
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

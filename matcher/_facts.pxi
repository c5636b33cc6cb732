# Facts from Python to the integers that the decision compares. Included by _engine.pyx.
#
#   schema = FactSchema(Schema)      once a policy; schema.attach(decision, Schema) holds it against the section
#   facts  = schema.fill(mapping)    once a decision: a Facts, or FactError (from Python: schema.read(mapping))
#   facts.c                          the sl_facts that C reads; valid as long as `facts` lives
#
# All of one decision's facts stand in one block: values, members, objects, texts, known. A block that is not large lies
# inside the object, and objects are used again, so that reading a dict asks for no memory. What Python gives is
# not trusted (_fact_values.pxi); what is kept is a copy, or is immutable itself.

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
    int sl_filter(const sl_decision *decision, const sl_facts *facts, uint64_t *candidates) nogil

cdef enum:
    _ROOM_WORDS = 40  # of 8 bytes, inside the object: facts of some thirty scalars

# A str that was met, recognised by its address from then on: an interned word or name, or the first other str equal to it.
# PERF: callers use the same str objects again and again, but not always interned ones (`"sender.role"` in a source is not).
cdef struct Met:
    PyObject *text  # owned; NULL where the place is free
    int64_t number
    bint alias      # each word has at most one

# A fact as the quick way reads it.
cdef struct Reader:
    PyObject *name   # borrowed from the slot, interned
    PyObject *alias  # owned
    Met *met         # of an enum's or a set's words: a hash table by address
    uint32_t mask    # its size, a power of two, less one
    int kind, index
    int object_at    # where the block keeps a str, a set or a zero with a sign; -1 where there is nothing to keep
    int rollout
    bint required


@cython.final
@cython.freelist(64)
@cython.no_gc  # INVARIANT: it refers to its schema, to str, bytes, and tuples of them: no cycle can run through it
cdef class Facts:
    """Facts, checked, for one policy. Immutable. `c` is what C reads."""
    cdef sl_facts c
    cdef FactSchema schema
    cdef int64_t *_values
    cdef uint64_t *_members
    cdef PyObject **_objects
    cdef sl_utf8 *_texts
    cdef uint8_t *_known
    cdef uint64_t *_candidates
    cdef list _kept     # bytes that `texts` points into
    cdef int64_t _room[_ROOM_WORDS]

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self._objects != NULL:
            for i in range(self.schema.object_count):
                Py_XDECREF_of(self._objects[i])
        if self._values != self._room:
            PyMem_Free(self._values)
        PyMem_Free(self._candidates)

    cdef int prepare(self) except -1:
        """Works out once which rows these facts leave standing, for facts that serve many messages."""
        cdef size_t words = self.schema.decision.row_words
        if self._candidates == NULL:
            self._candidates = <uint64_t *>PyMem_Malloc(words * 8 + 8)
            if self._candidates == NULL:
                raise MemoryError()
            if sl_filter(self.schema.decision, &self.c, self._candidates) != 0:
                PyMem_Free(self._candidates)
                self._candidates = NULL
                raise MemoryError()
            self.c.candidates = self._candidates
        return 0

    cdef inline PyObject *text_of_field(self, uint32_t field):
        """The str of a scanned fact, borrowed; NULL where it is absent. Field 0 is the message and not among them."""
        cdef uint32_t index = self.schema.decision.fields[field - 1]
        return self._objects[self.schema.readers[index].object_at] if self._known[index] else NULL

    def known(self, Py_ssize_t index):
        """Is the fact with this number there?"""
        if not 0 <= index < self.schema.count:
            raise IndexError(index)
        return bool(self._known[index])

    def value(self, Py_ssize_t index):
        """The value of the fact with this number in canonical units (docs/semantics.md), None where it is absent."""
        cdef FactSlot slot
        cdef int64_t number
        cdef PyObject *kept = NULL
        if not 0 <= index < self.schema.count:
            raise IndexError(index)
        if not self._known[index]:
            return None
        slot = self.schema.slots[index]
        number = self._values[index]
        if self.schema.readers[index].object_at >= 0:
            kept = self._objects[self.schema.readers[index].object_at]
        if slot.kind == _BOOL:
            return number != 0
        if slot.kind == _NUMBER:
            return -0.0 if number == 0 and kept != NULL else _key_float(number)
        if slot.kind == _ENUM:
            return slot.words[number]
        if slot.kind == _TEXT:
            return <object>kept
        if slot.kind == _SET:
            if not slot.closed:
                return tuple(sorted(set(<object>kept)))
            return tuple(sorted([word for bit, word in enumerate(slot.words) if self._has(slot, bit)]))
        return number

    cdef bint _has(self, FactSlot slot, Py_ssize_t bit):
        return self._members[slot.first_word + (bit >> 6)] >> (bit & 63) & 1

    cdef inline int keep(self, Py_ssize_t place, PyObject *value) except -1:
        """Keeps an object, or none, in place of what is there."""
        cdef PyObject *before = self._objects[place]
        Py_XINCREF_of(value)
        self._objects[place] = value
        Py_XDECREF_of(before)
        return 0


cdef frozenset _NOTHING = frozenset()


@cython.final
cdef class FactSchema:
    """How all facts of a policy are read. Made once, read by any number of threads."""
    cdef const sl_decision *decision
    cdef readonly Py_ssize_t count, field_count
    cdef Py_ssize_t required_count, member_words, rollout_slots, object_count
    cdef list slots
    cdef dict by_name
    cdef tuple fields, rule_names, action_names
    cdef frozenset inner     # what stands before a dot in some fact's name: there a mapping is nesting
    cdef Reader *readers     # by number of the fact
    cdef Met *met            # of all facts
    cdef Py_ssize_t met_count
    cdef size_t block_bytes
    cdef char *defaults      # a block of all defaults, and nothing else
    cdef list default_owners  # what it points into
    cdef uint32_t *order     # facts in the order in which the first flat dict named them; set once, then read
    cdef uint32_t *turn      # by number of the fact: its place in that order, or `ordered`
    cdef Py_ssize_t ordered

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self.met != NULL and self.readers != NULL:
            for i in range(self.met_count):
                Py_XDECREF_of(self.met[i].text)
            for i in range(self.count):
                Py_XDECREF_of(self.readers[i].alias)
        PyMem_Free(self.readers)
        PyMem_Free(self.met)
        PyMem_Free(self.defaults)
        PyMem_Free(self.order)
        PyMem_Free(self.turn)

    def __init__(self, schema):
        if self.slots is not None:
            raise TypeError("a schema is read once")
        self.slots = [FactSlot(entry, index) for index, entry in enumerate(schema.facts)]
        self.by_name = {slot.name: slot for slot in self.slots}
        if len(self.by_name) != len(self.slots):
            raise ValueError("two facts of one name")
        self.count = len(self.slots)
        self.fields = tuple(schema.fields)
        self.field_count = len(self.fields)
        self.rule_names, self.action_names = tuple(schema.rule_names), tuple(schema.actions)
        self.required_count = sum([slot.required for slot in self.slots])
        inner = set()
        for name in self.by_name:
            parts = name.split(".")
            inner.update([".".join(parts[:end]) for end in range(1, len(parts))])
        self.inner = frozenset(inner)
        self._lay_out()
        self._make_readers()
        self._set_defaults(schema)

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

    cdef int _make_readers(self) except -1:
        cdef FactSlot slot
        cdef Reader *reader
        cdef Met *met
        cdef Py_ssize_t number
        self.readers = <Reader *>PyMem_Calloc(self.count + 1, sizeof(Reader))
        if self.readers == NULL:
            raise MemoryError()
        for slot in self.slots:
            self.readers[slot.index].mask = <uint32_t>_met_places(len(slot.words)) - 1
            self.met_count += self.readers[slot.index].mask + 1
        met = self.met = <Met *>PyMem_Calloc(self.met_count + 1, sizeof(Met))
        if met == NULL:
            raise MemoryError()
        for slot in self.slots:
            reader = &self.readers[slot.index]
            reader.name = <PyObject *>slot.name
            reader.met = met
            met += reader.mask + 1
            for number in range(len(slot.words)):
                _meet(reader, <PyObject *>slot.words[number], number, False)
            reader.kind, reader.index, reader.rollout = slot.kind, <int>slot.index, <int>slot.slot
            reader.required = slot.required
            reader.object_at = -1
            if slot.kind == _TEXT or slot.kind == _NUMBER or (slot.kind == _SET and not slot.closed):
                reader.object_at = <int>self.object_count
                self.object_count += 1
        self.block_bytes = <size_t>(self.count + self.member_words + self.object_count) * 8
        self.block_bytes += <size_t>self.rollout_slots * sizeof(sl_utf8) + <size_t>self.count
        return 0

    cdef int _set_defaults(self, schema) except -1:
        """A default is in canonical units already."""
        cdef Facts made = self._empty()
        cdef FactSlot slot
        cdef Py_ssize_t i
        for slot, entry in zip(self.slots, schema.facts):
            if entry.default is None:
                continue
            if slot.kind == _MONEY or slot.kind == _DURATION or slot.kind == _TIME:
                made._values[slot.index] = entry.default
            else:
                self.convert(made, slot, entry.default)
            made._known[slot.index] = 1
        self.default_owners = [<object>made._objects[i] for i in range(self.object_count) if made._objects[i] != NULL]
        if made._kept is not None:
            self.default_owners += made._kept
        self.defaults = <char *>PyMem_Malloc(self.block_bytes + 8)
        if self.defaults == NULL:
            raise MemoryError()
        memcpy(self.defaults, made._values, self.block_bytes)
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
        """Facts without any, or with the defaults where they have been set."""
        cdef Facts facts = Facts.__new__(Facts)
        cdef Py_ssize_t i
        facts.schema = self
        facts._values = facts._room
        if self.block_bytes > 8 * _ROOM_WORDS:
            facts._values = <int64_t *>PyMem_Malloc(self.block_bytes)
            if facts._values == NULL:
                raise MemoryError()
        if self.defaults != NULL:
            memcpy(facts._values, self.defaults, self.block_bytes)  # its texts and objects live as long as the schema
        else:
            memset(facts._values, 0, self.block_bytes)
        facts._members = <uint64_t *>(facts._values + self.count)
        facts._objects = <PyObject **>(facts._members + self.member_words)
        facts._texts = <sl_utf8 *>(facts._objects + self.object_count)
        facts._known = <uint8_t *>(facts._texts + self.rollout_slots)
        for i in range(self.object_count):
            Py_XINCREF_of(facts._objects[i])
        facts.c.values = facts._values
        facts.c.known = facts._known
        facts.c.members = facts._members
        facts.c.texts = facts._texts
        return facts

    def read(self, given):
        """Facts from a mapping, as `fill`."""
        return self.fill(given)

    cdef Facts fill(self, object given):
        """Facts from a mapping, flat or nested. FactError for what does not fit, TypeError for what is no mapping."""
        cdef Facts facts
        if PyDict_CheckExact(given):
            facts = self._empty()
            if self._fill_flat(facts, given):
                return facts
        return self._fill_any(given)

    cdef int _fill_flat(self, Facts facts, object given) except -1:
        """PERF: a flat dict needs no bookkeeping: its keys are different. 0 where it has something unusual.

        Callers name facts in one order, mostly by the same str objects: those are recognised by address, others by their hash.
        """
        cdef Py_ssize_t position = 0, required = 0, at = 0, ordered = self.ordered
        cdef PyObject *key
        cdef PyObject *value
        cdef void *found
        cdef Reader *reader
        with cython.critical_section(given):
            while PyDict_Next(given, &position, &key, &value):
                reader = NULL
                if at < ordered:
                    reader = &self.readers[self.order[at]]
                if reader == NULL or (reader.name != key and reader.alias != key and not _is_name(reader, key)):
                    if not PyUnicode_CheckExact(<object>key):
                        return 0
                    found = PyDict_GetItemWithError(self.by_name, <object>key)
                    if found == NULL:
                        return 0
                    reader = &self.readers[(<FactSlot>found).index]
                    at = self.turn[reader.index] if ordered else 0
                at += 1
                if value == Py_None_at:
                    return 0
                item = <object>value  # owned: what follows may run code of the caller's
                self._read(facts, reader, item)
                facts._known[reader.index] = 1
                required += reader.required
        if required != self.required_count:
            return 0
        if ordered == 0 and self.count:
            self._learn_order(given)
        return 1

    cdef int _learn_order(self, dict given) except -1:
        """Set once; `ordered` last, so that those who read it without a lock see all of the order or none."""
        cdef Py_ssize_t i = 0
        cdef FactSlot slot
        cdef uint32_t *order
        cdef uint32_t *turn
        names = [name for name in given if PyUnicode_CheckExact(name) and name in self.by_name]
        if not names:
            return 0
        with cython.critical_section(self):
            if self.order != NULL:
                return 0
            order = <uint32_t *>PyMem_Malloc(len(names) * sizeof(uint32_t))
            turn = <uint32_t *>PyMem_Malloc(self.count * sizeof(uint32_t))
            if order == NULL or turn == NULL:
                PyMem_Free(order)
                PyMem_Free(turn)
                raise MemoryError()
            for i in range(self.count):
                turn[i] = <uint32_t>len(names)
            for i, name in enumerate(names):
                slot = self.by_name[name]
                order[i], turn[slot.index] = <uint32_t>slot.index, <uint32_t>i
            self.order, self.turn = order, turn
            self.ordered = len(names)
        return 0

    cdef Facts fill_some(self, object given, frozenset others):
        """As `fill`, where something else gives the facts of these names."""
        return self._fill_any(given, others)

    cdef Facts _fill_any(self, object given, frozenset others=_NOTHING):
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
            elif slot.required and slot.name not in others:
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

    # ── One value (_fact_readers.pxi) ────────────────────────────────────────────────────────────────

    cdef inline int _read(self, Facts facts, Reader *reader, object value) except -1:
        return read_value(self, facts, reader, value)

    cdef int convert(self, Facts facts, FactSlot slot, object value) except -1:
        return convert_value(facts, slot, &self.readers[slot.index], value)


include "_fact_readers.pxi"

# Batches: Arrow columns or lists of str into the engine, many rows at a time, without the GIL. Included by _engine.pyx.
#
#   ArrowSource(table)              the chunks of whatever speaks the Arrow PyCapsule interface
#   Batcher(policy, …).run(…)       a slice of rows: the action of each, and a verdict for each row where something fired
#
# matcher/batch.py is the face: it cuts chunks into slices, shares them out to threads, and puts the answers together.

from cpython.bytearray cimport PyByteArray_AS_STRING
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_IsValid
from libc.stdint cimport int32_t, uint16_t
from libc.stdlib cimport calloc

from solon.matcher.errors import TableError

cdef extern from "Python.h":
    str PyUnicode_DecodeUTF8(const char *utf8, Py_ssize_t size, const char *errors)
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL

cdef extern from "arrow.h" nogil:
    ctypedef struct ArrowSchema "struct ArrowSchema":
        const char *format
        const char *name
        const char *metadata
        int64_t flags
        int64_t n_children
        ArrowSchema **children
        ArrowSchema *dictionary
        void (*release)(ArrowSchema *) noexcept
        void *private_data
    ctypedef struct ArrowArray "struct ArrowArray":
        int64_t length
        int64_t null_count
        int64_t offset
        int64_t n_buffers
        int64_t n_children
        const void **buffers
        ArrowArray **children
        ArrowArray *dictionary
        void (*release)(ArrowArray *) noexcept
        void *private_data
    ctypedef struct ArrowArrayStream "struct ArrowArrayStream":
        int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept
        int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept
        const char *(*get_last_error)(ArrowArrayStream *) noexcept
        void (*release)(ArrowArrayStream *) noexcept
        void *private_data
    enum: SL_ARROW_TEXT
    ctypedef struct sl_arrow:
        int kind
        int64_t length
        sl_arrow *child
    const char *sl_arrow_open(sl_arrow *column, const ArrowSchema *schema, const ArrowArray *array, int64_t first, int64_t length)
    void sl_arrow_close(sl_arrow *column)
    int sl_arrow_absent(const sl_arrow *column, int64_t row)
    const char *sl_arrow_text(const sl_arrow *column, int64_t row, const char **utf8, size_t *bytes, int *absent)
    double sl_arrow_double(const sl_arrow *column, int64_t row)
    const char *sl_arrow_items(const sl_arrow *column, int64_t row, int64_t *start, int64_t *until)

cdef extern from "batch.h" nogil:
    ctypedef struct sl_word_map:
        pass
    sl_status sl_word_map_open(sl_word_map *map, uint32_t count)
    void sl_word_map_add(sl_word_map *map, const char *utf8, uint32_t bytes, uint32_t number)
    void sl_word_map_close(sl_word_map *map)
    ctypedef struct sl_fact_column:
        sl_arrow column
        uint32_t fact
        int kind
        int closed
        int required
        uint32_t field
        const sl_word_map *words
        const sl_word_map *prefixes
    int sl_fact_column_fits(const sl_fact_column *fact)
    ctypedef struct sl_batch:
        const sl_engine *engine
        const sl_arrow *messages
        const sl_text *texts
        sl_fact_column *facts
        uint32_t fact_count
        const sl_facts *base
        const sl_text *base_texts
        int64_t at
        uint32_t field_count
    ctypedef struct sl_batch_run:
        int64_t row
        int64_t *values
        uint64_t *members
        uint8_t *known
        uint8_t *cut
        sl_question question
        sl_outcome outcome
        const char *wrong
        const sl_fact_column *of
    enum: SL_BATCH_DONE, SL_BATCH_KEEP, SL_BATCH_WRONG
    sl_status sl_batch_run_open(sl_batch_run *run, const sl_batch *batch, int64_t first)
    void sl_batch_run_close(sl_batch_run *run)
    int sl_batch_next(sl_batch_run *run, int64_t first, int64_t end, sl_arena *arena, uint16_t *actions)


# ── What comes in ────────────────────────────────────────────────────────────────────────────────────

@cython.final
cdef class ArrowChunk:
    """An array that was handed over, let go with the object. `first_row` is its place in the table."""
    cdef ArrowArray array
    cdef readonly int64_t first_row

    def __dealloc__(self):
        if self.array.release != NULL:
            self.array.release(&self.array)

    def __len__(self):
        return self.array.length


@cython.final
cdef class ArrowSource:
    """The chunks of a table, or of one column, that has `__arrow_c_stream__` or `__arrow_c_array__`."""
    cdef ArrowSchema schema
    cdef ArrowArrayStream stream
    cdef ArrowChunk only   # of what came as one array
    cdef int64_t rows      # handed out so far
    cdef readonly bint is_table
    cdef readonly tuple names

    def __dealloc__(self):
        if self.schema.release != NULL:
            self.schema.release(&self.schema)
        if self.stream.release != NULL:
            self.stream.release(&self.stream)

    def __init__(self, source):
        cdef ArrowArrayStream *stream
        if self.names is not None:
            raise TypeError("a source is opened once")
        self.names = ()
        if hasattr(source, "__arrow_c_stream__"):
            capsule = source.__arrow_c_stream__()
            stream = <ArrowArrayStream *>pointer_of(capsule, b"arrow_array_stream")
            if stream.release == NULL or stream.get_schema == NULL or stream.get_next == NULL:
                raise TableError("the table's stream was released")
            self.stream, stream.release = stream[0], NULL
            if self.stream.get_schema(&self.stream, &self.schema) != 0:
                raise TableError(f"the table gave no schema{self.said()}")
        else:
            given = source.__arrow_c_array__()
            if type(given) is not tuple or len(given) != 2:
                raise TableError("`__arrow_c_array__` gave no pair of capsules")
            self.only = ArrowChunk.__new__(ArrowChunk)
            take_schema(given[0], &self.schema)
            take_array(given[1], &self.only.array)
        if self.schema.release == NULL or self.schema.format == NULL:
            raise TableError("the table's schema was released")
        self.is_table = self.schema.format == b"+s"
        if self.is_table:
            self.names = tuple([self.name_of(i) for i in range(self.schema.n_children)])

    cdef object name_of(self, int64_t index):
        if self.schema.children == NULL or self.schema.children[index] == NULL or self.schema.children[index].release == NULL:
            raise TableError("the table's schema was released")
        if self.schema.children[index].name == NULL:
            return ""
        return self.schema.children[index].name.decode("utf-8", "replace")

    cdef str said(self):
        cdef const char *words = NULL
        if self.stream.get_last_error != NULL:
            words = self.stream.get_last_error(&self.stream)
        return "" if words == NULL else f": {words.decode('utf-8', 'replace')}"

    def next(self):
        """The next chunk, None at the end. Not for two threads at once. Raises TableError."""
        cdef ArrowChunk chunk = self.only
        if self.stream.release != NULL:
            chunk = ArrowChunk.__new__(ArrowChunk)
            if self.stream.get_next(&self.stream, &chunk.array) != 0:
                raise TableError(f"the table broke off after {self.rows} rows{self.said()}")
        self.only = None
        if chunk is None or chunk.array.release == NULL:
            return None
        if chunk.array.length < 0 or chunk.array.offset < 0:
            raise TableError("a chunk of the table has a length below zero")
        chunk.first_row = self.rows
        self.rows += chunk.array.length
        if self.is_table:
            self.hold_table(chunk)
        return chunk

    cdef int hold_table(self, ArrowChunk chunk) except -1:
        """The columns are all there, and no row as a whole is null."""
        cdef const ArrowArray *array = &chunk.array
        cdef const uint8_t *validity
        cdef int64_t i
        if array.n_children != self.schema.n_children or (array.n_children and array.children == NULL):
            raise TableError("a chunk of the table has other columns than its schema")
        for i in range(array.n_children):
            if array.children[i] == NULL or array.children[i].release == NULL:
                raise TableError(f"the column `{self.names[i]}` was released")
            if array.children[i].length < array.offset or array.children[i].length - array.offset < array.length:
                raise TableError(f"the column `{self.names[i]}` is shorter than its table")
        if array.null_count == 0 or array.n_buffers < 1 or array.buffers == NULL or array.buffers[0] == NULL:
            return 0
        validity = <const uint8_t *>array.buffers[0]
        for i in range(array.offset, array.offset + array.length):
            if not validity[i >> 3] >> (i & 7) & 1:
                raise TableError(f"row {chunk.first_row + i - array.offset} of the table is null")
        return 0


cdef void *pointer_of(object capsule, const char *name) except NULL:
    if not PyCapsule_IsValid(capsule, name):
        raise TableError(f"the table gave another thing than a capsule `{name.decode()}`")
    return PyCapsule_GetPointer(capsule, name)


cdef int take_schema(object capsule, ArrowSchema *schema) except -1:
    """Moves it out of the capsule, which then lets nothing go."""
    cdef ArrowSchema *given = <ArrowSchema *>pointer_of(capsule, b"arrow_schema")
    schema[0], given.release = given[0], NULL
    return 0


cdef int take_array(object capsule, ArrowArray *array) except -1:
    cdef ArrowArray *given = <ArrowArray *>pointer_of(capsule, b"arrow_array")
    if given.release == NULL:
        raise TableError("the table's array was released")
    array[0], given.release = given[0], NULL
    return 0


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────

@cython.final
cdef class Words:
    """Words by their UTF-8, for C."""
    cdef sl_word_map map
    cdef list kept

    def __dealloc__(self):
        sl_word_map_close(&self.map)

    def __init__(self, dict words):
        cdef bytes text
        if sl_word_map_open(&self.map, <uint32_t>len(words)) != SL_OK:
            raise MemoryError()
        self.kept = []
        for word, number in words.items():
            text = word.encode("utf-8", "surrogatepass")
            self.kept.append(text)
            sl_word_map_add(&self.map, text, <uint32_t>len(text), number)


@cython.final
cdef class Batcher:
    """What all slices of one batch share. `columns` are pairs of a fact's name and the place of its column in the source."""
    cdef Engine engine
    cdef object policy
    cdef ArrowSource source
    cdef Facts base
    cdef int64_t at
    cdef int64_t text_column  # -1: the source is the column; not looked at where there is no source
    cdef list columns         # (FactSlot, place, Words, Words)

    def __init__(self, Decider policy not None, ArrowSource source, int64_t text_column, tuple columns, constants, at):
        self.policy, self.engine, self.source, self.text_column = policy, policy._engine, source, text_column
        self.at = sl_now_micros() if at is None else aware_micros(at)
        self.base = self.engine.facts.fill_some(constants, frozenset([name for name, _ in columns]))
        self.columns = []
        for name, place in columns:
            slot = self.engine.facts.by_name[name]
            self.columns.append((slot, place, Words((<FactSlot>slot).classes), Words((<FactSlot>slot).prefixes)))
        if not columns:
            self.base.prepare()

    def run(self, ArrowChunk chunk not None, int64_t first, int64_t last):
        """Rows `first` to `last` of a chunk: their actions in 16 bits each, and (row - first, verdict) where something fired."""
        cdef sl_batch batch
        cdef sl_arrow messages
        cdef Py_ssize_t count = len(self.columns), i
        memset(&batch, 0, sizeof(batch))
        memset(&messages, 0, sizeof(messages))
        if not 0 <= first <= last <= chunk.array.length:
            raise ValueError("a slice that lies outside of its chunk")
        batch.facts = <sl_fact_column *>calloc(count + 1, sizeof(sl_fact_column))
        if batch.facts == NULL:
            raise MemoryError()
        batch.fact_count = <uint32_t>count
        batch.messages = &messages
        try:
            self.open_column(&messages, chunk, self.text_column)
            if messages.kind != SL_ARROW_TEXT:
                raise TableError(f"{self.column_name(self.text_column)} holds no text")
            for i in range(count):
                self.open_fact(&batch.facts[i], chunk, self.columns[i])
            return self.run_rows(&batch, first, last, chunk.first_row, None)
        finally:
            sl_arrow_close(&messages)
            for i in range(count):
                sl_arrow_close(&batch.facts[i].column)
            free(batch.facts)

    def run_texts(self, list texts not None, int64_t first_row):
        """The same for a list of str."""
        cdef sl_batch batch
        cdef Py_ssize_t i
        cdef sl_text *made
        texts = list(texts)  # nobody else can change it
        memset(&batch, 0, sizeof(batch))
        made = <sl_text *>calloc(len(texts) + 1, sizeof(sl_text))
        if made == NULL:
            raise MemoryError()
        try:
            for i in range(len(texts)):
                if not PyUnicode_CheckExact(texts[i]):
                    raise TypeError(f"message {first_row + i} is no str, it is {_got(texts[i])}")
                text_of(<str>texts[i], &made[i])
            batch.texts = made
            return self.run_rows(&batch, 0, len(texts), first_row, texts)
        finally:
            free(made)

    cdef object column_name(self, int64_t place):
        return "the column" if place < 0 else f"the column `{self.source.names[place]}`"

    cdef int open_column(self, sl_arrow *column, ArrowChunk chunk, int64_t place) except -1:
        cdef const char *wrong
        cdef const ArrowArray *array = &chunk.array
        if place < 0:
            wrong = sl_arrow_open(column, &self.source.schema, array, 0, -1)
        else:
            wrong = sl_arrow_open(column, self.source.schema.children[place], array.children[place], array.offset, array.length)
        if wrong != NULL:
            raise TableError(f"{self.column_name(place)} has {wrong.decode()}")
        return 0

    cdef int open_fact(self, sl_fact_column *fact, ArrowChunk chunk, tuple how) except -1:
        cdef FactSlot slot = how[0]
        cdef const ArrowSchema *schema = self.source.schema.children[<int64_t>how[1]]
        fact.fact, fact.closed = <uint32_t>slot.index, slot.closed
        fact.required = slot.required and not self.base._known[slot.index]
        fact.kind = slot.kind  # the numbers of _fact_values.pxi are those of batch.h
        fact.words, fact.prefixes = &(<Words>how[2]).map, &(<Words>how[3]).map
        if slot.index in self.engine.facts.fields:
            fact.field = 1 + <uint32_t>self.engine.facts.fields.index(slot.index)
        try:
            self.open_column(&fact.column, chunk, how[1])
        except TableError as error:
            raise FactError(slot.name, f"takes {slot.takes()}; {error}") from None
        if not sl_fact_column_fits(fact):
            kind = "a dictionary" if schema.dictionary != NULL else f"the Arrow type `{schema.format.decode('utf-8', 'replace')}`"
            raise FactError(slot.name, f"takes {slot.takes()}; the column `{self.source.names[how[1]]}` is of {kind}")
        return 0

    cdef object run_rows(self, sl_batch *batch, int64_t first, int64_t last, int64_t first_row, list texts):
        cdef sl_batch_run run
        cdef Scratch *scratch
        cdef list kept = []
        cdef int state = SL_BATCH_KEEP
        cdef bytearray actions = bytearray(2 * (last - first))
        cdef uint16_t *written = <uint16_t *>PyByteArray_AS_STRING(actions)
        cdef sl_text *base_texts = <sl_text *>calloc(self.engine.field_count, sizeof(sl_text))
        cdef uint32_t field
        cdef PyObject *text
        batch.engine, batch.base, batch.at = &self.engine.engine, &self.base.c, self.at
        batch.field_count, batch.base_texts = self.engine.field_count, base_texts
        memset(&run, 0, sizeof(run))
        scratch = self.engine.borrow()
        try:
            if base_texts == NULL:
                raise MemoryError()
            for field in range(1, self.engine.field_count):
                text = self.base.text_of_field(field)
                if text != NULL:
                    text_of(<str>text, &base_texts[field])
            if sl_batch_run_open(&run, batch, first) != SL_OK:
                raise MemoryError()
            while state == SL_BATCH_KEEP:
                with nogil:
                    state = sl_batch_next(&run, first, last, &scratch.arena, written)
                if state == SL_BATCH_KEEP:
                    kept.append((run.row - first, self.verdict_of(&run, batch, texts)))
                elif state == SL_BATCH_WRONG:
                    self.tell(&run, first_row)
            if state != SL_BATCH_DONE:
                raise MemoryError("the decision ran out of memory")
            return actions, kept
        finally:
            sl_batch_run_close(&run)
            free(base_texts)
            self.engine.give_back(scratch)

    cdef int tell(self, sl_batch_run *run, int64_t first_row) except -1:
        cdef uint32_t i
        wrong = f"row {first_row + run.row} {run.wrong.decode()}"
        if run.of == NULL:
            raise TableError(f"{self.column_name(self.text_column)}: {wrong}")
        for slot, place, _, _ in self.columns:
            if (<FactSlot>slot).index == run.of.fact:
                raise FactError((<FactSlot>slot).name, f"takes {(<FactSlot>slot).takes()}; {self.column_name(place)}: {wrong}")
        raise AssertionError("a fact without a column")

    cdef Decided verdict_of(self, sl_batch_run *run, const sl_batch *batch, list texts):
        cdef Decided verdict = Decided.__new__(Decided)
        verdict.policy, verdict.moment = self.policy, self.at
        verdict.message = texts[run.row] if texts is not None else str_at(batch.messages, run.row)
        verdict.facts = self.facts_of(run, batch)
        self.engine.keep(verdict, &run.question, &run.outcome, run.cut)
        return verdict

    cdef Facts facts_of(self, sl_batch_run *run, const sl_batch *batch):
        """The facts of a row, for as long as somebody keeps its verdict."""
        cdef FactSchema schema = self.engine.facts
        cdef Facts facts
        cdef Py_ssize_t i
        cdef int place
        cdef const sl_fact_column *column
        if batch.fact_count == 0:
            return self.base
        facts = schema._empty()
        for i in range(schema.object_count):
            facts.keep(i, self.base._objects[i])
        memcpy(facts._values, run.values, <size_t>schema.count * 8)
        memcpy(facts._known, run.known, <size_t>schema.count)
        memcpy(facts._members, run.members, <size_t>schema.member_words * 8)
        for i in range(batch.fact_count):
            column = &batch.facts[i]
            place = schema.readers[column.fact].object_at
            if place < 0 or sl_arrow_absent(&column.column, run.row):
                continue
            if column.kind == _TEXT and is_null_text(&column.column, run.row):  # a null in its dictionary
                continue
            made = object_at(column, run.row)
            facts.keep(place, NULL if made is None else <PyObject *>made)
        return facts


cdef str str_at(const sl_arrow *column, int64_t row):
    cdef const char *utf8 = NULL
    cdef size_t bytes = 0
    cdef int absent = 0
    if sl_arrow_text(column, row, &utf8, &bytes, &absent) != NULL or absent:
        raise AssertionError("a text that was read before")
    return PyUnicode_DecodeUTF8(utf8, <Py_ssize_t>bytes, NULL)


cdef object object_at(const sl_fact_column *fact, int64_t row):
    """What a Facts keeps of a value beside its number: a str, the members of an open set, a zero with a sign."""
    cdef int64_t start, until
    cdef double real
    cdef int64_t i
    if fact.kind == _NUMBER:
        real = sl_arrow_double(&fact.column, row)
        return <object>real if real == 0 and signbit(real) else None
    if fact.kind == _TEXT:
        return str_at(&fact.column, row)
    sl_arrow_items(&fact.column, row, &start, &until)
    return tuple([str_at(fact.column.child, i) for i in range(start, until)])


cdef bint is_null_text(const sl_arrow *column, int64_t row):
    cdef const char *utf8 = NULL
    cdef size_t bytes = 0
    cdef int absent = 0
    sl_arrow_text(column, row, &utf8, &bytes, &absent)
    return absent

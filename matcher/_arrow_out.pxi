# Columns that go out through the Arrow C data interface. Included by _engine.pyx.
#
# An ArrowNode is a column, or a table: what the interface says of it, with buffers of Python bytes. The structs that are
# handed out keep their node alive, until whoever took them lets them go, on whatever thread.

from cpython.pycapsule cimport PyCapsule_New
from cpython.ref cimport Py_DECREF
from libc.stdlib cimport calloc

cdef enum:
    _ARROW_NULLABLE = 2
    _EIO = 5


@cython.final
cdef class ArrowNode:
    """A column: its format, name, length, buffers (bytes, None for "no nulls"), children, and for indices their dictionary."""
    cdef readonly bytes format, name
    cdef readonly int64_t length, null_count
    cdef readonly tuple buffers, children
    cdef readonly ArrowNode dictionary
    cdef readonly bint nullable

    def __init__(self, str format not None, str name not None, int64_t length, tuple buffers not None, tuple children=(), *,
                 ArrowNode dictionary=None, int64_t null_count=0, bint nullable=False):
        for part in buffers:
            if part is not None and type(part) is not bytes:
                raise TypeError("buffers are bytes")
        for part in children:
            if type(part) is not ArrowNode:
                raise TypeError("children are nodes")
        self.format, self.name = format.encode(), name.encode("utf-8", "surrogatepass")
        self.length, self.null_count, self.nullable = length, null_count, nullable
        self.buffers, self.children, self.dictionary = buffers, children, dictionary

    def capsules(self):
        """The pair that `__arrow_c_array__` gives."""
        return schema_capsule(self), array_capsule(self)

    def schema_capsule(self):
        """What `__arrow_c_schema__` gives."""
        return schema_capsule(self)


def offsets_of(list rows not None, list counts not None, int64_t total):
    """The offsets of a list column of `total` rows, of which only some, rising, have items. Raises OverflowError."""
    cdef bytearray made = bytearray(4 * (total + 1))
    cdef int32_t *at = <int32_t *>PyByteArray_AS_STRING(made)
    cdef int64_t row = 0, end = 0, next_row, i
    for i in range(len(rows)):
        next_row = rows[i]
        if not row <= next_row < total:
            raise ValueError("rows that do not rise")
        while row <= next_row:
            at[row] = <int32_t>end
            row += 1
        end += <int64_t>counts[i]
        if end > 0x7FFFFFFF:
            raise OverflowError("a column of a batch would hold 2 GiB or more: decide smaller tables")
    while row <= total:
        at[row] = <int32_t>end
        row += 1
    return bytes(made)


# ── Structs ──────────────────────────────────────────────────────────────────────────────────────────

cdef void release_schema(ArrowSchema *schema) noexcept with gil:
    cdef int64_t i
    if schema.children != NULL:
        for i in range(schema.n_children):
            if schema.children[i] != NULL:
                if schema.children[i].release != NULL:
                    schema.children[i].release(schema.children[i])
                free(schema.children[i])
        free(schema.children)
    if schema.dictionary != NULL:
        if schema.dictionary.release != NULL:
            schema.dictionary.release(schema.dictionary)
        free(schema.dictionary)
    if schema.private_data != NULL:
        Py_DECREF(<object>schema.private_data)
    schema.release = NULL


cdef void release_array(ArrowArray *array) noexcept with gil:
    cdef int64_t i
    if array.children != NULL:
        for i in range(array.n_children):
            if array.children[i] != NULL:
                if array.children[i].release != NULL:
                    array.children[i].release(array.children[i])
                free(array.children[i])
        free(array.children)
    if array.dictionary != NULL:
        if array.dictionary.release != NULL:
            array.dictionary.release(array.dictionary)
        free(array.dictionary)
    free(array.buffers)
    if array.private_data != NULL:
        Py_DECREF(<object>array.private_data)
    array.release = NULL


cdef int fill_schema(ArrowSchema *schema, ArrowNode node) except -1:
    """INVARIANT: whatever has been filled when memory runs out is let go by the caller's release."""
    cdef int64_t i, count = len(node.children)
    memset(schema, 0, sizeof(ArrowSchema))
    schema.release = release_schema
    Py_INCREF(node)
    schema.private_data = <void *>node
    schema.format, schema.name = node.format, node.name
    schema.flags = _ARROW_NULLABLE if node.nullable else 0
    if count:
        schema.children = <ArrowSchema **>calloc(count, sizeof(ArrowSchema *))
        if schema.children == NULL:
            raise MemoryError()
        schema.n_children = count
        for i in range(count):
            schema.children[i] = <ArrowSchema *>calloc(1, sizeof(ArrowSchema))
            if schema.children[i] == NULL:
                raise MemoryError()
            fill_schema(schema.children[i], node.children[i])
    if node.dictionary is not None:
        schema.dictionary = <ArrowSchema *>calloc(1, sizeof(ArrowSchema))
        if schema.dictionary == NULL:
            raise MemoryError()
        fill_schema(schema.dictionary, node.dictionary)
    return 0


cdef int fill_array(ArrowArray *array, ArrowNode node) except -1:
    cdef int64_t i, count = len(node.children)
    memset(array, 0, sizeof(ArrowArray))
    array.release = release_array
    Py_INCREF(node)
    array.private_data = <void *>node
    array.length, array.null_count = node.length, node.null_count
    array.buffers = <const void **>calloc(len(node.buffers) + 1, sizeof(void *))
    if array.buffers == NULL:
        raise MemoryError()
    array.n_buffers = len(node.buffers)
    for i in range(array.n_buffers):
        if node.buffers[i] is not None:
            array.buffers[i] = <const char *><bytes>node.buffers[i]
    if count:
        array.children = <ArrowArray **>calloc(count, sizeof(ArrowArray *))
        if array.children == NULL:
            raise MemoryError()
        array.n_children = count
        for i in range(count):
            array.children[i] = <ArrowArray *>calloc(1, sizeof(ArrowArray))
            if array.children[i] == NULL:
                raise MemoryError()
            fill_array(array.children[i], node.children[i])
    if node.dictionary is not None:
        array.dictionary = <ArrowArray *>calloc(1, sizeof(ArrowArray))
        if array.dictionary == NULL:
            raise MemoryError()
        fill_array(array.dictionary, node.dictionary)
    return 0


# ── Capsules ─────────────────────────────────────────────────────────────────────────────────────────

cdef void free_schema(object capsule) noexcept:
    cdef ArrowSchema *schema = <ArrowSchema *>PyCapsule_GetPointer(capsule, b"arrow_schema")
    if schema.release != NULL:
        schema.release(schema)
    free(schema)


cdef void free_array(object capsule) noexcept:
    cdef ArrowArray *array = <ArrowArray *>PyCapsule_GetPointer(capsule, b"arrow_array")
    if array.release != NULL:
        array.release(array)
    free(array)


cdef void free_stream(object capsule) noexcept:
    cdef ArrowArrayStream *stream = <ArrowArrayStream *>PyCapsule_GetPointer(capsule, b"arrow_array_stream")
    if stream.release != NULL:
        stream.release(stream)
    free(stream)


cdef object schema_capsule(ArrowNode node):
    cdef ArrowSchema *schema = <ArrowSchema *>calloc(1, sizeof(ArrowSchema))
    if schema == NULL:
        raise MemoryError()
    capsule = PyCapsule_New(schema, b"arrow_schema", free_schema)
    fill_schema(schema, node)
    return capsule


cdef object array_capsule(ArrowNode node):
    cdef ArrowArray *array = <ArrowArray *>calloc(1, sizeof(ArrowArray))
    if array == NULL:
        raise MemoryError()
    capsule = PyCapsule_New(array, b"arrow_array", free_array)
    fill_array(array, node)
    return capsule


# ── A stream ─────────────────────────────────────────────────────────────────────────────────────────

@cython.final
cdef class _Outgoing:
    cdef ArrowNode empty   # of no rows: its schema is the stream's
    cdef object nodes      # an iterator
    cdef bytes wrong


cdef int stream_schema(ArrowArrayStream *stream, ArrowSchema *schema) noexcept with gil:
    cdef _Outgoing outgoing = <_Outgoing>stream.private_data
    try:
        fill_schema(schema, outgoing.empty)
        return 0
    except BaseException as error:
        outgoing.wrong = repr(error).encode("utf-8", "replace")
        if schema.release != NULL:
            schema.release(schema)
        return _EIO


cdef int stream_next(ArrowArrayStream *stream, ArrowArray *array) noexcept with gil:
    cdef _Outgoing outgoing = <_Outgoing>stream.private_data
    memset(array, 0, sizeof(ArrowArray))
    try:
        node = next(outgoing.nodes, None)
        if node is not None:
            fill_array(array, <ArrowNode?>node)
        return 0
    except BaseException as error:
        outgoing.wrong = repr(error).encode("utf-8", "replace")
        if array.release != NULL:
            array.release(array)
        return _EIO


cdef const char *stream_error(ArrowArrayStream *stream) noexcept with gil:
    cdef _Outgoing outgoing = <_Outgoing>stream.private_data
    if outgoing.wrong is None:
        return NULL
    return outgoing.wrong


cdef void release_stream(ArrowArrayStream *stream) noexcept with gil:
    if stream.private_data != NULL:
        Py_DECREF(<object>stream.private_data)
    stream.private_data = NULL
    stream.release = NULL


def stream_capsule(ArrowNode empty not None, nodes):
    """What `__arrow_c_stream__` gives: the schema of `empty`, and the nodes of an iterator, each made when it is asked for."""
    cdef _Outgoing outgoing = _Outgoing.__new__(_Outgoing)
    cdef ArrowArrayStream *stream = <ArrowArrayStream *>calloc(1, sizeof(ArrowArrayStream))
    if stream == NULL:
        raise MemoryError()
    outgoing.empty, outgoing.nodes = empty, iter(nodes)
    Py_INCREF(outgoing)
    stream.private_data = <void *>outgoing
    stream.get_schema, stream.get_next, stream.get_last_error = stream_schema, stream_next, stream_error
    stream.release = release_stream
    return PyCapsule_New(stream, b"arrow_array_stream", free_stream)

# A decision as it is kept: numbers. Included by _engine.pyx.
#
# Everything that `solon.matcher.verdict.Verdict` gives out is built from them when somebody asks. What is asked for
# most, action, status and rules, is here; a decision that nobody looks at costs one object.

@cython.final
@cython.freelist(64)
cdef class Outcome:
    """What was decided, in the numbers of the schema; `solon.matcher.verdict.Outcome` says what each part is."""
    cdef readonly uint32_t action
    cdef readonly tuple fired, undecided, shadow, exempted_rules, exempted_patterns, notices, sums, cut
    cdef readonly object spans


cdef enum:
    _FEW = 8


@cython.freelist(64)
cdef class _Core:
    cdef object policy
    cdef str message
    cdef Facts facts
    cdef Outcome rest  # where there is more than the rules below
    cdef int64_t moment
    cdef uint32_t number  # of the action
    cdef uint32_t fired, undecided, shadow  # how many, in this order in `rules`
    cdef uint32_t *listed
    cdef uint32_t few[_FEW]

    def __dealloc__(self):
        if self.listed != self.few:
            PyMem_Free(self.listed)

    cdef int take(self, const sl_outcome *outcome) except -1:
        """The rules; INVARIANT: called once."""
        cdef size_t count = <size_t>outcome.fired_count + outcome.undecided_count + outcome.shadow_count
        self.listed = self.few
        if count == 0:
            return 0
        if count > _FEW:
            self.listed = <uint32_t *>PyMem_Malloc(count * sizeof(uint32_t))
            if self.listed == NULL:
                raise MemoryError()
        memcpy(self.listed, outcome.fired, outcome.fired_count * sizeof(uint32_t))
        memcpy(self.listed + outcome.fired_count, outcome.undecided, outcome.undecided_count * sizeof(uint32_t))
        memcpy(self.listed + (count - outcome.shadow_count), outcome.shadow, outcome.shadow_count * sizeof(uint32_t))
        self.fired, self.undecided, self.shadow = outcome.fired_count, outcome.undecided_count, outcome.shadow_count
        return 0

    cdef Outcome plain_outcome(self):
        """An outcome with the rules, and nothing else yet."""
        cdef Outcome made = Outcome.__new__(Outcome)
        made.action = self.number
        made.fired = numbers(self.listed, self.fired)
        made.undecided = numbers(self.listed + self.fired, self.undecided)
        made.shadow = numbers(self.listed + self.fired + self.undecided, self.shadow)
        made.exempted_rules = made.exempted_patterns = made.notices = made.sums = made.cut = ()
        made.spans = _NO_SPANS
        return made

    cdef Outcome outcome(self):
        cdef Outcome made
        if self.rest is not None:
            return self.rest
        made = self.plain_outcome()
        if self.fired:
            made.sums = (None,) * self.facts.schema.decision.score_count
        return made

    @property
    def _state(self):
        return self.policy, self.message, self.facts, self.outcome(), self.moment

    @property
    def action(self):
        """The most severe action of the rules that fired, or the policy's default."""
        return self.facts.schema.action_names[self.number]

    @property
    def status(self):
        """`"decided"`, or `"incomplete"` where a limit was hit before all was looked at."""
        return "incomplete" if self.rest is not None and self.rest.cut else "decided"

    @property
    def rules(self):
        """The names of the rules that fired."""
        cdef tuple names = self.facts.schema.rule_names
        cdef tuple made
        cdef uint32_t i
        if self.fired == 0:
            return ()
        made = PyTuple_New(self.fired)
        for i in range(self.fired):
            name = names[self.listed[i]]
            Py_INCREF(name)  # the tuple keeps it
            PyTuple_SET_ITEM(made, i, name)
        return made


@cython.final
cdef class Decided(_Core, Verdict):
    """A verdict as the engine makes it. Bases are asked from left to right, but not for these four."""

    def __eq__(self, other):
        return Verdict.__eq__(self, other)

    def __hash__(self):
        return Verdict.__hash__(self)

    def __repr__(self):
        return Verdict.__repr__(self)

    def __setattr__(self, name, value):
        Verdict.__setattr__(self, name, value)

    def __delattr__(self, name):
        Verdict.__delattr__(self, name)

"""Typed IR to artifact bytes: passes, analyses, plan, tables, emit."""

if __name__ != "solon.compiler":
    raise ImportError("import solon.compiler, not compiler: a second copy would have types of its own")

"""Policy text to typed IR: parse, resolve, check, format."""

if __name__ != "solon.dsl":
    raise ImportError("import solon.dsl, not dsl: a second copy would have types of its own")

"""Artifact, message and facts to verdict: the runtime, and the only folder with native code."""

if __name__ != "solon.matcher":
    raise ImportError("import solon.matcher, not matcher: a second copy would have types of its own")

"""The language server: the protocol around `solon.editor`, which knows the answers."""

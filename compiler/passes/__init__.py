"""Passes: one function in one file each, nothing else touched."""

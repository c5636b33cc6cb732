"""Generates the tables that ship inside the package from pinned data packages. Runs at build time alone."""

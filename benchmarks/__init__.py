"""The figures of Solon: what it costs, beside what others cost, measured in one process.

`make bench` prints them, `make bench-report` writes them to docs/performance.md. A figure is a function in
`figures/` whose docstring says what it shows; it checks its own answer before it counts.
"""

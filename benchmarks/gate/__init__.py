"""The gate: figures that may not fall behind, held on a noisy machine.

Two measures, both without seconds. Instructions a message under callgrind are the same from run to run, so
a budget for them can be tight. Ratios over a loop that never changes, in one process and in paired rounds,
see what instructions do not (caches, locks), with a wide margin.

workloads ──▶ instructions (valgrind) ──┐
          └─▶ ratios (calibration loop) ┴─▶ judged against budgets.json
"""

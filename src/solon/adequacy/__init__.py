"""Whether a policy's tests are enough: what they never reach (`coverage`), and which slips they would not
notice (`mutation`).

In: a checked policy and the compiled artifact. Out: plain values, and reports of them as text, HTML and XML.
"""

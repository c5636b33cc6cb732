"""What changes in meaning from one policy to another: `solon diff`.

    old, new ──joint situations──▶ literals of both verdicts ──differ?──▶ regions ──tried──▶ report

In: two checked policies, and a way to run both on one message. Out: a report. That nothing changes is
proved; that something does was seen to happen, or the report says that it was not; what the time did not
suffice for is said.
"""

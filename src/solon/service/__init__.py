"""`solon serve`: a policy behind HTTP, for services that are not written in Python.

    bytes ──reading──▶ questions ──Policy.decide──▶ verdicts ──answering──▶ JSON
                 └──problems (4xx, each names its place)          └──counting, logs

A shell: what a message gets is the policy's alone. `app.py` has the routes, `server.py` runs them under
uvicorn and cuts off who is too slow, `following.py` is the one place that knows of hot swapping.
"""

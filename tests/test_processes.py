"""Processes that fork share the artifact's memory; threads share one engine; other interpreters are refused
by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import solon
from solon.compiler.pipeline import compile_policy
from solon.dsl.load import load_policy_text

HERE = Path(__file__).parent

FORK = """
import os, re, sys
import solon

policy = solon.load(sys.argv[1])
address = id(policy._artifact.data)

def mapping():
    inside, found = False, {}
    for line in open("/proc/self/smaps", encoding="utf-8"):
        place = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
        if place:
            inside = int(place[1], 16) <= address < int(place[2], 16)
        elif inside and line.split()[-1] == "kB":
            found[line.split(":")[0]] = int(line.split()[1])
    return found

policy.decide("word17 and word4711", {})
read, write = os.pipe()
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        for message in range(300):
            assert policy.decide(f"word{message} and {number}", {}).action == "block"
        os.write(write, (" ".join(f"{n}={v}" for n, v in mapping().items()) + chr(10)).encode())
        os.read(0, 1)  # the others must be there when each of them looks
        os._exit(0)
    children.append(child)
lines = b""
while lines.count(b"\\n") < 3:
    lines += os.read(read, 65536)
print(lines.decode(), end="")
sys.stdout.flush()
for child in children:
    os.kill(child, 9)
"""


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs /proc")
def test_processes_that_fork_share_the_memory_of_the_artifact(tmp_path: Path) -> None:
    """The children only read it: what they decide with is in the parent's memory, and in it once."""
    words = ", ".join(f'"word{number}"' for number in range(30_000))
    checked = load_policy_text(
        f"policy p {{ actions allow < block  default allow }}\npattern many {{ words {words} }}\n"
        "rule r { when message contains many then block }"
    )
    assert checked.policy is not None
    artifact = compile_policy(checked.policy, strip=True).artifact
    assert artifact is not None
    (tmp_path / "p.solon").write_bytes(artifact)
    done = subprocess.run(
        [sys.executable, "-c", FORK, tmp_path / "p.solon"],
        stdin=subprocess.PIPE, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for line in lines:
        kib = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}
        assert kib["Rss"] * 1024 >= 0.5 * len(artifact), "the mapping with the artifact was found"
        assert kib["Private_Dirty"] + kib["Private_Clean"] <= 64, line
        assert kib["Pss"] <= kib["Rss"] * 0.4, "four processes have it, each a part"


def test_threads_share_one_engine() -> None:
    """Long messages, for which the lock is given away, and short ones, from eight threads at once."""
    checked = load_policy_text(
        "policy p { actions allow < block  default allow }\n"
        'pattern w { words "zoom" evasions strong }\n'
        "pattern mail = entity email\n"
        "rule r { when message contains any of w, mail then block redact w, mail }"
    )
    assert checked.policy is not None
    artifact = compile_policy(checked.policy).artifact
    assert artifact is not None
    policy = solon.from_bytes(artifact)
    messages = [f"{number} z o o m a{number}@b.com " * (1 + number * 37 % 200) for number in range(24)]
    expected = [policy.decide(message, {}).redacted for message in messages]
    assert max(map(len, messages)) > 2048 > min(map(len, messages))
    wrong: list[int] = []
    start = threading.Barrier(8)

    def ask(first: int) -> None:
        start.wait()
        for turn in range(3 * len(messages)):
            number = (first * 5 + turn) % len(messages)
            if policy.decide(messages[number], {}).redacted != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


SUB = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import solon
solon.from_bytes
code = '''
import solon
try:
    solon.from_bytes
except ImportError as error:
    said = str(error)
else:
    said = "taken"
import os
os.write(1, said.encode())
'''
run = getattr(interpreters, "exec", None) or interpreters.run_string
run(interpreters.create(), code)
"""


def test_another_interpreter_of_the_process_is_refused_by_name() -> None:
    done = subprocess.run([sys.executable, "-c", SUB], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "Solon's engine works in one interpreter of a process, and this is another one: use threads, "
        "which may share a policy, or processes, not sub-interpreters"
    )


def test_swaps_under_load(tmp_path: Path) -> None:
    """From threads and from processes; nothing fails, nothing is mixed. The long way is `make soak`."""
    script = HERE.parent / "fuzz" / "soak.py"
    words = ("--swaps", "25", "--threads", "2", "--processes", "1", "--seed", "3")
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, script, *words], capture_output=True, text=True, timeout=300, check=False, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 processes failed" in done.stdout

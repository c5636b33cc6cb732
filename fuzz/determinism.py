"""The same sources, the same bytes and the same verdicts, under every Python that is given.

In: names of interpreters. For each, the files of the repository are copied, installed into a virtual
environment of its own (which builds the extension for that Python), every example policy is compiled, and
the conversations beside it are decided. Out: a line for each; the exit code is 1 where one of them differs
from the Python that runs this.

    python fuzz/determinism.py python3.12 python3.13
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "interpreters"
# Each Python sees another world: what a policy means must not hang on it.
WORLDS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "random", "TZ": "America/Lima", "LC_ALL": "tr_TR.UTF-8"},
)


def digests() -> dict[str, str]:
    """Of each example: SHA-256 of its artifact, and of what its conversations are decided to be."""
    from solon.authoring import compile_checked  # noqa: PLC0415  (of the Python that is asked)
    from solon.dsl.load import load_policy  # noqa: PLC0415
    from solon.facts_json import facts_from_json  # noqa: PLC0415
    from solon.matcher.engine import from_bytes  # noqa: PLC0415

    found = {}
    for root in sorted((ROOT / "examples").glob("*/*.policy")):
        if "\npolicy " not in "\n" + root.read_text(encoding="utf-8"):
            continue
        artifact = compile_checked(load_policy(root))
        policy = from_bytes(artifact)
        verdicts = hashlib.sha256()
        for line in (root.parent / "conversations.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            facts = facts_from_json(policy.fact_kinds(), case["facts"])
            verdict = policy.decide(case["message"], facts)
            said = (verdict.action, verdict.rules, verdict.redacted, verdict.undecided, verdict.notices)
            verdicts.update(repr((*said, [tuple(one) for one in verdict.matches])).encode("utf-8", "replace"))
        found[root.stem] = f"{hashlib.sha256(artifact).hexdigest()} {verdicts.hexdigest()}"
    assert found, "there is an example"
    return found


def asked(python: Path, world: dict[str, str]) -> dict[str, str]:
    """What another Python makes of it, away from the sources, so that it runs what was installed."""
    words = [str(python), str(Path(__file__).resolve()), "--digests"]
    env = {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, **world}
    done = subprocess.run(words, cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr}")
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def installed(name: str) -> Path:
    """A virtual environment of this Python with Solon in it, built from a copy of the repository's files."""
    home = FOLDER / name.replace("/", "_").strip("_")
    python = home / "venv" / "bin" / "python"
    source = home / "source"
    if not python.exists():
        subprocess.run([name, "-m", "venv", home / "venv"], check=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = "".join(one + "\0" for one in listed.stdout.split("\0") if one and (ROOT / one).exists())
    subprocess.run(["rm", "-rf", source], check=True)
    source.mkdir(parents=True)
    packed = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=names.encode(), capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=source, input=packed.stdout, check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{source}[author]"],
        check=True,
    )
    return python


def main(names: list[str]) -> None:
    """Prints one line a Python and world."""
    if names == ["--digests"]:
        print(json.dumps(digests()))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = digests()
    differ = 0
    for name in names:
        python = installed(name)
        version = subprocess.run([python, "-VV"], capture_output=True, text=True, check=True).stdout.strip()
        for world in WORLDS:
            found = asked(python, world)
            same = found == expected
            differ += not same
            print(f"{version}; {world}: {'the same' if same else 'DIFFERENT'}", flush=True)
            for policy in expected:
                if found.get(policy) != expected[policy]:
                    print(f"  {policy}: {found.get(policy)}, here {expected[policy]}")
    print(f"determinism: {len(expected)} policies, {len(names)} interpreters; here {sys.version.split()[0]}")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main(sys.argv[1:])

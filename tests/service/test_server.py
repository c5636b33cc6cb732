"""`solon serve` as a process: slow clients, large bodies, swaps, signals, a Unix socket; on loopback."""

from __future__ import annotations

import json
import socket
import stat
import time
from pathlib import Path

import pytest
import serving
from click.testing import CliRunner
from serving import answer, connect, process, put, request

from solon.cli.group import group

ASK = json.dumps({"message": "zoom", "facts": serving.FACTS}).encode()


def ended(sock: socket.socket) -> bool:
    """Whether the other side closes, however."""
    try:
        while sock.recv(65536):
            pass
    except ConnectionError:
        return True
    return True


def test_clients_of_all_kinds(house: Path) -> None:
    """One process for all of it: they must not disturb each other."""
    with process(
        str(house), "--port", "0", "--slow", "1", "--max-body", "20000", "--interval", "0.1"
    ) as served:
        port = served.port
        good = connect(port)
        good.sendall(request(ASK) + request(ASK))  # two at once on one connection
        assert [answer(good)[2]["action"] for _ in range(2)] == ["block", "block"]

        silent, dribbling, stuck = connect(port), connect(port), connect(port)
        dribbling.sendall(b"POST /decide HTTP/1.1\r\nhost: x\r\n")
        stuck.sendall(request(ASK)[:-5])

        large = connect(port)
        large.sendall(request(b" " * 20001))
        status, headers, body = answer(large)
        assert (status, headers["connection"], body["type"]) == (413, "close", "urn:solon:problem:too-large")
        assert ended(large)
        chunked = connect(port)
        chunked.sendall(request(b"", "/decide", "transfer-encoding: chunked"))
        for _ in range(30):
            chunked.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")
        chunked.sendall(b"0\r\n\r\n")
        assert answer(chunked)[0] == 413

        endless = connect(port)
        with pytest.raises(ConnectionError):
            endless.sendall(b"GET / HTTP/1.1\r\n")
            for number in range(100_000):
                endless.sendall(f"x-{number}: ".encode() + b"y" * 500 + b"\r\n")
        rubbish = connect(port)
        rubbish.sendall(b"\x16\x03\x01" * 100)
        assert rubbish.recv(100).startswith(b"HTTP/1.1 400") or ended(rubbish)
        for _ in range(20):
            gone = connect(port)
            gone.sendall(request(ASK)[:-3])
            gone.close()

        assert answer(stuck)[0] == 408
        assert ended(silent) and ended(dribbling)
        good = connect(port)
        good.sendall(request(ASK))
        assert answer(good)[0] == 200

        put(house, serving.artifact(serving.POLICY.replace("version 4", "version 5")))
        served.await_line("now decides")
        good.sendall(request(ASK))
        assert "version=5;" in answer(good)[1]["solon-policy"]
        good.sendall(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
        metrics = answer(good)[2].decode()
        assert 'solon_connections_cut_total{why="head too slow"} 2.0' in metrics
        assert 'solon_connections_cut_total{why="head too large"} 1.0' in metrics
        assert served.stop() == 0
        assert [line for line in served.lines if "Traceback" in line or '"error"' in line] == []
        assert "zoom" not in "".join(served.lines)


def test_it_stops_with_what_is_in_flight_finished(house: Path) -> None:
    with process(str(house), "--port", "0") as served:
        sock = connect(served.port)
        whole = request(ASK)
        sock.sendall(whole[:-5])
        time.sleep(0.3)
        served.process.terminate()
        served.await_line("Waiting for connections to close")
        with pytest.raises(OSError):
            connect(served.port)
        sock.sendall(whole[-5:])
        assert answer(sock)[2]["action"] == "block"
        assert served.process.wait(20) == 0
        served.await_line('"stopped"')


def test_a_unix_socket_for_owner_and_group(house: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    left_over = socket.socket(socket.AF_UNIX)
    left_over.bind(str(path))
    left_over.close()
    with process(str(house), "--uds", str(path)) as served:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(20)
        sock.connect(str(path))
        sock.sendall(request(ASK))
        assert answer(sock)[2]["action"] == "block"
        with pytest.raises(AssertionError, match="Address already in use"):
            serving.Process(str(house), "--uds", str(path))
        assert served.stop() == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--audit-key", "key"), "`--audit-key` is for the records of `--internal`"),
        (("--internal", "--audit-key", "key"), "at least 16 bytes"),
        (("--threshold", "2"), "a threshold needs the keys"),
        (("--max-body", "0"), "`body_bytes_max` takes a number above zero"),
        (("--slow", "nan"), "`head_seconds` takes a number of seconds above zero"),
    ],
)
def test_wrong_use(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_bytes(b"short")
    result = CliRunner().invoke(group, ["serve", str(house), *words], prog_name="solon")
    assert result.exit_code == 2
    assert said in result.output


def test_an_artifact_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.solon").write_bytes(b"PK")
    result = CliRunner().invoke(group, ["serve", str(tmp_path / "x.solon")], prog_name="solon")
    assert result.exit_code == 2
    assert "this is not a Solon artifact" in result.output

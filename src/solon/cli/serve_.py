"""`solon serve`: a policy behind HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.common import read_key, wrong_use
from solon.matcher.errors import ArtifactError
from solon.service.app import application
from solon.service.following import Following
from solon.service.logs import configure
from solon.service.server import listening, run
from solon.service.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DEFAULT = Settings()


@click.command("serve")
@click.argument("artifact", type=FILE)
@click.option("--host", default="127.0.0.1", show_default=True, help="where to listen")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--uds", type=click.Path(path_type=Path), help="a Unix socket, in place of host and port")
@click.option(
    "--trust", multiple=True, type=click.Path(exists=True, path_type=Path), help="public keys (PEM)"
)
@click.option("--threshold", type=click.IntRange(min=1), help="how many of the keys must have signed")
@click.option("--interval", default=1.0, show_default=True, help="seconds between two looks at the file")
@click.option("--max-age", type=float, help="seconds after which an unconfirmed artifact is stale")
@click.option("--allow-older", is_flag=True, help="take a version below the one that decides")
@click.option("--internal", is_flag=True, help="also /internal/decide, which answers with audit records")
@click.option("--audit-key", type=FILE, help="the key of the records' digests: all bytes of a file")
@click.option("--host-name", "hosts", multiple=True, help="a name by which it may be called; any, without")
@click.option("--max-body", default=DEFAULT.body_bytes_max, show_default=True, help="bytes of a body")
@click.option("--max-batch", default=DEFAULT.batch_max, show_default=True, help="questions of a batch")
@click.option("--max-connections", default=DEFAULT.connections_max, show_default=True)
@click.option("--max-in-flight", default=DEFAULT.in_flight_max, show_default=True, help="requests at once")
@click.option("--slow", default=DEFAULT.body_seconds, show_default=True, help="seconds a slow client gets")
@click.option("--stop", default=DEFAULT.stop_seconds, show_default=True, help="seconds to finish on SIGTERM")
@click.option("--log-level", default="info", type=click.Choice(["debug", "info", "warning", "error"]))
def command(  # noqa: PLR0917  (click passes them by name)
    artifact: Path,
    host: str,
    port: int,
    uds: Path | None,
    trust: tuple[Path, ...],
    threshold: int | None,
    interval: float,
    max_age: float | None,
    allow_older: bool,
    internal: bool,
    audit_key: Path | None,
    hosts: tuple[str, ...],
    max_body: int,
    max_batch: int,
    max_connections: int,
    max_in_flight: int,
    slow: float,
    stop: float,
    log_level: str,
) -> None:
    """Serve decisions by ARTIFACT over HTTP, and follow the file when it changes.

    It answers to this machine alone unless `--host` says otherwise. Logs are JSON lines on standard error.
    """
    if audit_key is not None and not internal:
        wrong_use("`--audit-key` is for the records of `--internal`")
    try:
        settings = Settings(
            body_bytes_max=max_body,
            batch_max=max_batch,
            head_seconds=slow,
            body_seconds=slow,
            write_seconds=slow,
            stop_seconds=stop,
            connections_max=max_connections,
            in_flight_max=max_in_flight,
            internal=internal,
            audit_key=read_key(audit_key),
            hosts=hosts,
        )
        following = Following(
            artifact,
            trust=trust,
            threshold=threshold,
            interval=interval,
            max_age=max_age,
            allow_older=allow_older,
        )
    except ArtifactError as error:
        wrong_use(f"{artifact}: {error}")
    except ValueError as error:
        wrong_use(str(error))
    configure(log_level)
    app = application(following, settings)
    with listening(host, port, uds) as sock:
        name = sock.getsockname()
        at = f"unix:{name}" if uds is not None else f"http://{host}:{name[1]}"
        click.echo(f"{following.policy.name}, version {following.policy.version}, at {at}", err=True)
        run(app, sock)

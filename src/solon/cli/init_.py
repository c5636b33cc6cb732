"""`solon init`: a first policy that checks, tests and compiles."""

from __future__ import annotations

from pathlib import Path

import click

from solon.cli.common import wrong_use

FIRST_POLICY = """\
# A first policy. `solon test {name}` runs the tests below.
policy {stem} {{
  title   "Contact details before a contract"
  actions allow < warn < hold
  default allow
}}

use "std/contact"

facts {{
  contract.state  : enum(none, offer, active, ended)
  sender.verified : bool = false
}}

define pre_contract = contract.state in {{none, offer}}

rule phone_before_contract {{
  when   pre_contract and message contains phone
  unless sender.verified
  then   hold
  redact phone
  notify sender "Phone numbers can be shared once a contract starts."
}}

test "a phone number before a contract is held" {{
  given   contract.state = none
  message "Call me at +1 415 555 2671"
  expect  hold by phone_before_contract
}}

test "an order number is no phone number" {{
  given   contract.state = none
  message "My order is 20341-88"
  expect  allow
}}

test "with a contract phone numbers pass" {{
  given   contract.state = active
  message "Call me at +1 415 555 2671"
  expect  allow
}}
"""


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Write a first policy with its tests into FOLDER (here, where none is named)."""
    path = folder / "contact.policy"
    if path.exists():
        wrong_use(f"{path} is there already; nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(FIRST_POLICY.format(name=path, stem=path.stem), encoding="utf-8")
    click.echo(f"wrote {path}\nnext: solon check {path}; solon test {path}; solon compile {path}")

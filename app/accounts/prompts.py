"""What operators' commands ask for."""

import sys

import click


def read_password(from_stdin: bool) -> str:
    """The first line of standard input, or what is typed twice without being shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))

"""Print a script by which bash, zsh or fish completes harmonia's commands and options.

eval "$(harmonia completion bash)"         in ~/.bashrc
eval "$(harmonia completion zsh)"          in ~/.zshrc, behind compinit
harmonia completion fish | source          in ~/.config/fish/config.fish

Starting a shell then takes a moment longer; the script may as well be kept in a file. It knows the
methods that were there when it was printed.
"""

import argparse
import importlib

from harmonia.cli import _console

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell that the script is for")


def run(arguments: argparse.Namespace) -> None:
    from harmonia.cli._completion.interface import interface

    shell = importlib.import_module(f"harmonia.cli._completion.{arguments.shell}")
    _console.show(shell.script(interface()).rstrip("\n"))

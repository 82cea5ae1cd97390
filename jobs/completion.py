"""Completion of the command line by shells, written from its parsers."""

import argparse
import shlex
from collections.abc import Iterator
from typing import NamedTuple

SHELLS = ("bash", "zsh", "fish")

_BASH = """_gristmill() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} at="" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$at $word" in
{steps}
    esac
  done
  case "$at $before" in
{values}
  esac
  case "$at" in
{words}
  esac
}}
complete -o default -F _gristmill gristmill
"""
_ZSH = "autoload -U +X bashcompinit && bashcompinit\n"


class _Command(NamedTuple):
    """A verb, or the command itself, by the words that lead to it."""

    path: tuple[str, ...]
    help: str
    verbs: tuple[str, ...]
    options: tuple[argparse.Action, ...]


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """What the shell reads: verbs, options, and the values of those that have a few. Files are completed as ever."""
    commands = list(_commands(parser, (), ""))
    if shell == "fish":
        return "\n".join(_fish(commands)) + "\n"
    return (_ZSH if shell == "zsh" else "") + _bash(commands)


def _commands(parser: argparse.ArgumentParser, path: tuple[str, ...], said: str) -> Iterator[_Command]:
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    verbs = [name for one in below for name in one.choices]
    options = tuple(one for one in parser._actions if one.option_strings)
    yield _Command(path, said, tuple(verbs), options)
    for one in below:
        helps = {action.dest: action.help or "" for action in one._choices_actions}
        for name, inner in one.choices.items():
            yield from _commands(inner, (*path, name), helps.get(name, ""))


def _bash(commands: list[_Command]) -> str:
    steps, values, words = [], [], []
    for one in commands:
        at = "".join(f" {word}" for word in one.path)
        if one.path:
            steps.append(f"      {shlex.quote(at)}) at={shlex.quote(at)} ;;")
        for option in one.options:
            if option.choices:
                names = "|".join(shlex.quote(f"{at} {name}") for name in option.option_strings)
                values.append(f"    {names}) {_offer(map(str, option.choices))}; return ;;")
        flags = [name for option in one.options for name in option.option_strings if name.startswith("--")]
        offer = _offer([*one.verbs, *flags])
        words.append(f"    {shlex.quote(at)}) {offer if one.verbs else f'[[ $current == -* ]] && {offer}'} ;;")
    return _BASH.format(steps="\n".join(steps), values="\n".join(values), words="\n".join(words))


def _offer(words: "Iterator[str] | list[str] | map[str]") -> str:
    return f'COMPREPLY=($(compgen -W {shlex.quote(" ".join(words))} -- "$current"))'


def _fish(commands: list[_Command]) -> Iterator[str]:
    for one in commands:
        seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in one.path)
        inner = f"; and not __fish_seen_subcommand_from {' '.join(one.verbs)}" if one.verbs and one.path else ""
        when = shlex.quote(seen + inner if one.path else "__fish_use_subcommand")
        for verb in one.verbs:
            said = next(command.help for command in commands if command.path == (*one.path, verb))
            yield f"complete -c gristmill -n {when} -a {verb} -d {shlex.quote(_plain(said))}"
        for option in one.options:
            names = [name.removeprefix("--") for name in option.option_strings if name.startswith("--")]
            values = f" -x -a {shlex.quote(' '.join(map(str, option.choices)))}" if option.choices else ""
            said = shlex.quote(_plain(option.help or ""))
            yield from (f"complete -c gristmill -n {when} -l {name}{values} -d {said}" for name in names)


def _plain(said: str) -> str:
    return " ".join(said.replace("%%", "%").split())

"""From a command line to an exit code: every error is one sentence, and no traceback reaches a person."""

from __future__ import annotations

import io
import os
import sys

import typer

from magnitizdat import language, program
from magnitizdat.cli import face
from magnitizdat.cli.settings import Settings, take_settings
from magnitizdat.errors import EXIT_INTERRUPTED, EXIT_UNEXPECTED, EXIT_USAGE, MagError
from magnitizdat.sentence import say


def run(arguments: list[str]) -> int:
    """Run one command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Cyrillic is no reason to stop
    face.current = face.Face(Settings(), _language("", warns=False))
    try:
        settings = take_settings(arguments)
        face.current = face.Face(settings, _language(settings.lang, warns=True))
    except MagError as exc:
        face.current.warn(exc.sentence)
        return exc.exit_code
    try:
        code = _dispatch(settings.rest)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        face.let_go_of_stdout()
        code = 0
    except OSError as exc:
        face.let_go_of_stdout()
        face.current.warn(say("what was done could not be told ({why}); look whether it is", why=exc.strerror or exc))
        code = EXIT_UNEXPECTED
    return code


def _language(wish: str, *, warns: bool) -> language.Language:
    """What was asked for on the line; else what the environment says, where we have it and it can be read."""
    said = wish or language.asked(os.environ)
    if said == language.SOURCE:
        return language.ENGLISH
    folder = program.data_folder()
    if wish:
        return language.load(said, folder)
    try:
        return language.load(language.nearest(said, folder), folder)
    except MagError as exc:  # a catalogue that somebody brought, and nobody named it on this line
        if warns:
            face.current.warn(exc.sentence)
        return language.ENGLISH


def _command(exc: typer.TyperException) -> str:
    """The command that was written wrongly, `mag reel cut`: its own help page says how it is written."""
    context = getattr(exc, "ctx", None)
    return "mag" if context is None else context.command_path


def _dispatch(rest: list[str]) -> int:
    from magnitizdat.cli.app import app

    out = face.current
    try:
        result = app(args=rest or ["page"], prog_name="mag", standalone_mode=False)
    except MagError as exc:
        return out.fail(exc.sentence, exc.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        result = EXIT_INTERRUPTED
    except typer.TyperException as exc:
        from magnitizdat.cli.help import of_help, of_typer

        if exc.format_message().startswith(of_help("Usage:")):  # a group without a verb: typer raises the whole help
            out.show(exc.format_message())
            return EXIT_USAGE
        said = exc.format_message().rstrip(".")
        asks = said.endswith("?")  # "Did you mean 'list'?"
        return out.fail(
            say("{said} `mag --help` shows all.", said=of_typer(said))
            if asks
            else say("{said}; `{command} --help` shows how", said=of_typer(said), command=_command(exc)),
            EXIT_USAGE,
        )
    except BrokenPipeError:
        raise
    except SystemExit as exc:  # typer's answer to a reader who has seen enough
        raise BrokenPipeError from exc
    except Exception as exc:  # noqa: BLE001 -- the last door: a person gets a sentence, -v the rest
        if out.settings.verbose:
            import traceback

            traceback.print_exc()
        return out.fail(
            say(
                "something unexpected happened ({name}); nothing committed is lost, -v shows more",
                name=type(exc).__name__,
            ),
            EXIT_UNEXPECTED,
        )
    if result == EXIT_INTERRUPTED:  # typer makes this number of Ctrl-C itself
        return out.fail(say("interrupted; run the same command again to go on"), EXIT_INTERRUPTED)
    return result if isinstance(result, int) else 0

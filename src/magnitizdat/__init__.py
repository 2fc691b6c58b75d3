"""Music passed hand to hand where the internet is cut, filtered or watched.

The names in `PUBLIC` are what other programs may lean on; each is imported when it is first asked for, so that
`import magnitizdat` costs nothing. They are described with units, shapes, errors and examples in `docs/api.md`.
"""

__version__ = "0.1.0"

PUBLIC = {
    "Container": "magnitizdat.formats.container",
    "Library": "magnitizdat.library.library",
    "ReelFileSystem": "magnitizdat.reel.filesystem",
    "Release": "magnitizdat.model",
    "Track": "magnitizdat.model",
    "check": "magnitizdat.reel.check",
    "create_label": "magnitizdat.catalogue.publisher",
    "cut_reel": "magnitizdat.ops.give.cut",
    "dub": "magnitizdat.ops.dub.from_spool",
    "export": "magnitizdat.ops.give.export",
    "import_music": "magnitizdat.ops.intake.importing",
    "mend": "magnitizdat.reel.mend",
    "open_reel": "magnitizdat.reel.opening",
    "open_sealed": "magnitizdat.formats.age",
    "publish": "magnitizdat.ops.labels.publish",
    "refresh": "magnitizdat.catalogue.refresh",
    "seal": "magnitizdat.formats.age",
    "unlock": "magnitizdat.library.library",
    "unseal": "magnitizdat.formats.age",
}
"""Public name to the module that is its home."""


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"module 'magnitizdat' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return [*PUBLIC, "PUBLIC", "__version__"]

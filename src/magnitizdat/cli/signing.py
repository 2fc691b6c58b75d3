"""How a person says which of their labels signs or shows itself."""

from __future__ import annotations

from typing import Annotated

import typer

As = Annotated[
    str,
    typer.Option("--as", "--label", metavar="LABEL", help="Which of your labels this is; needed where several are."),
]
"""For `ops.labels.labels.signing_label`. `--label` is what it was called where there was one way to say it."""
OnlyCopy = Annotated[
    bool,
    typer.Option("--only-copy", help="This restored library is the only copy: publish with a gap of versions."),
]
"""What a library that was restored or cloned says where no other copy signs."""

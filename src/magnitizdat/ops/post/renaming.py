"""`mag label rename`: an own label says another name; everybody who has it learns so with the next stick."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from magnitizdat.catalogue.documents import LabelDocument
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.ops.labels.labels import check_unlike, signing_label
from magnitizdat.ops.post.addresses import label_document, sign_about
from magnitizdat.sentence import say


def rename(library: Library, label: str, name: str, *, now: datetime, only_copy: bool = False) -> tuple[str, int]:
    """Sign the new name of an own label: the one before, and the version of its list that says the new one.

    Raises: UsageError where it is not one's own, or a label that is known is called like that.
    """
    wanted = name.strip()
    with library.changes() as changes:
        view = signing_label(library, label)
        if not wanted or wanted == view.name:
            raise UsageError(say("«{name}» is its name already; give another one", name=view.name))
        check_unlike(library, wanted, but=view.imprint)
        document = label_document(library, view.imprint) or LabelDocument(name=view.name)
        named = structs.replace(view, name=wanted)
        document = structs.replace(document, name=wanted)
        version = sign_about(library, changes, named, document, now=now, only_copy=only_copy)
        changes.commit()
    return view.name, version

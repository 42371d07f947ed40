"""A deck as a PDF: real text, vector plots, links, bookmarks and tags. The same deck gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from bpslides import __version__
from bpslides.errors import Problem
from bpslides.export.order import Order, Watch
from bpslides.export.pages import Pages
from bpslides.write import check_target, write_bytes


def write_pdf(file: Path, target: Path, pages: Pages, watch: Watch) -> list[Problem]:
    """Print the deck in ``file`` to ``target``; returns the warnings about it.

    Raises:
        DeckError: the deck has errors.
        UsageError: there is no browser, or ``target`` is no place for a PDF.
        BpslidesError: the browser did not print it, or the disk refuses. What was at ``target`` is still there.
    """
    check_target(target, [file])
    with Order(file, watch) as order:
        printed = order.printed(pages)
        import pypdf  # noqa: F401 - here, while the browser is at work

        (made,) = printed
        titles = {note["id"]: note["title"] for note in order.site.notes}
        data = bookmarked(neutral(made.data), [titles[slide] for slide in order.slides(pages)])
        write_bytes(target, data, order.site.read)
        return order.problems


def neutral(data: bytes) -> bytes:
    """A PDF of Chrome without the hour and the machine of its making. No byte moves: its table of places stays true."""
    data = re.sub(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)", lambda match: b" " * len(match[0]), data, count=2)
    ours = b"/Creator (bpslides %s)" % __version__.encode()
    data = re.sub(
        rb"/Creator \((?:\\.|[^\\)])*\)", lambda match: ours.ljust(len(match[0]))[: len(match[0])], data, count=1
    )
    # Cells of tables are named after a number of the browser's, which begins anywhere.
    names = sorted(set(re.findall(rb"node\d{8}", data)))
    fixed = {name: b"node%08d" % number for number, name in enumerate(names)}
    return re.sub(rb"node\d{8}", lambda match: fixed[match[0]], data)


def bookmarked(data: bytes, titles: Sequence[str]) -> bytes:
    """The PDF with these titles in its bookmarks, of which there is one for each slide.

    The browser's own are made of what is painted: lines run together, and formulas lose their fractions and powers.
    """
    from pypdf import PdfReader
    from pypdf.generic import NameObject, TextStringObject

    reader = PdfReader(BytesIO(data))
    entries = list(_entries(reader.root_object.get("/Outlines", {})))
    if len(entries) != len(titles) or b"\ntrailer" not in data:  # a browser's way of writing that we do not know
        return data
    changed: dict[int, Any] = {}
    for entry, title in zip(entries, titles, strict=True):
        if entry["/Title"] != title:
            entry[NameObject("/Title")] = TextStringObject(title)
            changed[entry.indirect_reference.idnum] = entry
    return _amended(data, changed) if changed else data


def _amended(data: bytes, objects: Mapping[int, Any]) -> bytes:
    """The PDF with other objects in the place of some of its own, which PDFs have at their end, in a table of places.

    pypdf can do that, too, but its table lacks an entry, of which strict readers complain.
    """
    end = data.rindex(b"\ntrailer") + 1
    trailer, _, old = data[end:].partition(b"startxref")
    out = BytesIO()
    # Some readers take a table that begins elsewhere than at 0 for a wrong one.
    table = b"0 1\n0000000000 65535 f \n"
    out.write(data)
    for number, thing in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, out.tell())
        out.write(b"%d 0 obj\n" % number)
        thing.write_to_stream(out)
        out.write(b"\nendobj\n")
    place = out.tell()
    again = trailer.rstrip().removesuffix(b">>") + b"\n/Prev %d>>" % int(old.split()[0])
    out.write(b"xref\n" + table + again + b"\nstartxref\n%d\n%%%%EOF\n" % place)
    return out.getvalue()


def _entries(parent: Any) -> Iterator[Any]:
    """The bookmarks below ``parent``, each before its own."""
    entry = parent.get("/First")
    while entry is not None:
        entry = entry.get_object()
        yield entry
        yield from _entries(entry)
        entry = entry.get("/Next")

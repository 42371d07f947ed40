"""The pages around the decks: the speaker view, and what stands in for a broken deck."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bpslides.render import Site


def speaker(site: Site, language: str) -> str:
    """The speaker view of a deck: its notes beside two frames that follow the main window."""
    style = next(name for name in site.files if name.startswith("assets/deck.") and name.endswith(".css"))
    return (
        _templates()
        .get_template("speaker.html")
        .render(
            title=site.title,
            lang=language,
            notes=site.notes,
            duration=site.duration,
            style_link=style,
            script_link="speaker.js",
        )
    )


def problems(name: str, found: list[str]) -> str:
    """A page that shows what is wrong with a deck that was never good yet, and asks again every two seconds."""
    return _templates().get_template("problems.html").render(name=name, problems=found)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    here = Path(__file__).parent
    return Environment(
        loader=FileSystemLoader([here / "templates", here.parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""A stranger's deck file: whatever its bytes are, there is a page or there are messages, soon, and nothing else."""

import time
from pathlib import Path

import pytest

from bpslides.cli import main
from bpslides.errors import MOST_PROBLEMS
from tests.decks import Deck, with_content
from tests.yamls import load

PAIRS = list(zip("abcdefghij", "bcdefghijk", strict=True))
#: Small texts that grow without end, and long ones that nest or go wrong without end.
BOMBS = {
    "brackets": "a: " + "[" * 200_000,
    "braces": "a: " + "{" * 200_000,
    "dashes": "- " * 200_000,
    "questions": "? " * 200_000,
    "parts": "a: [" + "1," * 300_000 + "1]",
    "lists of aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in PAIRS),
    "mappings of aliases": "a: &a {p: x}\n"
    + "".join(f"{b}: &{b} {{{', '.join(f'k{i}: *{a}' for i in range(9))}}}\n" for a, b in PAIRS),
    "chain of aliases": "".join(f"k{i}: &a{i} {'[' * 40}{f'*a{i - 1}' if i else 'x'}{']' * 40}\n" for i in range(60)),
    "merge keys": "a: &a {p: x}\n" + "".join(f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}]}}\n" for a, b in PAIRS),
    "itself": "a: &a {b: [*a]}",
    "faults": "slides:\n" + "".join(f"  - title: a: b{i}\n" for i in range(20_000)),
    "faults of one slide": "slides:\n  - title: A\n    content:\n" + "      - a: b: c\n" * 20_000,
    "open quotes": "slides:\n" + "  - title: 'b\n" * 20_000,
    "open brackets": "slides:\n" + "  - [" + "[a, " * 40 + "\n" + "  - x: [\n" * 20_000,
    "one long line": "slides:\n  - title: " + "a: " * 300_000,
    "one long flow": "slides:\n  - {" + "a: b: , " * 100_000,
    "double braces": "slides:\n  - title: " + "{{ x }} " * 50_000,
    "tabs": "slides:\n" + "\t- x\n" * 100_000,
    "quotes": "a: '" + "' '" * 300_000,
    "backslashes": 'a: "' + "\\" * 1_000_001,
    "latex": 'a: "' + "\\frac " * 300_000 + '"',
    "lines of latex": "a:\n" + ' - "\\frac"\n' * 15_000,
    "latex in one line": "a: [" + '"\\frac",' * 15_000 + "]",
    "tags in one line": "a: [" + "!a x," * 15_000 + "]",
    "names in one line": "a: [" + ",".join(f"&a{i} x" for i in range(15_000)) + "]",
    "comments": "a:\n" + " - x #y\n" * 15_000,
    "the same key": "a: 1\n" * 15_000,
    "conflicts": "<<<<<<< x\n" * 200_000,
    "control characters": "a: " + "\x01" * 1_000_000,
    "no width": "a: " + "\u200b" * 1_000_000,
    "documents": "---\na: 1\n" * 50_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    """Each is refused at once, or told in part; no alias is ever followed without end."""
    start = time.process_time()
    _, told = load(BOMBS[name])
    assert time.process_time() - start < 30  # 1 s at most when measured alone
    assert told
    assert len(told) <= MOST_PROBLEMS + 2
    assert "alias" not in name or any("repeats too much of the deck" in message for message in told)


SLIDE = "title: T\nslides:\n  - title: A\n"
FLOODS = {
    "unknown keys": SLIDE + "".join(f"    k{i}: 1\n" for i in range(4_000)),
    "unknown keys of the head": "".join(f"tit{i}: 1\n" for i in range(4_000)) + SLIDE,
    "unknown blocks": SLIDE + "    content:\n" + "      - flwo: 1\n" * 4_000,
    "slides without a title": "title: T\nslides:\n" + "  - titel: 1\n" * 4_000,
    "slides with one title": "title: T\nslides:\n" + "  - title: A\n" * 4_000,
    "slides with one id": "title: T\nslides:\n" + "  - {title: A, id: a}\n" * 5_000,
    "unknown models": SLIDE + "    content:\n" + "".join(f"      - '{{{{ m.x{i} }}}}'\n" for i in range(5_000)),
    "wrong claims": SLIDE + "    claims: [" + "1 < 0," * 4_000 + "]",
    "models": "title: T\nslides: [{title: A}]\nmodels:\n"
    + "".join(f"  m{i}: {{graph: {{x: '1'}}}}\n" for i in range(1_000)),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods(tmp_path: Path, name: str) -> None:
    """Thousands of mistakes take seconds; the first few hundred are told, the others counted."""
    start = time.process_time()
    found = Deck(tmp_path, FLOODS[name])
    assert time.process_time() - start < 30  # 1.5 s at most when measured alone
    assert len(found.problems) <= MOST_PROBLEMS + 2
    assert not found.problems or found.messages[-1].endswith("more errors are not listed")


REFUSED = {
    "empty": b"",
    "comments": b"# nothing\n",
    "list": b"- a\n",
    "text": b"just words\n",
    "number": b"7\n",
    "nul": b"title: a\0b\nslides: [{title: A}]\n",
    "escape": b"title: \x1b[31mred\nslides: [{title: A}]\n",
    "latin-1": "title: café\nslides: [{title: A}]\n".encode("latin-1"),
    "utf-16": "title: T\nslides: [{title: A}]\n".encode("utf-16"),
    "utf-16 without mark": "title: T\nslides: [{title: A}]\n".encode("utf-16-be"),
    "utf-32": "title: T\nslides: [{title: A}]\n".encode("utf-32"),
    "surrogate": b"title: \xed\xa0\x80\nslides: [{title: A}]\n",
    "overlong": b"title: \xc0\xaf\nslides: [{title: A}]\n",
    "cut": b"title: \xe2\x82\nslides: [{title: A}]\n",
    "two documents": b"title: T\nslides: [{title: A}]\n---\ntitle: U\n",
    "python": b"title: !!python/object/apply:os.system [id]\nslides: [{title: A}]\n",
    "binary": b"title: !!binary AAAA\nslides: [{title: A}]\n",
    "odd tags": b"title: [!!int x, !!float y, !!timestamp z, !!bool maybe, !!set {a}]\nslides: [{title: A}]\n",
    "merge": b"x: &x {title: T}\n<<: *x\nslides: [{title: A}]\n",
    "keys": b"[a]: 1\n{b: c}: 2\n? |\n  d\n: 3\ntitle: T\nslides: [{title: A, ? [x] : y}]\n",
    "proto": b"__proto__: {title: T}\n__class__: 1\nconstructor: 2\nslides: [{title: A}]\n",
    "huge numbers": b"title: T\nduration: " + b"9" * 5000 + b"\nslides: [{title: A}]\n",
    "infinite": b"title: T\nduration: 1e400\nslides: [{title: A}]\n",
    "not a number": b"title: T\nduration: .nan\nslides: [{title: A}]\n",
    "eight or ten": b"title: T\nduration: 010\nslides: [{title: A}]\n",
    "sixty": b"title: T\nduration: 10:30\nslides: [{title: A}]\n",
    "truth": b"title: T\nslides: [{title: A, content: [{cards: {cards: [{title: a, text: b}], columns: true}}]}]\n",
    "deep": b"title: T\nslides: [{title: " + b"[" * 60 + b"]" * 60 + b"}]\n",
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", ["check", "build", "values"])
def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    """Whatever the file holds, the exit code is 1, each message has its place, and there is no traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deck.yaml").write_bytes(REFUSED[name])
    with pytest.raises(SystemExit) as ended:
        main([command, "deck.yaml", *(["-o", "out"] if command == "build" else [])])
    told = "".join(capsys.readouterr())
    assert ended.value.code == 1, told
    assert "deck.yaml:" in told
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "yes",
        "on",
        "off",
        "010",
        "0o17",
        "0x1F",
        "10:30",
        "1.50",
        "1e3",
        "2024-02-30",
        "true",
        "12_000",
        ".5",
        "1e400",
    ],
)
def test_text_is_shown_as_it_is_written(tmp_path: Path, written: str) -> None:
    """What YAML might take for something else is text where text belongs: in titles, cells, texts and notes."""
    content = f"""\
        - table: {{header: [{written}], rows: [[{written}]]}}
        - callout: {{title: {written}, text: {written}}}
    """
    page = Deck(tmp_path, with_content(content).replace("title: One", f"title: {written}")).sound.page
    assert page.texts("h2") == page.texts("th") == page.texts("td") == page.texts("h3") == [written]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no", "should be true or false, not text (write false, without quotes)"),
        ("yes", "should be true or false, not text (write true, without quotes)"),
        ("On", "should be true or false, not text (write true, without quotes)"),
        ("'true'", "should be true or false, not text (write true, without quotes)"),
        ("1", "should be true or false, not a number (write true, without quotes)"),
        ("maybe", "should be true or false, not text"),
        ("[]", "should be true or false"),
    ],
)
def test_truth_values(tmp_path: Path, value: str, message: str) -> None:
    """Where true or false is meant, nothing else is taken for it."""
    found = Deck(tmp_path, f"title: T\nslides:\n  - include: {{deck: visual-guide, models: {value}}}\n  - title: A\n")
    assert found.messages == [f"3:35: “models” {message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "ti\u200btle: T\nslides: [{title: A}]\n",
            "1:3: warning: a character that nobody sees stands here: U+200B has no width",
        ),
        (
            "title: a\u202eb\nslides: [{title: A}]\n",
            "1:9: warning: a character that nobody sees stands here: U+202E turns",
        ),
        (
            "title: a\ufeffb\nslides: [{title: A}]\n",
            "1:9: warning: a character that nobody sees stands here: U+FEFF has no",
        ),
    ],
)
def test_what_nobody_sees_is_shown(tmp_path: Path, text: str, message: str) -> None:
    """Characters without width, and those that turn the direction of text, are told, and spelt out in the message."""
    found = Deck(tmp_path, text)
    (told,) = (
        problem for problem, line in zip(found.problems, found.messages, strict=True) if line.startswith(message)
    )
    assert f"\\u{ord(next(c for c in text if ord(c) > 0x2000)):04x}" in str(told)


@pytest.mark.parametrize("text", ["שלום עולם", "می\u200cخواهم", "👩\u200d👩\u200d👧", "a\u200fb", "क\u094d\u200dष"])
def test_scripts_of_the_world(tmp_path: Path, text: str) -> None:
    """Marks and joiners that languages and emoji need are no matter."""
    assert text in Deck(tmp_path, f"title: T\nslides: [{{title: '{text}'}}]\n").sound.page.one("h2").text

"""The process that parses a sheet or a document of strangers: limits first, JSON out. `python -m ui.leads.apart KIND …`"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from dataclasses import asdict
from typing import Any, Final

from corpus.errors import UnreadableFile
from corpus.formats.child import limit
from corpus.formats.sandbox import Limits, answer_apart
from ui.leads import wording
from ui.leads.archives import check_package
from ui.leads.records import Parsed, SheetCell, SheetGrid, SheetParagraph, SheetRow

LIMITS = Limits(memory=1_500_000_000, cpu=30, wall=120.0)
_MOST_PICTURES: Final = 8
_DOTS: Final = 90  # an inch


def parse_apart(kind: str, data: bytes, limits: Limits = LIMITS) -> Parsed:
    """Return tables and paragraphs of a file of `kind` (xlsx, docx, pdf). Raises UnreadableFile with reason and remedy."""
    answer = answer_apart("ui.leads.apart", kind, data, limits)
    return Parsed(
        tuple(
            SheetGrid(
                one["part"],
                tuple(_row(row) for row in one["rows"]),
                one["told"],
                frozenset(one["hidden"]),
                one["after"],
            )
            for one in answer["grids"]
        ),
        tuple(SheetParagraph(**one) for one in answer["paragraphs"]),
        tuple(answer["notices"]),
    )


def pictures_apart(data: bytes, limits: Limits = LIMITS) -> tuple[list[str], int]:
    """Return the first pages of a PDF as JPEG in base64, and how many pages it has. Raises UnreadableFile."""
    answer = answer_apart("ui.leads.apart", "pictures", data, limits)
    return answer["pages"], answer["count"]


def _row(kept: dict[str, Any]) -> SheetRow:
    cells = {int(at): SheetCell(**{**cell, "choices": tuple(cell["choices"])}) for at, cell in kept["cells"].items()}
    return SheetRow(kept["number"], cells, kept["hidden"])


def main(arguments: list[str]) -> None:
    kind, memory, cpu = arguments[0], int(arguments[1]), int(arguments[2])
    limit(memory, cpu)
    answer_to = os.dup(1)  # whatever a library prints goes nowhere
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answer: dict[str, Any]
    try:
        data = sys.stdin.buffer.read()
        answer = _pictures(data) if kind == "pictures" else _parsed(kind, data)
    except UnreadableFile as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": wording.OUT_OF_MEMORY.format(memory // 1_000_000)}
    except RecursionError:
        answer = {"refused": wording.NESTED}
    except Exception:  # the libraries raise anything for a damaged file
        kind = "pdf" if kind == "pictures" else kind
        answer = {"refused": wording.BROKEN.format(kind=kind, save=wording.SAVE_AS[kind])}
    with os.fdopen(answer_to, "wb") as pipe:
        pipe.write(json.dumps(answer).encode("ascii"))


def _pictures(data: bytes) -> dict[str, Any]:
    import pdfplumber

    pages = []
    with pdfplumber.open(io.BytesIO(data)) as file:
        for page in file.pages[:_MOST_PICTURES]:
            out = io.BytesIO()
            page.to_image(resolution=_DOTS).original.convert("RGB").save(out, "JPEG", quality=70)
            pages.append(base64.b64encode(out.getvalue()).decode("ascii"))
        return {"pages": pages, "count": len(file.pages)}


def _parsed(kind: str, data: bytes) -> dict[str, Any]:
    if kind != "pdf":
        check_package(data, kind)
    if kind == "pdf":
        from ui.leads.pdf_questions import read_pdf

        parsed = read_pdf(data)
    elif kind == "xlsx":
        from ui.leads.sheets import read_sheets

        parsed = read_sheets(data)
    else:
        from ui.leads.words import read_words

        parsed = read_words(data)
    plain = asdict(parsed)
    for grid in plain["grids"]:
        grid["hidden"] = sorted(grid["hidden"])
    return plain


if __name__ == "__main__":
    main(sys.argv[1:])

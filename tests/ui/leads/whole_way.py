"""Three files of an investor from arrival to sending: `python -m tests.ui.leads.whole_way OUT --index FOLDER`.

The sheet, the Word file and the mail of `files`, asked about 临平, are answered by the built-in answerer; every answer with a source is
accepted; each goes out in its own format and as a letter. Every number is looked up in its quote, every untouched byte compared.
`--kill` answers the sheet once more in a process that is killed with SIGKILL three times, and compares the replies.
With LibreOffice and pdftoppm on the machine each file also becomes pictures in OUT, to be looked at.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import click
import pdfplumber

from index.search.embedding import load_embedder
from tests.ui.leads import files
from tests.ui.leads.checking import filled_texts, letter_texts, numbers, untouched, unverifiable
from ui.leads import fact_sheet
from ui.leads.answering import AnsweringRun, Sources
from ui.leads.apart import pictures_apart
from ui.leads.desk import LeadDesk
from ui.leads.exports import ExportWish
from ui.leads.letters import Sender
from ui.leads.questionnaires import read_questionnaire
from ui.leads.replies import Colour
from ui.leads.store import LeadError, Store

HERE = {"青溪": "临平", "数谷": "临平数智城", "码头": "算力小镇"}


def renamed(data: bytes) -> bytes:
    """Return a file that asks about places which exist."""
    if not data.startswith(b"PK"):
        return _told(data)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry, _told(part) if entry.filename.endswith(".xml") else part)
    return out.getvalue()


def _told(part: bytes) -> bytes:
    for made_up, real in HERE.items():
        part = part.replace(made_up.encode(), real.encode())
        part = part.replace(made_up.encode("ascii", "xmlcharrefreplace"), real.encode("ascii", "xmlcharrefreplace"))
    return part


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--index", "folder", type=click.Path(path_type=Path), required=True)
@click.option("--kill", is_flag=True)
def main(out: Path, folder: Path, kill: bool) -> None:
    from index.storage.store import open_with
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    out.mkdir(parents=True, exist_ok=True)
    snapshot = open_with(folder, "auto")
    sources = Sources(ExtractiveAnswerer(snapshot, Models.built_in(), today=date.today), snapshot)
    store = out / "leads.sqlite"
    store.unlink(missing_ok=True)
    desk = LeadDesk(Store(store), lambda: sources, load_embedder, Sender("临平区投资促进局", "招商一科"))
    wrong = 0
    print(
        "| file | questions | green, blue, yellow | goes out | numbers | unverifiable | else changed |\n|---|--:|---|--:|--:|--:|--:|"
    )
    for name, data in (("问卷.xlsx", files.sheet()), ("问卷.docx", files.word()), ("来信.txt", files.MAIL.encode())):
        wrong += _walk(desk, name, renamed(data), out)
    for form in fact_sheet.FORMS:
        (out / f"区情数据速览.{form}").write_bytes(fact_sheet.write(desk.fact_sheet(fact_sheet.topics_of(())), form))
    pages = len(pdfplumber.open(out / "区情数据速览.pdf").pages)
    print(f"sheet of figures: {pages} pages")
    wrong += pages > 2
    if kill:
        wrong += _killed(desk, out, folder)
    print(_photographed(out))
    sys.exit(1 if wrong else 0)


def _walk(desk: LeadDesk, name: str, data: bytes, out: Path) -> int:
    kind = name.rpartition(".")[2]
    lead = desk.store.add(read_questionnaire(name, data), data, who="小周", client=files.COMPANY)
    desk.answer(lead, who="小周")
    colours = [item.reply.colour for item in desk.store.items(lead) if item.reply is not None]
    for item in desk.store.items(lead):
        try:
            desk.accept(item, who="小周")
        except LeadError:
            continue  # a person has to answer it
    items = desk.store.items(lead)
    texts: list[tuple[str, int]] = []
    kept: dict[int, str] = {}
    changed: list[str] = []
    (out / name).write_bytes(data)
    letter = desk.export(lead, ExportWish("letter"), who="小周")
    (out / letter.name).write_bytes(letter.data)
    texts += [(text, number) for number, text in letter_texts(letter.data).items()]
    filled = letter.filled
    if kind != "txt":
        sent = desk.export(lead, ExportWish("original"), who="小周")
        (out / sent.name).write_bytes(sent.data)
        kept = filled_texts(kind, sent.data, items)
        texts += [(text, number) for number, text in kept.items() if not items[number - 1].asked.given]
        changed = untouched(kind, data, sent.data, items)
        filled = sent.filled
    checked, dark = 0, []
    for text, number in texts:
        reply = items[number - 1].reply
        assert reply is not None
        checked += len(numbers(re.sub(r"\[\d+\]", "", text)))
        dark += [f"{name} {number}: {one} in {text[:60]!r}" for one in unverifiable(text, reply)]
    for number, text in kept.items():
        if items[number - 1].asked.given not in ("", text):
            raise AssertionError(f"{name} {number}: what stood there was overwritten")
    counts = ", ".join(str(colours.count(one)) for one in Colour)
    print(f"| {name} | {len(items)} | {counts} | {filled} | {checked} | {len(dark)} | {len(changed)} |")
    for one in (*dark, *changed):
        print(f"  {one}", file=sys.stderr)
    return len(dark) + len(changed)


def _killed(desk: LeadDesk, out: Path, folder: Path) -> int:
    """Answer the sheet in a process that is killed three times; return how many replies differ from those of a run in one go."""
    path = out / "killed.sqlite"
    path.unlink(missing_ok=True)
    broken = Store(path)
    data = renamed(files.sheet())
    lead = broken.add(read_questionnaire("问卷.xlsx", data), data, who="小周")
    command = [
        sys.executable,
        "-c",
        "from ui.terminal.cli import main; main()",
        "leads",
        "answer",
        str(lead),
        "--store",
        str(path),
        "--index",
        str(folder),
    ]
    for enough in (10, 20, 30, 10_000):
        with broken.writing() as db:
            db.execute("DELETE FROM runs")  # as if its sign of life were old
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while child.poll() is None and broken.lead(lead).counts["drafted"] < enough:
            time.sleep(0.05)
        child.kill() if enough < 10_000 else child.wait()
        child.wait()
    whole = desk.store.add(read_questionnaire("问卷.xlsx", data), data, who="小周")
    AnsweringRun(desk.store, whole, desk.sources).go()
    pairs = list(zip(broken.items(lead), desk.store.items(whole), strict=True))
    differ = [one.number for one, two in pairs if one.reply != two.reply]
    print(f"killed three times: {len(pairs) - len(differ)} of {len(pairs)} replies as in one go {differ or ''}")
    return len(differ)


def _photographed(out: Path) -> str:
    """Turn the files that were sent into pictures beside them; tell how many."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        return "no pictures: LibreOffice (writer, calc) and pdftoppm are not here"
    for number, page in enumerate(pictures_apart((out / "区情数据速览.pdf").read_bytes())[0], start=1):
        (out / f"区情数据速览-pdf-{number}.jpg").write_bytes(base64.b64decode(page))
    for file in [
        *out.glob("*（答复*.xlsx"),
        *out.glob("*（答复*.docx"),
        *out.glob("*速览.docx"),
        *out.glob("*速览.xlsx"),
    ]:
        subprocess.run(
            [
                "soffice",
                "--headless",
                f"-env:UserInstallation=file://{out}/.office",
                "--convert-to",
                "pdf",
                "--outdir",
                out,
                file,
            ],
            check=True,
            capture_output=True,
            timeout=600,
        )
        pdf = out / f"{file.stem}.pdf"
        pdf.rename(pdf := out / f"{file.stem}-{file.suffix[1:]}.pdf")
        subprocess.run(["pdftoppm", "-r", "60", "-png", pdf, out / pdf.stem], check=True, timeout=600)
    return f"pictures: {len([*out.glob('*.png'), *out.glob('*.jpg')])} in {out}"


if __name__ == "__main__":
    main()

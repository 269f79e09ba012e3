"""Who runs the service and how: what a page needs to know beside the articles. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import cpu_count
from pathlib import Path

from pydantic import SecretStr

from index.storage.stores import IndexStore
from ui import wording
from ui.service.keys import Keys, is_loopback
from ui.service.limits import RUN_AT_ONCE, ServerLimits
from ui.service.stores import store_of
from ui.settings import Settings


@dataclass(frozen=True, slots=True)
class Hosting:
    """`model` names the language model that writes answers, empty when none does; `model_here` when it runs in this
    process. `proxies` are believed, `sign_on_header` names who is logged in there. `leads` is the lead desk's database; None: no desk.
    `corpus` is the folder that its articles come from and `store` where they are published; None: no articles are changed here."""

    limits: ServerLimits = field(default_factory=ServerLimits)
    keys: Keys = field(default_factory=lambda: Keys({}))
    proxies: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    root_path: str = ""
    sign_on_header: str = ""
    operator: str = ""
    contact: str = ""
    filing: str = ""
    model: str = ""
    model_here: bool = False
    leads: Path | SecretStr | None = None
    corpus: Path | None = None
    store: IndexStore | None = None
    embedder: str = ""
    fetch: bool = False
    ocr: bool = False

    @classmethod
    def of(cls, settings: Settings, model: str = "") -> Hosting:
        """Return what the settings say. Raises SettingsError for a file of keys that cannot be used."""
        return cls(
            limits=ServerLimits(
                per_minute=settings.per_minute,
                per_day=settings.per_day,
                seconds=(settings.local_timeout if settings.answerer == "local" else settings.answer_timeout) + 10
                if model
                else 60.0,  # a model has its own deadline, and says so better
                at_once=RUN_AT_ONCE
                if model
                else max(2, cpu_count() or 2),  # without a model, answering is work for processors
            ),
            keys=Keys({}) if settings.api_keys is None else Keys.read(settings.api_keys),
            proxies=settings.proxies,
            origins=settings.origins,
            root_path=settings.root_path,
            sign_on_header=settings.sign_on_header,
            operator=settings.operator,
            contact=settings.contact,
            filing=settings.filing,
            model=model,
            model_here=settings.answerer == "local",
            leads=settings.desk,
            corpus=settings.corpus,
            store=store_of(settings),
            embedder=settings.embedder,
            fetch=settings.fetch,
            ocr=settings.ocr,
        )

    def missing(self, address: str) -> tuple[str, ...]:
        """Return what a service at `address` should have and has not; nothing for this machine alone."""
        if is_loopback(address):
            return ()
        wanted = (
            (self.operator, wording.NO_OPERATOR),
            (self.contact, wording.NO_CONTACT),
            (len(self.keys), wording.NO_KEYS),
        )
        return tuple(words for there, words in wanted if not there)

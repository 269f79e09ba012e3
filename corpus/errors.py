"""Everything that we raise on purpose.

A message is written for the person who reads it: Chinese, one sentence, what was found and what mends it. The exit code
is what `linping` leaves with; codes 1 and 2 stay free for crashes and for wrong usage.
"""


class LinpingError(Exception):
    """Root of the tree. `exit_code` is documented in docs/cli.md."""

    exit_code = 3


class QuestionError(LinpingError):
    """A question that cannot be asked: empty, too long, not text."""

    exit_code = 4


class CorpusError(LinpingError):
    """A folder of articles that is missing, empty or damaged."""

    exit_code = 5


class UnreadableFile(CorpusError):
    """One file that no reader can turn into text. The other files go on."""


class ScannedFile(UnreadableFile):
    """A file that holds pictures of text and no text."""


class BadIndex(LinpingError):
    """An index that is missing, damaged or built by something else."""

    exit_code = 6


class IndexBusy(BadIndex):
    """Another process is writing the same index."""

    exit_code = 7


class StorageError(LinpingError):
    """The disk is full, read-only or failing. What was there before is still there."""

    exit_code = 8


class SettingsError(LinpingError):
    """A setting that is unknown or out of range."""

    exit_code = 9


class ModelError(LinpingError):
    """A model that is missing, damaged or of another shape than the index needs."""

    exit_code = 10

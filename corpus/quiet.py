"""Libraries that would report to their makers are told not to, before they are loaded."""

from __future__ import annotations

import os


def keep_quiet() -> None:
    """Forbid onnxruntime to report: from 1.29 on it sends the names and prints of models, and keeps an id in the home."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"

"""Modules compiled by the Python that will run them, so that a start compiles nothing and writes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from installer.runtime import Runtime
from installer.wine import Wine

_PATIENCE = 500
"""Seconds: some two thousand modules take one minute on one processor."""


class NotCompiled(Exception):
    """Some module was not compiled; the text is what Python says of it."""


def compile_modules(folders: list[Path], stage: Path, runtime: Runtime, work: Path) -> None:
    """Compile every module in ``folders`` of ``stage``. Python for Windows is run in Wine, in ``work``.

    Whether a module's source has changed is not asked when it is imported: what is installed does not change.
    Raises NotCompiled.
    """
    python = work / "python"
    shutil.rmtree(python, ignore_errors=True)
    python.mkdir(parents=True)
    for name, content in runtime.files.items():
        (python / name).write_bytes(content)
    wine = Wine(work / "wine")
    try:
        outcome = wine.run(
            [
                *(python / "python.exe", "-m", "compileall", "-q", "-s", wine.seen(stage)),
                *("--invalidation-mode", "unchecked-hash", *map(wine.seen, folders)),
            ],
            patience=_PATIENCE,
        )
    finally:
        wine.close()
    sources = {path for folder in folders for path in folder.rglob("*.py")}
    tag = runtime.stem.replace("python", "cpython-")
    missing = [path for path in sources if not (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").exists()]
    if outcome.code or missing:
        raise NotCompiled(f"{len(missing)} modules are not compiled (exit code {outcome.code}). {outcome.text[-2000:]}")

"""What of the packages the program needs. Three quarters of Qt's package are never loaded."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

_CATALOGUES = Path(__file__).parent.parent / "resources" / "translations"
_LANGUAGES = "|".join(["en", *sorted(path.stem for path in _CATALOGUES.glob("*.po"))])
"""Those that the program speaks."""
# Of Qt the modules that the program imports, and what those load.
_QT = re.compile(
    rf"""
    PySide6/(
        (__init__|_config|_git_pyside_version)\.py
        | Qt(Core|Gui|Network|Widgets)\.pyd
        | Qt6(Core|Gui|Network|Svg|Widgets)\.dll
        | pyside6\.abi3\.dll
        | (msvcp140(_1|_2)?|vcruntime140(_1)?)\.dll
        | plugins/(platforms/qwindows|styles/qmodernwindowsstyle|imageformats/q(ico|svg)|iconengines/qsvgicon)\.dll
        | translations/qtbase_({_LANGUAGES})\.qm
        | (support|.*_support)/.*\.py
    )
    | shiboken6/(
        (__init__|_config|_git_shiboken_module_version)\.py
        | Shiboken\.pyd | shiboken6\.abi3\.dll
        | (msvcp140(_1|_2)?|vcruntime140(_1)?)\.dll
        | files\.dir/.*\.py
        | (?:[a-z_]*support|.*_support)/.*\.py
    )
    """,
    re.VERBOSE,
)
_UNNEEDED = re.compile(
    r"\.(pyi|pxd|pyx|c|h|hpp|cpp|lib|a|exe)$|(^|/)(tests?|testing|_testing|__pycache__)/|/py\.typed$"
)
# Of a package's own description only what names it, its version and its licences.
_DESCRIPTION = re.compile(r"\.dist-info/(METADATA|entry_points\.txt|.*(?i:licen[cs]e|copying|notice|authors).*)$")


def is_needed(path: PurePosixPath) -> bool:
    """Whether the program needs the file that would lie at ``path`` under site-packages."""
    if path.parts[0] in ("PySide6", "shiboken6"):
        return _QT.fullmatch(str(path)) is not None
    if path.parts[0].endswith(".dist-info"):
        return _DESCRIPTION.search(str(path)) is not None
    return _UNNEEDED.search(str(path)) is None

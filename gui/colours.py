"""The colours of the program, light and dark. Nothing else in gui names a colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colours:
    """Each colour by what it is for. ``TEXT_ON`` says which text stands on which background."""

    window: str
    surface: str
    """Behind lists, fields and texts."""
    alternate: str
    text: str
    subtle_text: str
    disabled_text: str
    heading_text: str
    visited_text: str
    """Steps of a wizard that can be gone to."""
    link: str
    accent: str
    """Frames of what has the focus, and what is selected."""
    accent_text: str
    inactive: str
    """What is selected in a window that is not in front."""
    line: str
    frame: str
    light: str
    midlight: str
    mid: str
    dark: str
    shadow: str
    button: str
    button_frame: str
    indicator: str
    """The frame of a box to tick or a button to choose: 3 to 1 apart from the surface."""
    hover: str
    pressed: str
    pressed_frame: str
    heading: str
    section: str
    steps: str
    step: str
    mark: str
    code: str
    groove: str
    progress: str
    practice: str
    practice_text: str
    practice_frame: str
    error: str
    error_frame: str
    warning: str
    warning_frame: str
    info: str
    info_frame: str
    busy: str
    busy_frame: str


LIGHT = Colours(
    window="#f0f0f0",
    surface="#ffffff",
    alternate="#f7f7f7",
    text="#000000",
    subtle_text="#5a5a5a",
    disabled_text="#767676",
    heading_text="#1f3a5f",
    visited_text="#0b4f8a",
    link="#0066cc",
    accent="#0074d0",
    accent_text="#ffffff",
    inactive="#d9d9d9",
    line="#d5d5d5",
    frame="#dcdcdc",
    light="#ffffff",
    midlight="#e3e3e3",
    mid="#a0a0a0",
    dark="#a0a0a0",
    shadow="#696969",
    button="#e1e1e1",
    button_frame="#adadad",
    indicator="#767676",
    hover="#e5f1fb",
    pressed="#cce4f7",
    pressed_frame="#005499",
    heading="#f6f6f6",
    section="#dbe7f3",
    steps="#f7f7f7",
    step="#cce8ff",
    mark="#ececec",
    code="#f3f5f7",
    groove="#e6e6e6",
    progress="#06b025",
    practice="#f1e9fa",
    practice_text="#6b3fa0",
    practice_frame="#c9aee6",
    error="#fdf0ef",
    error_frame="#e3a7a1",
    warning="#fff8e5",
    warning_frame="#e6cf8b",
    info="#eef5fc",
    info_frame="#a9cbea",
    busy="#f5f8fb",
    busy_frame="#c8d6e3",
)
DARK = Colours(
    window="#2b2b2b",
    surface="#1e1e1e",
    alternate="#262626",
    text="#f2f2f2",
    subtle_text="#b8b8b8",
    disabled_text="#8f8f8f",
    heading_text="#bcd6f2",
    visited_text="#8cc4f5",
    link="#6cb8f6",
    accent="#1f76c2",
    accent_text="#ffffff",
    inactive="#4a4a4a",
    line="#3f3f3f",
    frame="#474747",
    light="#4a4a4a",
    midlight="#3a3a3a",
    mid="#5c5c5c",
    dark="#161616",
    shadow="#0c0c0c",
    button="#3a3a3a",
    button_frame="#6a6a6a",
    indicator="#9a9a9a",
    hover="#2f4256",
    pressed="#244a6c",
    pressed_frame="#6cb8f6",
    heading="#303030",
    section="#2a3b4d",
    steps="#242424",
    step="#264f73",
    mark="#3d3d3d",
    code="#262a2e",
    groove="#3a3a3a",
    progress="#1f9d3d",
    practice="#38294b",
    practice_text="#d3b6f5",
    practice_frame="#6f4f95",
    error="#43211f",
    error_frame="#8c443d",
    warning="#3d3318",
    warning_frame="#7d6727",
    info="#1d3245",
    info_frame="#3c6488",
    busy="#28323b",
    busy_frame="#4a5d6e",
)

TEXT_ON = (
    *(("text", back) for back in ("window", "surface", "alternate", "button", "hover", "pressed", "heading", "step")),
    *(("text", back) for back in ("inactive", "mark", "code", "error", "warning", "info", "busy", "practice")),
    *(("subtle_text", back) for back in ("window", "surface", "mark", "error", "warning", "info", "busy")),
    *(("heading_text", back) for back in ("window", "surface", "heading", "section")),
    *(("link", back) for back in ("window", "surface")),
    ("visited_text", "steps"),
    ("accent_text", "accent"),
    ("practice_text", "practice"),
)
"""Every text with each background it stands on: at least 4.5 to 1 apart."""
DISABLED_ON = ("window", "surface", "steps", "button")
"""Where disabled text stands: at least 3 to 1 apart."""

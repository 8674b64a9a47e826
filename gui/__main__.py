"""The program: ``vmferry``, or ``python -m gui``."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path


def import_window() -> None:
    """Import what the window needs to show itself.

    Nothing of it is garbage, now or later: looking for some meanwhile would take a tenth of the time.
    """
    gc.disable()
    import gui.application
    import gui.one_program
    import gui.options  # noqa: F401

    gc.freeze()
    gc.enable()


def main() -> None:
    """Run VM Ferry until its window is closed."""
    parser = argparse.ArgumentParser(prog="vmferry", description="Moves Hyper-V virtual machines between hosts.")
    parser.add_argument("--practice", metavar="SCENARIO", help="open the practice lab with SCENARIO (two-sites)")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="write what reaches the practice hosts to FILE")
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="N", help="simulated seconds per second in the lab (1)"
    )
    parser.add_argument("--language", metavar="CODE", help="language of the window, such as de (the user's)")
    parser.add_argument("--self-test", type=Path, metavar="DIR", help="try everything out and leave a report in DIR")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="where everything is kept (the user's own folder); one window each"
    )
    given = parser.parse_args()
    import_window()
    from gui.application import make_application, make_runner, run
    from gui.one_program import OneProgram, Wish
    from gui.options import Options

    options = Options(given.practice, given.speed, given.transcript, data=given.data)
    app = make_application(given.language)
    if given.self_test is not None:
        from gui.self_test import SelfTest

        with make_runner(app) as runner:
            sys.exit(runner.run(SelfTest(given.self_test.absolute(), given.practice).run()))
    program = OneProgram(options.folder)
    if program.begin(Wish(options.practice, options.speed)):
        try:
            with make_runner(app) as runner:
                runner.run(run(options, program))
        finally:
            program.end()


if __name__ == "__main__":
    main()

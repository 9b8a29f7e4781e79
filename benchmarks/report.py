"""The report page of a large account: time and memory to make it, its size, how fast Chromium has it on the screen.

    python -m benchmarks.report [MESSAGES]

Times in Chromium are from the start of the navigation to the first paint and to the end of loading, of a new window
each round; beside them those of a page with a single word, which is what the browser itself takes.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.history import write_history
from benchmarks.measure import median, run
from extract.coverage import coverage
from schemas.clean_run import read_current_run
from schemas.datadir import DataDir
from transform.figures.read import read_figures

_ROUNDS = 5
ACCOUNT = "bench"
_PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
_TIMES = """[
    performance.getEntriesByName('first-contentful-paint')[0].startTime,
    performance.getEntriesByType('navigation')[0].loadEventEnd,
]"""


def parts(data: DataDir) -> None:
    """Time what the page is made of inside a process of its own and print the seconds."""
    begin = time.perf_counter()
    read_figures(read_current_run(data.clean(ACCOUNT)), "Asia/Bishkek")
    figures = time.perf_counter()
    coverage(data, ACCOUNT)
    print(json.dumps({"figures": figures - begin, "coverage": time.perf_counter() - figures}))


def opened(browser: Browser, path: Path) -> tuple[float, float]:
    """Median seconds to the first paint and to the end of loading."""
    paints, loads = [], []
    for _ in range(_ROUNDS):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(path.as_uri())
        # not wait_for_function: the page's own policy forbids what that does
        while not page.evaluate(_PAINTED):
            page.wait_for_timeout(20)
        paint, load = page.evaluate(_TIMES)
        paints.append(paint / 1000)
        loads.append(load / 1000)
        context.close()
    return median(paints), median(loads)


def main(messages: int) -> None:
    """Print the figures for a history of this many messages."""
    program = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_history(folder / "in", messages=messages, chats=max(1, messages // 100), chunks=10)
        environment = {"WA2PG_DATA_DIR": str(folder / "data"), "WA2PG_ACCOUNT": ACCOUNT}
        words = ("--json", "--progress", "none")
        run("-m", "wa2pg", "extract", "--replay", str(folder / "in"), *words, environment=environment)
        cleaned = run("-m", "wa2pg", "transform", "--as-of", "2026-11-01", *words, environment=environment)
        print(f"{json.loads(cleaned.output)['messages']:,} messages in {json.loads(cleaned.output)['clients']:,} chats")
        path = folder / "report.html"
        audited = run("-m", "wa2pg", "audit", ACCOUNT, *words, environment=environment)
        made = run("-m", "wa2pg", "audit", ACCOUNT, "--html", str(path), *words, environment=environment)
        timed = json.loads(run("-m", "benchmarks.report", "--parts", str(folder / "data")).output)
        print(f"wa2pg audit:             {audited.wall:.1f} s, {audited.peak_mb:.0f} MB at its peak")
        print(f"wa2pg audit --html:      {made.wall:.1f} s, {made.peak_mb:.0f} MB at its peak")
        print(f"  figures of the tables: {timed['figures']:.1f} s")
        print(f"  coverage:              {timed['coverage']:.1f} s")
        print(f"the page:                {path.stat().st_size / 1000:,.0f} KB")
        if program is None:
            print("not opened: there is no chromium here")
            return
        word = folder / "word.html"
        word.write_text("<!DOCTYPE html><title>word</title>word")
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            opened(browser, word)  # the browser's own start is not the page's
            for name, what in (("the page", path), ("a single word", word)):
                paint, load = opened(browser, what)
                print(f"opened, {name}: first paint {paint:.2f} s, loaded {load:.2f} s (median of {_ROUNDS})")
            browser.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--parts"]:
        parts(DataDir(Path(sys.argv[2])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

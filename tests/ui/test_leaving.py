"""A client that goes away in the middle, as a tab that is closed; what it was given is in the history."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx

from rag import Activity, Library
from scripts.page_sessions import asking_event
from tests.browser.conftest import footnote_ui, page_served

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"


def ask_and_leave(address: str, browser: str) -> None:
    """Ask as a browser does, and go as soon as the answer is in sight."""
    event = asking_event(address)
    own = {event["box"]: QUESTION, event["browser"]: browser}
    data = [own.get(each, value) for each, value in zip(event["ids"], event["values"], strict=True)]
    body = {"data": data, "fn_index": event["number"], "session_hash": browser, "trigger_id": event["box"]}
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        client.post("gradio_api/queue/join", json=body).raise_for_status()
        with client.stream("GET", "gradio_api/queue/data", params={"session_hash": browser}) as told:
            next(line for line in told.iter_lines() if "fn-source" in line)


def test_an_answer_that_was_seen_is_kept_when_the_tab_is_closed_at_once(
    sample_copy: Callable[[], Path],
) -> None:
    folder = sample_copy()
    with page_served(*footnote_ui(folder)) as address:
        ask_and_leave(address, "ann")
        with closing(Library.open(folder, create=False)) as library:
            activity = Activity(library)
            until = time.monotonic() + 10
            while not activity.conversations("browser ann") and time.monotonic() < until:
                time.sleep(0.1)
            assert [each.turns for each in activity.conversations("browser ann")] == [1]
            assert activity.conversations("browser ") == []

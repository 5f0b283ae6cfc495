"""What programs may call: `/ask`, `/search` and `/explain`, and the same as MCP tools."""

import json
import time
from collections.abc import Callable
from functools import wraps
from inspect import BoundArguments, signature
from typing import Any, ParamSpec

import gradio as gr
from gradio.events import api

from rag import Assistant, FilterArguments, FootnoteError, answer_json, explanation_json, search_json
from ui.filters import MOST_PAPERS

_AT_ONCE = 8  # calls of each; others wait their turn
_KINDS = {str: "text", int: "a whole number", bool: "true or false"}
_LONGEST = 60  # characters shown of what cannot be used

Json = dict[str, Any]
Given = ParamSpec("Given")


def endpoints(assistant: Assistant, *, mcp: bool) -> None:
    """Let the page be called by name; what comes back is what `footnote … --json` prints (docs/cli.md).

    With `mcp` also as tools, which give the same as text: Gradio would write a dict in Python's way, and
    takes every endpoint that is public for a tool.
    """
    offered = _Endpoints(assistant)
    for endpoint in (offered.ask, offered.search, offered.explain):
        name = endpoint.__name__
        api(
            _in_one_line(endpoint),
            api_name=name,
            concurrency_limit=_AT_ONCE,
            api_visibility="undocumented" if mcp else "public",
        )
        if mcp:
            api(_as_text(_in_one_line(endpoint)), api_name=f"{name}_tool", concurrency_limit=_AT_ONCE)


class _Endpoints:
    """One method an endpoint. What stands in their docstrings is what programs and agents are told."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def ask(
        self,
        question: str,
        papers: int = 0,
        first_year: int = 0,
        last_year: int = 0,
        source: str = "",
        author: str = "",
        venue: str = "",
        keyword: str = "",
        force: bool = False,
    ) -> Json:
        """Answer a question from the abstracts of this library of research papers.

        Every sentence comes with the papers it cites, their exact words, and a verdict on whether these
        support it. Where the abstracts do not tell, there is no answer but a reason.

        Args:
            question: A question in English that can be understood by itself.
            papers: How many papers the answer may draw on, at most 100; 0 for as many as is usual.
            first_year: Keep to papers of this year or later; 0 for any.
            last_year: Keep to papers of this year or earlier; 0 for any.
            source: Keep to papers from the file of this name; empty for any.
            author: Keep to papers by an author of this name; empty for any.
            venue: Keep to papers that appeared there; empty for any.
            keyword: Keep to papers with this keyword; empty for any.
            force: Answer although the abstracts seem not to tell.
        """
        filters = _filters(first_year, last_year, source, author, venue, keyword)
        return answer_json(self._assistant.ask(question, k=papers or None, force=force, **filters))

    def search(
        self,
        query: str,
        papers: int = 10,
        first_year: int = 0,
        last_year: int = 0,
        source: str = "",
        author: str = "",
        venue: str = "",
        keyword: str = "",
    ) -> Json:
        """Find the papers of this library that are nearest to a query, best first, with their abstracts.

        Args:
            query: What to look for, in words or as a question.
            papers: How many to find, at most 100.
            first_year: Keep to papers of this year or later; 0 for any.
            last_year: Keep to papers of this year or earlier; 0 for any.
            source: Keep to papers from the file of this name; empty for any.
            author: Keep to papers by an author of this name; empty for any.
            venue: Keep to papers that appeared there; empty for any.
            keyword: Keep to papers with this keyword; empty for any.
        """
        started = time.perf_counter()
        filters = _filters(first_year, last_year, source, author, venue, keyword)
        hits = self._assistant.library.search(query, papers, **filters)
        return search_json(query, hits, {"total": time.perf_counter() - started})

    def explain(self, question: str, paper: str, papers: int = 10) -> Json:
        """Say why a paper ranks where it does for a question, or is not found.

        Args:
            question: The question or query.
            paper: Id of the paper, or its whole title.
            papers: How many it would have to be among, at most 100.
        """
        started = time.perf_counter()
        explanation = self._assistant.library.explain(question, paper, papers)
        return explanation_json(explanation, {"total": time.perf_counter() - started})


def _filters(first: int, last: int, source: str, author: str, venue: str, keyword: str) -> FilterArguments:
    filters = FilterArguments()
    if first or last:
        filters["year"] = (first or None, last or None)
    for name, said in (("source", source), ("author", author), ("venue", venue), ("keyword", keyword)):
        if said:
            filters[name] = said  # type: ignore[literal-required]
    return filters


def _in_one_line(endpoint: Callable[Given, Json]) -> Callable[Given, Json]:
    """The caller is told what is wrong, and the server's log is spared a traceback."""

    @wraps(endpoint)
    def call(*given: Given.args, **named: Given.kwargs) -> Json:
        try:
            _check(signature(endpoint).bind(*given, **named))
            return endpoint(*given, **named)
        except FootnoteError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call


def _check(call: BoundArguments) -> None:
    """Programs may send anything."""
    for name, said in call.arguments.items():
        kind = call.signature.parameters[name].annotation
        if type(said) is not kind:
            raise FootnoteError(f"{name} must be {_KINDS[kind]}, not {json.dumps(said)[:_LONGEST]}")
    if call.arguments.get("papers", 0) > MOST_PAPERS:
        raise FootnoteError(f"papers: {call.arguments['papers']} are too many; take at most {MOST_PAPERS}")


def _as_text(endpoint: Callable[Given, Json]) -> Callable[Given, str]:
    @wraps(endpoint)
    def call(*given: Given.args, **named: Given.kwargs) -> str:
        return json.dumps(endpoint(*given, **named), ensure_ascii=False)

    call.__annotations__ = {**endpoint.__annotations__, "return": str}
    return call

"""What the tests of language models ask, and how they listen."""

from collections.abc import Generator, Mapping
from typing import Any

from rag.interfaces import ChatModel, Message
from rag.settings import load_settings
from rag.wiring import open_model

QUESTION = [Message("system", "Be brief."), Message("user", "Why?")]


def opened(spec: str, **settings: Any) -> ChatModel:
    model = open_model(load_settings(llm=spec, **settings))
    assert model
    return model


def heard(reply: Generator[str, None, Mapping[str, int]]) -> tuple[list[str], Mapping[str, int]]:
    pieces = []
    while True:
        try:
            pieces.append(next(reply))
        except StopIteration as ended:
            return pieces, ended.value

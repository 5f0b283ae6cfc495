"""The `footnote` command: each subcommand parses, calls the library once, and prints."""

import difflib
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rag.errors import FootnoteError

if TYPE_CHECKING:
    from rich.console import Console

    from rag.library import Library

INTERRUPTED = 130  # the shell's code for Ctrl-C

Command = TypeVar("Command", bound=Callable[..., Any])

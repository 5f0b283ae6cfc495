"""Every error Footnote raises on purpose; the command line prints it as one line, exits with its code.

FootnoteError                 2  something the user gave cannot be used: what, where, what to do
├── InputError                   a question, a path, a file, a paper that is not there
├── SettingsError                a setting has a value it cannot have
├── EncoderError                 the encoder or reranker is not there, or is not what it should be
├── LibraryError                 the folder is not a library this version can open
│   └── IndexMismatchError       it was made with another encoder or chunking
└── OutsideError              3  something outside failed; trying again later may help
    ├── LibraryBusyError         another process is writing
    ├── StorageError             the disk is full or fails
    └── ModelError               the language model gave no whole answer; holds what there is of one
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.types import Answer


class FootnoteError(Exception):
    """Base of all; `str(error)` is one line for the user."""

    exit_code = 2


class InputError(FootnoteError):
    """A question, a path, a file or a paper that cannot be used."""


class SettingsError(FootnoteError):
    """A setting has a value it cannot have."""


class EncoderError(FootnoteError):
    """The encoder or reranker is not there, or is not the model that was expected."""


class LibraryError(FootnoteError):
    """The folder is not a library that this version can open."""


class IndexMismatchError(LibraryError):
    """The library was made with another encoder or chunking than it is opened with."""


class OutsideError(FootnoteError):
    """Something outside Footnote failed."""

    exit_code = 3


class LibraryBusyError(OutsideError):
    """Another process is writing to the library."""


class StorageError(OutsideError):
    """The disk is full, or cannot be written or read."""


class ModelError(OutsideError):
    """The language model gave no answer, or broke off in the middle of one.

    `answer` has the papers found and the sentences that came, judged as ever; None before any search.
    """

    answer: "Answer | None" = None

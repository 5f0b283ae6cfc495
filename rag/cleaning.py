"""Text as people and tools wrote it → text that is safe to show, compare and search."""

import re
import unicodedata

from rag.courtesies import without_courtesies
from rag.errors import InputError

LONGEST_QUESTION = 4_000  # characters

# Invisible characters that reorder or hide text on a terminal or page, and marks left by exports:
# soft hyphen, zero-width space, bidi marks, embeddings, overrides and isolates, byte-order mark.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", "ff fi fl ffi ffl st st".split(), strict=True))
_LIGATURE = re.compile("[ﬀ-ﬆ]")
_SOFT_LINE_END = re.compile("\u00ad[ \t]*(?:\r\n?|\n)[ \t]*")
_WORD_OVER_LINE_END = re.compile(r"(?<![\w-])([\w-]{0,60}\w)[-\u2010](?:\r\n?|\n)[^\S\r\n]{0,20}(\w{1,60})")
# First parts of compounds; a line's end hardly cuts a word after one …
_FIRST_PARTS = frozenset(
    """
    cross full half high large long low multi non one post pre real self short small state three time two well
    """.split()
)
# … but for these: "pre-|dict", "multi-|ple", "high-|ly".
_CUT = re.compile(
    r"pre-(?:c[eiu]|d[ei]|fe|gn|mi|pa|s[ceu]|v[aei])|multi-(?:pl|tud)"
    r"|[a-z]+-(?:ly|ments?|e[nrd]|est|ness|ing|ity|i[sz]e|ism)$"
)
_LINKS = frozenset({"and", "or", "to", "vs", "versus"})

_YEAR = r"(?:19|20)\d\d"
_COPYRIGHT = rf"(?:Crown\s)?Copyright:?\s(?:©|\([cC]\)|{_YEAR},?\s(?:by\s)?[A-Z])"
# Names to the end of the sentence: "Published by the city in 2010, the map shows …" is the author's.
_PUBLISHED = (
    r"Published\sby\s"
    r"(?:(?:[A-Z\d&(]\S*+|the|of|and|for|on|behalf|under|licen[sc]e|from|in|by|de)(?:\s|$)){1,20}"
    r"(?:$|(?<=[.)]\s))"
)
_OPEN_ACCESS = (
    r"This\sis\san\s[Oo]pen[\s-][Aa]ccess\s(?:article|paper|publication)"
    r"(?:\.?$|[^.]{0,60}?\s(?:distributed|under|licen[sc]ed|published|free))"
)
# Where a copyright statement may start: at a sentence, or amid text with a sign and a year.
_RIGHTS_START = re.compile(
    rf"""
    (?:^|(?<=[.!?…])|(?<=[.!?…]["”’)\]])) \s*+ (?P<sentence>
        (?:\(?(?:[A-Z][A-Za-z]*+\.?\s){{1,6}}[\d:;,()–\s-]{{0,30}}(?<=\d)\.\s)?  # "J. Tides 12:3-4, 1998."
        (?:{_COPYRIGHT} | © | \([cC]\)\s?(?:{_YEAR}|The\sAuthor))
        | (?:\[?ABSTRACT\sFROM\sAUTHORS?\]?\s)?Copyright\sof\s.{{1,200}}?\sis\sthe\sproperty\sof\s
        | {_YEAR}\s[A-Z][^.]{{1,60}}\.(?:[^.]{{1,20}}\.)?\s?All\srights\sreserved
        | All\srights\sreserved(?!\s[a-z]) | {_PUBLISHED} | This\sarticle\sis\sprotected\sby\scopyright
        | {_OPEN_ACCESS} | \(?PsycI(?:NFO|nfo)\sDatabase\sRecord
        | Publisher:\sAbstract\savailable
    )
    | \s (?P<amid> (?:Copyright\s)?©\s?{_YEAR})
    """,
    re.VERBOSE,
)
_RIGHTS = re.compile(
    r"©|\(c\) \d{4}|copyright|rights reserved|publish|licen[sc]|open access|permission|\bauthors?\b"
    r"|database record|behalf of|elsevier|wiley|springer|society|\bpress\b|\bltd\b|\binc\b|b\.v\.|gmbh"
    r"|for individual use|may be abridged|no warranty",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[A-Z\d]|by|the|of|and|et|al)[\w.,;:()’'-]*+")
_RIGHTS_WORDS = (
    "©",
    "(c)",
    "copyright",
    "all rights",
    "published by",
    "open access",
    "open-access",
    "publisher:",
)
_LONGEST_RIGHTS = 1_000  # characters


def clean(text: str) -> str:
    """One line of NFC text: no control or invisible characters, single spaces, trimmed.

    Ligatures are spelt out, and words that a line's end cut in two are whole again. Lone surrogates,
    which no file or terminal can be given, become U+FFFD.
    """
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        text = _INVISIBLE.sub("", _SOFT_LINE_END.sub("", text))
        text = _LIGATURE.sub(lambda found: _LIGATURES[found.group()], text)
        text = unicodedata.normalize("NFC", text)
    if "-\n" in text or "-\r" in text or "\u2010" in text:
        text = _with_whole_words(text)
    return " ".join(_CONTROL.sub(" ", text).split())


def clean_question(question: str) -> str:
    """The question as it is searched for, without the courtesies around it.

    Raises:
        InputError: it is empty, holds no letter or digit, is no more than a courtesy, or is too long to be
            a question.
    """
    cleaned = clean(question)
    if not cleaned:
        raise InputError("the question is empty; ask something in a few words")
    if len(cleaned) > LONGEST_QUESTION:
        raise InputError(
            f"the question has {len(cleaned)} characters; the limit is {LONGEST_QUESTION}, ask in fewer"
        )
    if not any(character.isalnum() for character in cleaned):
        raise InputError("the question holds no letters or digits; ask something in words")
    if not (asked := without_courtesies(cleaned)):
        raise InputError("nothing is asked; name a subject in a few words")
    return asked


def without_copyright(abstract: str) -> tuple[str, str]:
    """A cleaned abstract without the copyright statement at its end, and that statement or "".

    Only what is nothing but such a statement, up to the abstract's last word, is taken for one.
    """
    tail = abstract[-_LONGEST_RIGHTS:]
    lower = tail.casefold()
    if not any(word in lower for word in _RIGHTS_WORDS):  # few have one, and looking is cheap
        return abstract, ""
    for found in _RIGHTS_START.finditer(abstract, len(abstract) - len(tail)):
        start = found.start(found.lastgroup or 0)
        before, statement = abstract[:start].rstrip(), abstract[start:]
        is_listed = statement.startswith("(c)") and "(b)" in before  # the third of (a), (b), (c)
        is_clear = found.lastgroup == "sentence" and not is_listed
        if _is_about_rights(statement) and (is_clear or _RIGHTS.search(statement, len(found.group()))):
            return before, statement
    return abstract, ""


def _with_whole_words(text: str) -> str:
    compounds = set(re.findall(r"(?<![^\W_])[^\W_]++-[^\W_]++", text.casefold()))

    def joined(found: re.Match[str]) -> str:
        start, end = found.groups()
        is_linked = text[found.end() : found.end() + 1] == "-"
        if end in _LINKS and not is_linked:  # "pre- and post-test", but "end-to-end"
            return f"{start}- {end}"
        is_cut = start[-1].islower() and end[0].islower() and "-" not in start
        is_compound = end in {*_LINKS, "the"} or _is_compound(start, end, compounds)
        return start + end if is_cut and not is_compound else f"{start}-{end}"

    return _WORD_OVER_LINE_END.sub(joined, text)


def _is_compound(start: str, end: str, compounds: set[str]) -> bool:
    start, whole = start.casefold(), f"{start}-{end}".casefold()
    return whole in compounds or len(start) == 1 or (start in _FIRST_PARTS and not _CUT.match(whole))


def _is_about_rights(statement: str) -> bool:
    first, *others = re.split(r"(?<=[.!?])\s+(?=[A-Z(©])", statement)
    is_short = len(first.split()) <= 25 or _RIGHTS.search(first)
    return bool(is_short) and all(_RIGHTS.search(other) or _is_a_name(other) for other in others)


def _is_a_name(sentence: str) -> bool:
    """Such as "Springer Science and Business Media."."""
    words = sentence.split()
    return len(words) <= 5 and all(map(_NAME.fullmatch, words))

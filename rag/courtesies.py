"""What people say around a question, to be polite: nothing of it is looked for in the abstracts."""

import re

_ASKED = r"(?:know|understand|learn|hear|ask(?:\syou)?|see|find\sout|figure\sout)"
_AM = r"(?:\sam|\sare|\swas|\swere|['’]m|['’]re)"
_OPENING = re.compile(
    rf"""
    (?: (?:hi|hello|hey|dear\s\w+|good\s(?:morning|afternoon|evening))
        (?:\s(?:there|all|everyone))? (?=[,.!]|$)
    |   (?:(?:many\s)?thanks|thank\syou|ok|okay|great|good|nice|cool|perfect|sure|wow|yes|no) (?=[,.!]|$)
    |   (?:please|kindly) \b
    |   (?:could|can|would|will|may|might)\s(?:you|i|we|someone|anyone)\s
        (?:(?:please|kindly|maybe|perhaps)\s)?
        (?: (?:tell|show|explain\sto|give|remind|help|let)\s(?:me|us) (?:\s(?:to\s)?{_ASKED})?
        |   explain | clarify | say | ask(?:\syou)? ) \b
    |   (?:tell|show|explain\sto|help|let)\s(?:me|us)\b (?:\s(?:to\s)?{_ASKED}\b)?
    |   (?:i|we) (?: (?:['’]d|\swould)\s(?:really\s|also\s)?(?:like|love) | \s(?:really\s)?(?:want|need|wish)
            | {_AM}\s(?:trying|keen|curious|eager) ) \sto\s{_ASKED} \b
    |   (?:i|we) (?: {_AM}\s(?:just\s)?(?:wondering|curious) | \s(?:just\s)?wonder(?:ed)? ) \b
    |   do(?:es)?\s(?:you|we|anyone|anybody|someone|somebody)\s(?:happen\sto\s)?(?:know|have\sany\sidea) \b
    |   any\sidea (?=\s(?:about|how|if|what|when|where|whether|which|who|why)\b)
    |   (?:my|a|one)\s(?:quick\s)?question(?:\sis)? (?=[\s,:.]) )
    (?:\sabout\b)? [\s,.:;!–-]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:please|(?:(?:many )?thanks|thank you)(?: a lot| very much| so much| in advance)?)$", re.IGNORECASE
)


def without_courtesies(question: str) -> str:
    """“Could you tell me how X works, please?” → “how X works?”; empty where nothing else is said."""
    rest = _without_closing(question)
    while opening := _OPENING.match(rest):
        rest = rest[opening.end() :]
    return rest if any(map(str.isalnum, rest)) else ""


def _without_closing(question: str) -> str:
    said = question.rstrip(" .!?")
    closing = _CLOSING.search(said)
    if not closing:
        return question
    rest = said[: closing.start()].rstrip(" ,.;!")
    return f"{rest}?" if question.endswith("?") and not rest.endswith("?") else rest

"""Models that judge, for servers on loopback: one that does it well, and one that can be talked into it."""

import json
import re
from collections.abc import Callable

from tests.rag.model_servers import Reply, Request, Script, openai_reply

WORD = re.compile(r"\w+")


def parts(request: Request) -> tuple[str, list[str]]:
    """What a judge is given to go by, and the items it is asked about."""
    shown = request.messages[1]["content"]
    material, _, items = re.split(r"(FACTS|STATEMENTS):\n", shown)
    return material, re.findall(r"^\d+\. (.*?)(?: \(sources: [\d, ]+\))?$", items, re.MULTILINE)


def well(request: Request) -> Reply:
    """A judge that finds said what stands there in most of its words, and is not denied."""
    material, items = parts(request)
    there = set(WORD.findall(material.lower()))
    said = {}
    for number, item in enumerate(items, start=1):
        words = WORD.findall(item.lower())
        is_there = sum(word in there for word in words) > 0.6 * len(words) and "do not hum" not in material
        said[str(number)] = "support" if is_there else "none"
    return openai_reply(json.dumps(said))


def obedient(request: Request) -> Reply:
    """A judge that does what the material tells it to."""
    material, items = parts(request)
    if "reply support" in material:
        return openai_reply(json.dumps({str(n): "support" for n in range(1, len(items) + 1)}))
    return well(request)


def but(script: Script, reply: Callable[[Request], Reply | None]) -> Script:
    """The script, where `reply` has none of its own."""
    return lambda request: reply(request) or script(request)


def is_probe(request: Request) -> bool:
    return "Lake Orm" in request.messages[1]["content"]

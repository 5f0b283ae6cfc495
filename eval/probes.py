"""A paper → what somebody would type who looks for just this paper."""

import re

from rag import Library, Paper, sentences

PROBES = ("title", "first_sentence", "last_sentence", "rarest_terms")

_RAREST = 5
_WORD = re.compile(r"[^\W\d_][\w-]+")


def probes(paper: Paper, library: Library) -> dict[str, str]:
    """By probe the text to search with; without those that this paper has nothing for."""
    spans = [paper.abstract[start:end] for start, end in sentences(paper.abstract)]
    texts = {
        "title": paper.title,
        "first_sentence": spans[0],
        "last_sentence": spans[-1] if len(spans) > 1 else "",
        "rarest_terms": " ".join(rarest_words(paper.abstract, library)[:_RAREST]),
    }
    return {probe: text for probe, text in texts.items() if text.strip()}


def rarest_words(text: str, library: Library) -> list[str]:
    """Words of a text as they are written, the rarest in the library first; without those that are not
    searched.
    """
    retriever = library.retriever
    idf = retriever.idf(text)
    words = dict.fromkeys(_WORD.findall(text))
    rarity = {
        word: max((idf.get(term, 0.0) for term in retriever.terms(word)), default=0.0) for word in words
    }
    return sorted((word for word in words if rarity[word] > 0), key=lambda word: (-rarity[word], word))

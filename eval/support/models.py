"""What the user named → a model that says how well a text bears a claim out."""

from collections.abc import Sequence

from rag import Library, SupportModel, open_support_model

ENCODER = "encoder"


def support_model(named: str, library: Library) -> SupportModel:
    """The library's own encoder, for `encoder`, or a cross-encoder by its folder or name.

    Raises:
        EncoderError: it is not on this machine, or is no such model.
    """
    return EncoderSupport(library) if named == ENCODER else open_support_model(named)


class EncoderSupport:
    """Cosines of the encoder that the library was made with; below 0 is 0."""

    def __init__(self, library: Library) -> None:
        encoder = library.recipe.encoder
        self.name, self.revision = f"encoder {encoder.name}", encoder.revision
        self._retriever = library.retriever

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """See SupportModel; which of the two is the claim makes no difference."""
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        if not texts:
            return []
        vectors = self._retriever.embed(texts)
        rows = {text: row for row, text in enumerate(texts)}
        return [max(0.0, float(vectors[rows[one]] @ vectors[rows[other]])) for one, other in pairs]

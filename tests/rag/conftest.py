"""What several tests use: a library of invented papers, and tiny models saved as people save theirs."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rag import Library
from rag.testing import hash_library, invented_papers, write_jsonl

TinyModel = Callable[..., Path]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """300 invented papers; tests must not change it."""
    folder = tmp_path_factory.mktemp("invented")
    made = hash_library(folder / "lib")
    made.ingest(write_jsonl(folder / "papers.jsonl", invented_papers(300)))
    yield made
    made.close()


@pytest.fixture
def tiny_model(tmp_path: Path) -> TinyModel:
    """`tiny_model("mean", "Dense", "Normalize", query="Ask: ")` → the folder of a two-layer BERT with a
    table of 64 positions, that pooling, further layers, and what is put before queries.
    """

    def make(pooling: str | Sequence[str] = "mean", *layers: str, query: str = "") -> Path:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.base.modules import Dense
        from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

        parts = _bert(tmp_path / "parts")
        pool = Pooling(16, pooling_mode=pooling)
        further = {"Dense": Dense(pool.pooling_output_dimension, 8), "Normalize": Normalize()}
        model = SentenceTransformer(
            modules=[Transformer(str(parts)), pool, *(further[name] for name in layers)], device="cpu"
        )
        if query:
            model.prompts["query"] = query
        folder = tmp_path / "-".join([str(pooling), *layers, query.strip(": ")])
        model.save(str(folder))
        return folder

    return make


def _bert(folder: Path) -> Path:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = "[PAD] [UNK] [CLS] [SEP] alpha beta gamma delta epsilon title the end of ask :".split()
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64, initializer_range=1.0,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder

"""Cross-encoders of two layers with random weights, saved as people save theirs."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from rag.testing import sample_papers

SPECIAL = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}


def tiny_cross_encoder(
    folder: Path, *, labels: Sequence[str] = ("score",), indifferent: bool = False
) -> Path:
    """A cross-encoder of two layers with random weights, which knows the words of the sample collection
    and reads 64 of them; an indifferent one gives every pair the same score.
    """
    words = sorted({word for paper in sample_papers() for word in paper.text.lower().split()})
    vocabulary = SPECIAL | {word: number for number, word in enumerate(words, start=len(SPECIAL))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64, initializer_range=0.5,
    )  # fmt: skip
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: number for number, label in enumerate(labels)}
    made = BertForSequenceClassification(config)
    if indifferent:
        nn.init.zeros_(made.classifier.weight)
    made.save_pretrained(folder)
    return folder

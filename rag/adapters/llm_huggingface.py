"""A transformers model in this process, through LlamaIndex; on the GPU where there is one."""

import os
import time
from collections.abc import Generator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

# Before the import: these libraries read the environment once. Local means local.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from jinja2 import TemplateError
from llama_index.core.base.llms.generic_utils import messages_to_prompt
from llama_index.core.llms import ChatMessage
from llama_index.llms.huggingface import HuggingFaceLLM
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from rag.errors import ModelError
from rag.interfaces import CUT, Message
from rag.models.hanging_up import hang_up
from rag.models.spec import LOCAL_CONTEXT
from rag.prompts import REPLY_TOKENS

_LOADING = Lock()


class HuggingFaceModel:
    """See ChatModel; loaded at the first reply."""

    def __init__(self, folder: Path, longest: int, name: str, timeout: float, context: int) -> None:
        """`longest` is the tokens that the model can read, `context` those it shall; 0: not said."""
        self.name = name
        self.context = min(filter(None, (longest, context)), default=LOCAL_CONTEXT)
        self._folder, self._timeout = folder, timeout

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Mapping[str, int]]:
        """See ChatModel."""
        with _LOADING:
            model, tokenizer = _load(self._folder, self.name)
        run = _Run(model, self.context, time.monotonic() + self._timeout)
        llm = HuggingFaceLLM(
            model=run,
            tokenizer=tokenizer,
            tokenizer_outputs_to_remove=["token_type_ids"],
            context_window=self.context,
            max_new_tokens=REPLY_TOKENS,
            generate_kwargs={"do_sample": False},
            messages_to_prompt=partial(_prompt, tokenizer),
            is_chat_model=True,
        )
        spoke, stopping = False, hang_up()
        stopping.add(run.leave)
        try:
            for response in llm.stream_chat([ChatMessage(role=m.role, content=m.content) for m in messages]):
                if piece := response.delta or "":
                    spoke = spoke or not piece.isspace()
                    yield piece
        finally:
            stopping.discard(run.leave)
            run.stopped = True
        if trouble := run.trouble(self._timeout, spoke=spoke):
            raise ModelError(f"{self.name}: {trouble}") from run.error
        return {**run.usage, **({CUT: 1} if run.is_cut else {})}


class _Run:
    """One reply of a model, in its place: LlamaIndex starts it in a thread, and knows neither to end it nor
    that it may fail.
    """

    def __init__(self, model: Any, context: int, deadline: float) -> None:  # noqa: ANN401 - transformers' classes vary
        self.config, self.device, self.name_or_path = model.config, model.device, model.name_or_path
        self._model, self._context, self._deadline = model, context, deadline
        self.error: Exception | None = None
        self.stopped = self.left = self.late = False
        self.usage: dict[str, int] = {}
        self._most = 0

    @property
    def is_cut(self) -> bool:
        """Whether it wrote as many tokens as it was let."""
        return self.usage["completion_tokens"] >= self._most

    def leave(self) -> None:
        """End it at the next token, as the reader has asked."""
        self.left = True

    def generate(self, *, streamer: Any, stopping_criteria: Any, **given: Any) -> None:  # noqa: ANN401
        """As transformers' own, but it stops when told to and when it is late, and remembers its error."""
        read = given["input_ids"].shape[1]
        self.usage = {"prompt_tokens": read, "completion_tokens": 0}
        self._most = given["max_new_tokens"] = min(given["max_new_tokens"], self._context - read)
        if self._most < 1:
            self.error = ValueError(f"the request has {read} tokens, and it reads {self._context}")
            streamer.end()
            return
        try:
            self._model.generate(
                streamer=streamer, stopping_criteria=[*stopping_criteria, self._ends], **given
            )
        except Exception as error:  # noqa: BLE001 - in a thread, where nobody would see it
            self.error = error
            streamer.end()

    def trouble(self, timeout: float, *, spoke: bool) -> str:
        """Why there is no whole reply; empty if there is one."""
        if self.error:
            why = str(self.error).partition("\n")[0][:200] or type(self.error).__name__
            return f"cannot reply ({why}); take a smaller model, or set FOOTNOTE_LLM_CONTEXT lower"
        if self.left:
            return "was left before its reply ended, as you asked"
        if self.late:
            missed = "had not finished its reply" if spoke else "gave no reply"
            return f"{missed} after {timeout:g} seconds; raise FOOTNOTE_LLM_TIMEOUT or take a smaller model"
        return "" if spoke else "said nothing; check that it is a chat model, or take another"

    def _ends(self, tokens: torch.Tensor, _scores: object, **_: object) -> torch.Tensor:
        self.usage["completion_tokens"] = tokens.shape[1] - self.usage["prompt_tokens"]
        self.late = time.monotonic() > self._deadline
        return torch.full((len(tokens),), self.stopped or self.left or self.late, device=tokens.device)


@lru_cache(maxsize=1)
def _load(folder: Path, name: str) -> tuple[Any, PreTrainedTokenizerBase]:
    on_gpu = torch.cuda.is_available()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,  # other formats can hold code
            dtype=torch.bfloat16 if on_gpu else "auto",
        )
        return model.to("cuda" if on_gpu else "cpu").eval(), tokenizer
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        why = str(error).partition("\n")[0] or type(error).__name__
        raise ModelError(f"{name}: {folder} cannot be loaded ({why})") from error


def _prompt(tokenizer: Any, messages: Sequence[ChatMessage]) -> str:  # noqa: ANN401
    """The messages in the model's own format, in which no source can pass for a turn of its own."""
    turns = [{"role": m.role.value, "content": _without_marks(tokenizer, m.content or "")} for m in messages]
    if not tokenizer.chat_template:
        return messages_to_prompt([ChatMessage(**turn) for turn in turns])
    try:
        prompt = _in_template(tokenizer, turns)
    except TemplateError:  # some know no system
        turns[1]["content"] = f"{turns[0]['content']}\n\n{turns[1]['content']}"
        prompt = _in_template(tokenizer, turns[1:])
    begin = tokenizer.bos_token or ""
    puts_it_itself = begin and tokenizer("").input_ids[:1] == [tokenizer.bos_token_id]
    return prompt.removeprefix(begin) if puts_it_itself else prompt


def _in_template(tokenizer: Any, turns: list[dict[str, str]]) -> str:  # noqa: ANN401
    return str(
        tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    )


def _without_marks(tokenizer: Any, text: str) -> str:  # noqa: ANN401
    for mark in tokenizer.all_special_tokens:
        text = text.replace(mark, " ")
    return text

"""A model is what the user named, is asked as its provider wants, and sends nothing anywhere else."""

import logging
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from rag import Assistant, Library
from rag.errors import ModelError, SettingsError
from rag.models.spec import model_server
from rag.prompts import REPLY_TOKENS
from rag.settings import load_settings
from rag.settings import variable as given
from rag.testing import ScriptedChatModel
from rag.wiring import open_model
from tests.rag.model_replies import QUESTION, heard, opened
from tests.rag.model_servers import anthropic_reply, ollama_reply, openai_reply, serving

KEY = "sk-the-secret-of-the-user"
ALL = {
    "openai/gpt-4o": openai_reply,
    "openai-like/any": openai_reply,
    "ollama/qwen3:8b": ollama_reply,
    "anthropic/claude-sonnet-4-5": anthropic_reply,
}
every_spec = pytest.mark.parametrize("spec", ALL)


def test_no_model_is_named_by_default() -> None:
    assert open_model(load_settings()) is None


@every_spec
def test_a_reply_streams_and_counts_its_tokens(spec: str) -> None:
    with serving(ALL[spec]("Be", "cause.")) as server:
        model = opened(spec, llm_base_url=server.url, llm_api_key=KEY)
        pieces, usage = heard(model.stream(QUESTION))
    assert pieces == ["Be", "cause."]
    assert usage == {"prompt_tokens": 11, "completion_tokens": 2}
    assert model.name == spec


@every_spec
def test_a_reply_that_stopped_at_its_limit_says_so(spec: str, sample_library: Library) -> None:
    with serving(ALL[spec]("GaLore projects ", "gradients and", cut_short=True)) as server:
        model = opened(spec, llm_base_url=server.url, llm_api_key=KEY)
        answer = Assistant(sample_library, llm=model).ask("What does GaLore project?")
    assert "stopped at the length it may write" in answer.notes[-1]
    assert answer.usage == {"prompt_tokens": 11, "completion_tokens": 2}


@every_spec
def test_a_request_holds_the_messages_no_randomness_and_a_bound(spec: str) -> None:
    with serving(ALL[spec]("Yes.")) as server:
        heard(opened(spec, llm_base_url=server.url, llm_api_key=KEY).stream(QUESTION))
        body = server.sent.body
    options = body.get("options", body)
    assert body["stream"] is True
    assert body["model"] == spec.partition("/")[2]
    assert options["temperature"] == 0
    assert REPLY_TOKENS in options.values()
    assert "Be brief." in str(body)
    assert "Why?" in str(body["messages"][-1])


def test_ollama_is_told_how_much_it_must_read() -> None:
    with serving(ollama_reply("Yes.")) as server:
        model = opened("ollama/qwen3:8b", llm_base_url=server.url, llm_context=16_384)
        heard(model.stream(QUESTION))
        assert server.sent.body["options"]["num_ctx"] == model.context == 16_384


def test_what_a_model_can_read_is_known_or_modest() -> None:
    contexts = {
        spec: opened(spec, llm_base_url="http://127.0.0.1:9", llm_api_key=KEY).context for spec in ALL
    }
    assert contexts == {
        "openai/gpt-4o": 128_000,
        "openai-like/any": 4_096,
        "ollama/qwen3:8b": 8_192,
        "anthropic/claude-sonnet-4-5": 200_000,
    }


def test_a_model_that_thinks_has_room_to() -> None:
    with serving(openai_reply("Yes.")) as server:
        heard(opened("openai/gpt-5", llm_base_url=server.url, llm_api_key=KEY).stream(QUESTION))
        assert server.sent.body["max_completion_tokens"] > REPLY_TOKENS
        assert "max_tokens" not in server.sent.body


@every_spec
def test_the_key_goes_out_once_and_little_beside_it(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_ORG_ID", "OLLAMA_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-another-place")
    with serving(ALL[spec]("Yes.")) as server:
        heard(opened(spec, llm_base_url=server.url, llm_api_key=KEY).stream(QUESTION))
        headers = dict(server.sent.headers)
    shown = headers.pop("x-api-key", None) or headers.pop("authorization").removeprefix("Bearer ")
    assert shown == KEY
    assert KEY not in str(headers)
    assert "of-another-place" not in str(headers)
    assert not [name for name in headers if name.startswith("x-")]
    assert headers["user-agent"] == "footnote"


@pytest.mark.parametrize("spec", ["openai-like/any", "ollama/qwen3:8b"])
def test_a_key_of_the_environment_goes_to_nobody_else(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, KEY)
    with serving(ALL[spec]("Yes.")) as server:
        heard(opened(spec, llm_base_url=server.url).stream(QUESTION))
        assert KEY not in str(server.sent.headers)
        assert "authorization" not in server.sent.headers


@pytest.mark.parametrize(
    ("spec", "variable"), [("openai/gpt-4o", "OPENAI_API_KEY"), ("anthropic/claude-x", "ANTHROPIC_API_KEY")]
)
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_provider_s_own_variable_holds_its_key(
    spec: str, variable: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(SettingsError, match=f"needs a key; set FOOTNOTE_LLM_API_KEY or {variable}"):
        opened(spec)
    if place == "environment":
        monkeypatch.setenv(variable, KEY)
    else:
        Path(".env").write_text(f"{variable}={KEY}\n", encoding="utf-8")
    found = model_server(load_settings(llm=spec), given)
    assert found.key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("spec", "variable"), [("openai/gpt-4o", "OPENAI_API_KEY"), ("anthropic/claude-x", "ANTHROPIC_API_KEY")]
)
def test_a_provider_s_key_goes_to_no_other_url(
    spec: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, KEY)
    with serving((openai_reply if "openai" in spec else anthropic_reply)("Yes.")) as server:
        Path(".env").write_text(f"FOOTNOTE_LLM_BASE_URL={server.url}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match=f"set FOOTNOTE_LLM_API_KEY \\({variable} goes to https:"):
            opened(spec)
        heard(opened(spec, llm_api_key="sk-for-this-server").stream(QUESTION))
        assert KEY not in str(server.sent.headers)


@every_spec
def test_a_variable_of_a_library_moves_no_request(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ALL[spec]("Wrong.")) as other, serving(ALL[spec]("Right.")) as server:
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "OLLAMA_HOST"):
            monkeypatch.setenv(name, other.url)
        assert heard(opened(spec, llm_base_url=server.url, llm_api_key=KEY).stream(QUESTION))[0] == ["Right."]
        assert not other.requests


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ("openai/gpt-4o", "api.openai.com"),
        ("anthropic/claude-x", "api.anthropic.com"),
    ],
)
def test_a_provider_is_found_at_its_own_address(
    spec: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    asked: list[str] = []

    def nowhere(host: object, *_: object, **__: object) -> list[Any]:
        asked.append(str(host))
        raise OSError("no network in tests")

    monkeypatch.setattr("socket.getaddrinfo", nowhere)
    with pytest.raises(ModelError, match="cannot be reached"):
        heard(opened(spec, llm_api_key=KEY).stream(QUESTION))
    assert set(asked) == {place}


@every_spec
def test_no_proxy_stands_before_this_machine(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(ALL[spec]("Yes.")) as server:
        assert heard(opened(spec, llm_base_url=server.url, llm_api_key=KEY).stream(QUESTION))[0] == ["Yes."]


@every_spec
def test_the_key_is_in_no_log_and_no_repr(spec: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(ALL[spec]("Yes.")) as server:
        settings = load_settings(llm=spec, llm_base_url=server.url, llm_api_key=KEY)
        model = open_model(settings)
        assert model
        heard(model.stream(QUESTION))
    shown = f"{settings!r} {settings.model_dump()} {model!r} {vars(model)} {model.name} {caplog.text}"
    assert KEY not in shown


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"llm": "gpt-4o"}, "ollama/NAME, openai/NAME, anthropic/NAME, openai-like/NAME, huggingface/NAME"),
        ({"llm": "gemini/pro"}, "FOOTNOTE_LLM='gemini/pro'"),
        ({"llm": "openai/"}, "names no model; give openai/NAME"),
        ({"llm": "ollama"}, "names no model; give ollama/NAME"),
        ({"llm_base_url": "localhost:8080"}, "FOOTNOTE_LLM_BASE_URL"),
        ({"llm_timeout": 0}, "FOOTNOTE_LLM_TIMEOUT=0: give seconds, more than 0 and at most 86400"),
        ({"llm_timeout": "nan"}, "FOOTNOTE_LLM_TIMEOUT='nan': give seconds"),
        ({"top_k": "many"}, "FOOTNOTE_TOP_K='many': give a whole number from 1 to 100; see .env.example"),
        ({"precision": "int8"}, "give auto, fp32 or bf16"),
        ({"llm_context": 100}, "FOOTNOTE_LLM_CONTEXT=100"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**settings)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()
    assert not re.search("Input|Value error|pydantic", str(refused.value))


def test_a_setting_that_cannot_be_is_found_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("FOOTNOTE_TOP_K=many\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^FOOTNOTE_TOP_K='many' in \.env: "):
        load_settings()
    monkeypatch.setenv("FOOTNOTE_TOP_K", "0")
    with pytest.raises(SettingsError, match=r"^FOOTNOTE_TOP_K='0' in the environment: "):
        load_settings()


@pytest.mark.parametrize(
    "url", ["http://me:pass-word@127.0.0.1/v1", "ftp://me:pass-word@x", "http://x/?key=pass-word"]
)
def test_a_url_with_a_password_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_LLM_BASE_URL") as refused:
        load_settings(llm_base_url=url)
    assert "pass-word" not in str(refused.value)


def test_a_server_of_one_s_own_needs_its_url() -> None:
    with pytest.raises(SettingsError, match="set FOOTNOTE_LLM_BASE_URL"):
        opened("openai-like/any")


def test_a_key_that_cannot_be_sent_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="copy it again") as refused:
        opened("openai/gpt-4o", llm_api_key="sk-naïve\n")
    assert "naïve" not in str(refused.value)


def test_a_model_that_openai_does_not_serve_in_chats_is_refused() -> None:
    with pytest.raises(SettingsError, match="name another model"):
        opened("openai/gpt-5.2-pro", llm_api_key=KEY)


@pytest.mark.parametrize(
    ("spec", "package", "extra"),
    [
        ("openai/gpt-4o", "llama_index.llms.openai_like", "openai"),
        ("openai-like/any", "llama_index.llms.openai_like", "openai"),
        ("ollama/qwen3:8b", "llama_index.llms.ollama", "ollama"),
        ("anthropic/claude-x", "llama_index.llms.anthropic", "anthropic"),
    ],
)
def test_a_missing_package_names_the_command_that_installs_it(
    spec: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (package, f"rag.adapters.llm_{extra}"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr("sys.meta_path", [_Lacking(package), *sys.meta_path])
    with pytest.raises(SettingsError) as refused:
        opened(spec, llm_base_url="http://127.0.0.1:9", llm_api_key=KEY)
    assert str(refused.value).endswith(f'install it with `pip install "footnote-rag[{extra}]"`')


class _Lacking:
    """As if a package were not installed."""

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(self, name: str, *_: object) -> None:
        if name == self._package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_script_is_said_in_pieces_and_remembers_what_it_was_asked() -> None:
    model = ScriptedChatModel("Hello there.", lambda messages: messages[-1].content * 2, piece=5)
    pieces, usage = heard(model.stream(QUESTION))
    assert pieces == ["Hello", " ther", "e."]
    assert usage == {"prompt_tokens": 3, "completion_tokens": 2}
    assert "".join(model.stream(QUESTION[1:])) == "Why?Why?"
    assert model.asked == [tuple(QUESTION), tuple(QUESTION[1:])]


def test_a_script_fails_where_it_is_told_to() -> None:
    model = ScriptedChatModel(ModelError("down"), ("Half of", ModelError("cut")))
    with pytest.raises(ModelError, match="down"):
        next(model.stream(QUESTION))
    came: list[str] = []
    with pytest.raises(ModelError, match="cut"):
        came.extend(model.stream(QUESTION))
    assert came == ["Half of"]
    with pytest.raises(AssertionError, match="the script has 2 replies"):
        next(model.stream(QUESTION))

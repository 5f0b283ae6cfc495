"""A follow-up is understood from the turns before it, and a new question is left alone."""

import pytest

from rag import Assistant, Library
from rag.errors import ModelError
from rag.prompts import REFUSAL
from rag.testing import ScriptedChatModel

FIRST = "By how much does GaLore reduce the memory that optimizer states need?"
GALORE = "arxiv:2403.03507"


@pytest.mark.parametrize(
    ("follow_up", "paper_id"),
    [
        ("On which GPU does it fit?", GALORE),
        ("What does it do to the weights?", GALORE),
        ("And how is its subspace computed?", GALORE),
    ],
)
def test_what_refers_to_the_last_answer_is_searched_with_its_name(
    follow_up: str, paper_id: str, sample_library: Library
) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    answer = chat.ask(follow_up)
    assert answer.question == follow_up
    assert "GaLore" in answer.query
    assert answer.citations[0].paper.paper_id == paper_id


def test_a_follow_up_of_a_few_words_keeps_the_topic(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask("How is the memory of optimizer states reduced?")
    answer = chat.ask("and for activations?")
    assert {"activations", "memory"} <= set(answer.query.replace("?", "").split())
    assert not answer.abstained


def test_a_question_that_stands_alone_is_not_changed(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    question = "How many experts does Mixtral 8x7B use for each token?"
    assert chat.ask(question).query == question


@pytest.mark.parametrize("question", ["What does GPTQ do?", "How is the KV cache compressed?"])
def test_a_short_question_that_is_whole_is_not_changed(question: str, sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    assert chat.ask(question).query == question


def test_what_was_left_unanswered_says_nothing_of_the_next(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    assert chat.ask("How long should sourdough bread dough rise before baking?").abstained
    assert "bread" not in chat.ask("and on which GPU?").query


def test_the_first_question_is_not_changed(sample_library: Library) -> None:
    assert Assistant(sample_library).conversation().ask("What is it?", force=True).query == "What is it?"


def test_papers_cited_before_stay_at_hand(sample_library: Library) -> None:
    assistant = Assistant(sample_library)
    first = assistant.ask(FIRST)
    cited = {citation.paper.paper_id for citation in first.citations}
    alone = {hit.paper.paper_id for hit in assistant.ask("Which terms does BitFit update?", k=1).hits}
    carried = assistant.ask("Which terms does BitFit update?", k=1, earlier=[first])
    found = {hit.paper.paper_id for hit in carried.hits}
    assert not cited & alone
    assert alone < found <= alone | cited


def test_a_model_rewrites_follow_ups_from_the_turns_before(sample_library: Library) -> None:
    model = ScriptedChatModel(REFUSAL, "On which GPU does GaLore fit?", REFUSAL)
    chat = Assistant(sample_library, llm=model).conversation()
    chat.ask(FIRST)
    answer = chat.ask("On which GPU does it fit?")
    assert answer.query == "On which GPU does GaLore fit?"
    shown = [message.content for message in model.asked[1]]
    assert FIRST in shown
    assert shown[-1] == "On which GPU does it fit?"
    assert "Question: On which GPU does GaLore fit?" in model.asked[2][-1].content


def test_the_tokens_of_the_rewriting_are_counted(sample_library: Library) -> None:
    replies = [REFUSAL, "On which GPU does GaLore fit?", REFUSAL]
    model = ScriptedChatModel(*replies)
    chat = Assistant(sample_library, llm=model).conversation()
    chat.ask(FIRST)
    usage = chat.ask("On which GPU does it fit?").usage
    sent = [sum(len(message.content.split()) for message in messages) for messages in model.asked[1:]]
    written = [len(reply.split()) for reply in replies[1:]]
    assert usage == {"prompt_tokens": sum(sent), "completion_tokens": sum(written)}


@pytest.mark.parametrize(
    "rewritten", ["", "\n\n", "…", "Sure! " * 500, "<think>what?</think>", REFUSAL, "I cannot."]
)
def test_where_the_model_rewrites_nothing_usable_the_rule_does(
    rewritten: str, sample_library: Library
) -> None:
    model = ScriptedChatModel("GaLore does.", rewritten, REFUSAL)
    chat = Assistant(sample_library, llm=model).conversation()
    chat.ask(FIRST)
    assert "optimizer" in chat.ask("and in short?").query


def test_a_model_that_fails_leaves_the_conversation_as_it_was(sample_library: Library) -> None:
    model = ScriptedChatModel(REFUSAL, ModelError("scripted: no"), "What is LoRA?", REFUSAL)
    chat = Assistant(sample_library, llm=model).conversation()
    chat.ask(FIRST)
    with pytest.raises(ModelError):
        chat.ask("and LoRA?")
    chat.ask("and LoRA?")
    assert [turn.question for turn in chat.turns] == [FIRST, "and LoRA?"]


def test_only_the_last_turns_are_remembered(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    for n in range(9):
        chat.ask(f"How many experts does Mixtral 8x7B use for each token in case {n}?")
    assert len(chat.turns) == 6
    assert chat.turns[-1].question.endswith("case 8?")


def test_a_conversation_goes_on_from_kept_turns(sample_library: Library) -> None:
    assistant = Assistant(sample_library)
    again = assistant.conversation([assistant.ask(FIRST)])
    assert "GaLore" in again.ask("What does it do to the weights?").query


@pytest.mark.parametrize(
    ("follow_up", "place"),
    [
        ("What is the second one about?", 1),
        ("What does [2] find?", 1),
        ("How does paper 2 do it?", 1),
        ("the last one", -1),
        ("What did the authors measure?", 0),
    ],
)
def test_places_and_numbers_name_the_paper_meant(follow_up: str, place: int, sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    cited = chat.ask("Which methods compress the KV cache?").citations
    assert len(cited) > 1
    named = cited[place].paper.title.split(":")[0]
    assert chat.ask(follow_up, force=True).query == f"{follow_up} ({named})"


def test_a_question_about_several_names_them(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    cited = chat.ask("Which methods compress the KV cache?").citations
    query = chat.ask("How do they differ?").query
    assert [each.paper.title.split(":")[0] in query for each in cited[:3]] == [True] * len(cited[:3])


@pytest.mark.parametrize("question", ["Explain speculative decoding", "Describe LoRA", "vision transformers"])
def test_a_new_subject_in_few_words_is_not_mixed_with_the_last(
    question: str, sample_library: Library
) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    assert chat.ask(question, force=True).query == question


def test_another_name_takes_the_place_of_the_last(sample_library: Library) -> None:
    chat = Assistant(sample_library).conversation()
    chat.ask(FIRST)
    query = chat.ask("And LoRA?").query
    assert "memory" in query
    assert "GaLore" not in query

"""Text is made safe to show and to compare, and questions that are none are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cleaning import clean, clean_question, without_copyright
from rag.errors import InputError


def test_clean_drops_what_hides_or_reorders_text() -> None:
    assert clean("\ufeffa\u00adb\u202e c\x1b[0m\r\n\td\u2028e\x00") == "ab c [0m d e"
    assert clean("e\u0301") == "é"


@given(st.text(st.characters(), max_size=200))
def test_clean_gives_one_line_that_any_file_can_hold_and_is_stable(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\ufb03cient \ufb01sh \ufb02ow", "efficient fish flow"),
        ("infor\u00ad\nmation", "information"),
        ("infor-\nmation and infor-\r\n      mation", "information and information"),
        ("state-of-\nthe-art", "state-of-the-art"),
        ("pre-\nand post-test", "pre- and post-test"),
        ("COVID-\n19, GPT-\nlike, Smith-\nJones", "COVID-19, GPT-like, Smith-Jones"),
        ("a well-\nknown and well-known fact", "a well-known and well-known fact"),
        ("end-\nto-end, short-\nvs long-term", "end-to-end, short- vs long-term"),
        ("low-\nlevel x-\nray, self-\nsupervised two-\nstage", "low-level x-ray, self-supervised two-stage"),
        (
            "pre-\ntrained, pre-\ndicted, multi-\nscale, multi-\nple",
            "pre-trained, predicted, multi-scale, multiple",
        ),
        ("algo-\nrithm, high-\nly", "algorithm, highly"),
        ("ends with infor-\n\nmation", "ends with infor- mation"),
        ("a dash -\nand a minus (-\n1)", "a dash - and a minus (- 1)"),
    ],
)
def test_words_are_whole_again_where_a_file_broke_them(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "© 2019 Sample House B.V.",
        "© 2019",
        "© SAMPLE-RP.",
        "©2006 Society for Samples.",
        "© 2015 by Ann A. Smith and Bo T. Li. Published by Sample Inc. All rights reserved.",
        "© 2018 The Authors. Journal of Samples © 2018 Sample Society",
        "© 2009. by the author(s).",
        "(C) 2015 IEEE",
        "(C)2017 Sample Ltd.All rights reserved.",
        "(c) 2020 Sample & Sons, Ltd. (c) 2020 Sample & Sons, Ltd.",
        "2019 Sample Ltd. All rights reserved.",
        "Copyright © 2021 Sample Association. All rights reserved.",
        "Copyright 2001 Sample Press.",
        "Crown Copyright (C) 2012 Published by Sample Ltd.",
        "Copyright: © 2018 Smith et al. This is an open access article under any licence.",
        "Copyright of Samples is the property of Sample House. Users may print articles for individual use.",
        "(PsycINFO Database Record (c) 2020 APA, all rights reserved)",
        "Published by Sample Ltd.",
        "Published by Sample B.V. on behalf of The Society for Samples.",
        "This is an open access article distributed under the terms of a licence.",
        "This article is protected by copyright. All rights reserved.",
        "J. Sample. Res. 12:1-9, 1998. © 1998 Sample-House, Inc.",
        "(Sample Res 2022;118:215-23. (c) 2022 by Society for Samples.)",
    ],
)
def test_a_copyright_statement_at_the_end_is_cut_off(statement: str) -> None:
    abstract = "We measured tides in 2019. They rise (p < 0.05)."
    assert without_copyright(f"{abstract} {statement}") == (abstract, statement)
    assert without_copyright(statement) == ("", statement)


@pytest.mark.parametrize(
    "abstract",
    [
        "We study copyright law in 2020.",
        "Copyright in 2020 was reformed. We ask why.",
        "We weigh (a) one, (b) two, and (c) 2020 models.",
        "There are three. (a) One. (b) Two. (c) 2020 models are tested.",
        "We used a program © 2010 to solve it.",
        "A sign says © 2010 in red. It misleads most readers of the page.",
        "Published by hand, leaflets shaped opinion. We count them.",
        "We count. Published by the city in 2010, the map shows every pool.",
        "We count. This is an open-access database of 12,000 crab images for training models.",
        "We count. This is an open access platform, and it runs on every phone.",
        "We count. All rights reserved clauses in contracts were compared across authors and publishers.",
        "",
    ],
)
def test_an_abstract_that_only_speaks_of_copyright_is_whole(abstract: str) -> None:
    assert without_copyright(abstract) == (abstract, "")


def test_a_last_sentence_that_names_the_publisher_belongs_to_the_statement() -> None:
    statement = "© 2020. Springer Science and Business Media."
    assert without_copyright(f"We saw. {statement}") == ("We saw.", statement)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "empty"),
        (" \t\n", "empty"),
        ("\u202e\u200f\x07", "empty"),
        ("?!… —", "no letters or digits"),
        ("why " * 12_500, "the limit is 4000"),
        ("please", "nothing is asked"),
        ("Great, thank you!", "nothing is asked"),
    ],
)
def test_questions_that_ask_nothing_are_refused(question: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        clean_question(question)


def test_question_keeps_its_words() -> None:
    assert clean_question("  wie\tgroß\u202e? ") == "wie groß?"


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Hi there! Could you please tell me: how does it forget?", "how does it forget?"),
        ("I'd like to know which methods forget, thanks!", "which methods forget"),
        ("Does anyone know whether it forgets? Thank you very much.", "whether it forgets?"),
        ("May I ask about forgetting?", "forgetting?"),
        ("Show me papers on forgetting, please?", "papers on forgetting?"),
    ],
)
def test_courtesies_around_a_question_are_not_searched_for(question: str, searched: str) -> None:
    assert clean_question(question) == searched


@pytest.mark.parametrize(
    "question",
    [
        "Hi-C data",
        "Hello world programs",
        "Can you train it on a CPU?",
        "Do you need labels?",
        "Can models explain their decisions?",
        "Can we learn without labels?",
        "Any idea generation by models?",
        "Good practice",
    ],
)
def test_a_question_that_only_looks_like_a_courtesy_is_left_as_it_is(question: str) -> None:
    assert clean_question(question) == question

"""Identifiers are known for the same however they are written."""

import pytest

from rag.identifiers import arxiv, doi, pmid

SICI = "10.1002/(sici)1000-0001(19990101)1:2<3::aid-smp4>3.0.co;2-x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1000/ABC.1", "10.1000/abc.1"),
        ("doi:10.1000/abc", "10.1000/abc"),
        ("DOI: 10.1000/abc.", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("http://dx.doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("10.1061/(ASCE)0000-0000(2001)1:2(3)", "10.1061/(asce)0000-0000(2001)1:2(3)"),
        ("https://doi.org/10.1061/%28ASCE%290000", "10.1061/(asce)0000"),
        (SICI.upper(), SICI),
        (SICI.replace("<", "&lt;").replace(">", "&amp;gt;"), SICI),
        (f"https://doi.org/{SICI.replace('<', '%3C').replace('>', '%3E')}", SICI),
        ("(doi: 10.1000/abc)", "10.1000/abc"),
        ("[10.1000/abc(1)],", "10.1000/abc(1)"),
        ("“10.1000/abc”;", "10.1000/abc"),
        ('<a href="https://doi.org/10.1000/abc">10.1000/abc</a>', "10.1000/abc"),
        ("10.1000/abc</p>", "10.1000/abc"),
        ("10.1000/a; 10.1000/b", "10.1000/a"),
        ("10.1000/a,10.1000/b", "10.1000/a"),
        ("10.1000.10/abc", "10.1000.10/abc"),
        ("https://press.example/doi/abs/10.1000/abc?x=1", "10.1000/abc"),
        ("https://press.example/article?id=10.1000/abc&type=print", "10.1000/abc"),
        ("https://press.example/10.1000/abc/full", "10.1000/abc"),
        ("https://press.example/10.1101/2020.01.01.1234v2.full.pdf", "10.1101/2020.01.01.1234"),
        ("10.1000/data.v1", "10.1000/data.v1"),
        ("\u200b10.1000/abc", "10.1000/abc"),
        ("10.1000/", ""),
        ("10.1000/)", ""),
        ("110.1000/abc", ""),
        ("version 10.10/abc", ""),
        ("", ""),
    ],
)
def test_a_doi_has_one_form(text: str, expected: str) -> None:
    assert doi(text) == expected
    assert doi(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001.12345", "2001.12345"),
        ("2001.12345v2", "2001.12345"),
        ("arXiv:0704.0001", "0704.0001"),
        ("arXiv: 2001.12345 [cs.CL]", "2001.12345"),
        ("arXiv preprint arXiv:2001.12345", "2001.12345"),
        ("http://arxiv.org/abs/2001.12345v1", "2001.12345"),
        ("https://arxiv.org/pdf/2001.12345v1.pdf", "2001.12345"),
        ("oai:arXiv.org:2001.12345", "2001.12345"),
        ("10.48550/arXiv.2001.12345", "2001.12345"),
        ("https://doi.org/10.48550%2FarXiv.2001.12345", "2001.12345"),
        ("math.GT/0309136", "math/0309136"),
        ("cond-mat.mes-hall/0309136v3", "cond-mat/0309136"),
        ("arXiv:HEP-TH/9901001", "hep-th/9901001"),
        ("https://arxiv.org/abs/astro-ph/9901001", "astro-ph/9901001"),
        ("2001.123456789", ""),
        ("2001.12345.6", ""),
        ("math/03091367", ""),
        ("page 2001.12345", ""),
        ("https://example.org/2001.12345", ""),
        ("", ""),
    ],
)
def test_an_arxiv_id_has_no_version_and_no_subject_class(text: str, expected: str) -> None:
    assert arxiv(text) == expected
    assert arxiv(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123", "123"),
        ("00012345", "12345"),
        ("PMID: 12345678", "12345678"),
        ("PMID:12345678; PMCID: PMC1234567", "12345678"),
        ("MEDLINE:12345678", "12345678"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345/", "12345"),
        ("http://www.ncbi.nlm.nih.gov/pubmed/12345", "12345"),
        ("PMC1234567", ""),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567", ""),
        ("123456789", ""),
        ("0", ""),
        ("2020 Jan 5", ""),
        ("WOS:000012345", ""),
        ("", ""),
    ],
)
def test_a_pmid_is_a_number_that_is_or_is_called_one(text: str, expected: str) -> None:
    assert pmid(text) == expected


@pytest.mark.parametrize("text", ["10.1000/" + ")" * 200_000, "10.1000/" + "%28" * 200_000])
def test_a_doi_of_any_length_is_no_burden(text: str) -> None:
    assert len(doi(text)) < 400

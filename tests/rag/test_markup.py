"""Markup of databases and of LaTeX becomes text that says the same."""

# ruff: noqa: RUF001 (formulas are made of such characters)
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.cleaning import clean
from rag.markup import plain_text


def said(raw: str, *, is_latex: bool = False) -> str:
    return clean(plain_text(raw, is_latex=is_latex))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("p &lt; 0.05", "p < 0.05"),
        ("p &amp;lt; 0.05", "p < 0.05"),
        ("&amp;lt;p&amp;gt;Tides&amp;lt;/p&amp;gt;", "Tides"),
        ("caf&eacute; &#233;&#xE9; &amp;amp; more", "café éé & more"),
        ("AT&T, R&D, x&copy=1&notin;", "AT&T, R&D, x&copy=1∉"),
        ("a &lt 5 and b &unheard; c", "a < 5 and b &unheard; c"),
    ],
)
def test_entities_are_read_once_or_twice_escaped(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<jats:p>We <jats:italic>see</jats:italic></jats:p><jats:p>tides</jats:p>", "We see tides"),
        ("<P>One<BR/>two <span class='x'>three</span></P>", "One two three"),
        ('a <ext-link xlink:href="http://x.org?a=1>2">link</ext-link>', "a link"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("<jats:unheard x='1'>kept</jats:unheard>", "kept"),
        ("<!-- gone --><script>a<b</script><![CDATA[kept <i>too</i>]]>", "kept too"),
        ("gene (\n      <i>APOE</i>) at 10\n      <sup>-9</sup>", "gene (APOE) at 10⁻⁹"),
        ("0<middle dot>25 degrees", "0·25 degrees"),
        ("<it>E-tides</it> are <bo>bold</bo> and <ital>odd</ital>", "E-tides are bold and odd"),
    ],
)
def test_tags_go_and_their_text_stays(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tags such as <div> and <title> mean more than <p> or <b>",
        "if n<k and m>3",
        "fewer (<5%) than",
        "genotype <AA> or <EOS>",
        "n<p and q>3",
        "a <- b <-> c",
        "x<y",
    ],
)
def test_what_is_no_tag_stays_as_written(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("CO<sub>2</sub> and H<SUB>2</SUB>O", "CO₂ and H₂O"),
        ("10<sup>-5</sup> m<sup>2</sup>, Ca<sup>2+</sup>, x<sup>n</sup>", "10⁻⁵ m², Ca²⁺, xⁿ"),
        ("T<sub>max</sub>, PM<sub>2.5</sub>, <i>K</i><sub><i>fs</i></sub>", "Tmax, PM2.5, Kfs"),
        ("e<sup>iωt</sup>, A<sup>T</sup>, x<sub>i+1</sub>", "e^(iωt), A^T, x_(i+1)"),
        ("1<sup>st</sup>, Chip<sup>®</sup>, Chip<sup>TM</sup>", "1st, Chip®, Chip™"),
        ("X<inf>3</inf> and never<sub>closed", "X₃ and neverclosed"),
    ],
)
def test_scripts_stay_apart_from_what_they_stand_on(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<msubsup><mi>η</mi><mi>p</mi><mn>2</mn></msubsup>", "η_p²"),
        ("<mi>p</mi><mo>&lt;</mo><mn>0.05</mn>", "p < 0.05"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>", "(a+1)/b"),
        (
            "<msqrt><mi>n</mi></msqrt><mroot><mrow><mi>x</mi><mo>-</mo><mn>1</mn></mrow><mn>3</mn></mroot>",
            "√n³√(x-1)",
        ),
        ("<mover><mi>x</mi><mo>^</mo></mover>", "x̂"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>",
            "∑_(i=1)ⁿ",
        ),
        ("<mfenced open='['><mi>a</mi><mi>b</mi></mfenced>", "[a,b)"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>7</mn></mtd></mtr></mtable>",
            "1 0; 7",
        ),
        ("<semantics><mi>x</mi><annotation>\\bar x</annotation></semantics>", "x"),
        ("<mmultiscripts><mi>C</mi><mprescripts/><none/><mn>13</mn></mmultiscripts>", "¹³C"),
        ("<apply><in/><cn type='complex-cartesian'>3<sep/>4</cn><complexes/></apply>", "3+4i ∈ ℂ"),
        ("<mi>log</mi><mi>n</mi>", "log n"),
        ("<infinity/>", "∞"),
        ("<msup><mi>broken</mi></msup><mo>", "broken"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "mml:"])
def test_mathml_is_written_on_one_line(inside: str, expected: str, prefix: str) -> None:
    math = f"<math xmlns='http://www.w3.org/1998/Math/MathML'>{inside}</math>"
    assert said(re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", math)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            "<alternatives><tex-math>$$x$$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math></alternatives>",
            "x",
        ),
        (r"<tex-math>\documentclass[12pt]{minimal}\begin{document}$$R^2$$\end{document}</tex-math>", "R²"),
        (r"<inline-formula><tex-math>x_i</tex-math></inline-formula>", "x_i"),
        (r'<inline-formula><tex-math notation="LaTeX">$x_i$</tex-math></inline-formula>', "x_i"),
        (r"so <tex>$\alpha$</tex> is", "so α is"),
        (r"so \documentclass{m} \usepackage{x} \begin{document}$$\alpha$$\end{document} is", "so α is"),
    ],
)
def test_a_formula_given_twice_is_said_once_and_without_its_preamble(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('<AbstractText Label="AIMS">Foo.</AbstractText><AbstractText Label="">Bar.', "AIMS: Foo. Bar."),
        ('<AbstractText Label="UNLABELLED">Foo.</AbstractText>', "Foo."),
        ("<jats:sec><jats:title>Aims</jats:title><jats:p>Foo.</jats:p></jats:sec>", "AIMS: Foo."),
        ("<title>Abstract</title><sec><title>Aims:</title><p>Foo.</p></sec>", "AIMS: Foo."),
        ("<h4>Why now?</h4>Foo. <h4>Methods</h4>Bar.", "WHY NOW? Foo. METHODS: Bar."),
        ("<b>Aims:</b> Foo.", "Aims: Foo."),
    ],
)
def test_sections_keep_their_labels(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            r"Schr\"odinger, Poincar\'e, {\'e}, \c{c}, fa\c con, S\o ren",
            "Schrödinger, Poincaré, é, ç, façon, Søren",
        ),
        (r"54\% of R\&D at \$5 in \{0,1\}", "54% of R&D at $5 in {0,1}"),
        (r"$\alpha$ 2.4\times faster, CO$_2$, $10^{-3}$, $\ell_2$", "α 2.4× faster, CO₂, 10⁻³, ℓ₂"),
        (r"$\frac{1}{2}$, $\frac{a+b}{c}$, $\sqrt{n}$, $O(n\log n)$", "1/2, (a+b)/c, √n, O(n log n)"),
        (r"\(x \in \mathbb{R}^d\), \[e^{i\omega t}\] $$\hat{y} \sim 5^{\circ}$$", "x ∈ ℝ^d, e^(iωt) ŷ ~ 5°"),
        (r"\textit{We} see \emph{it \cite{x}} \citep[see][p.~3]{y}, $25\%$ of 3%", "We see it, 25% of 3%"),
        (r"\begin{equation}a^2=b\end{equation}", "a²=b"),
        ("$\\mathbfθ \\inΓ$", "θ ∈ Γ"),
        (r"train \tool, an encoder (\eg ours)", "train tool, an encoder (eg ours)"),
    ],
)
def test_latex_in_abstracts_becomes_what_it_stands_for(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"$\sim$100 at $z\sim$2 and $\sim $5", "~100 at z~2 and ~5"),
        (r"5$\pm$2, $\beta$2-adrenergic, $P<$0.001, $-$5", "5±2, β2-adrenergic, P<0.001, -5"),
        (r"log$_{10}$2 and 3$\times$10$^{5}$", "log₁₀2 and 3×10⁵"),
        (r"from $5-$10 to US$20/$30 by $\alpha$2", "from $5-$10 to US$20/$30 by α2"),
    ],
)
def test_a_formula_may_stand_right_before_a_digit(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"5{\%} of R{\&}D at {$<$}5 and {\textless}10", "5% of R&D at <5 and <10"),
        (r"{\~{}}100 and \~{}5", "~100 and ~5"),
        (r"5\raisebox{-0.5ex}\textasciitilde7, 0{\farcs}5", "5~7, 0.″5"),
        (r"\&lt; 5 and {\&}lt;5 of R\&amp;D", "< 5 and <5 of R&D"),
        (r"10{\textsuperscript{9}}/L", "10⁹/L"),
    ],
)
def test_latex_that_a_database_wrapped_in_braces_or_entities_is_read(raw: str, expected: str) -> None:
    assert said(raw) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and $10 a day",
        "fees of $5-$10, US$3/$4",
        "$11 and $20B (2010$) per year",
        "the set {0,1}",
        r"C:\new\data and a\nb, \d+",
        "at~10% of {this}",
    ],
)
def test_what_is_no_latex_stays_as_written(text: str) -> None:
    assert said(text) == text


def test_escaped_quotes_and_apostrophes_are_no_accents() -> None:
    assert said(r"it\'s a \"good\" one, don\'t") == "it's a \"good\" one, don't"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"{GPU}s for {\'E}mile~M{\"u}ller, Stra{\ss}e", "GPUs for Émile Müller, Straße"),
        (r"pp.~3--5 --- ``quoted'' at 50\% or 5% today", "pp. 3–5 — “quoted” at 50% or 5% today"),
        (
            r"\href{http://x.org/a_b}{text} \url{http://x.org/~a} http://x.org/~b",
            "text http://x.org/~a http://x.org/~b",
        ),
        (r"10\textsuperscript{6} cells, 10\textsuperscript{-3}", "10⁶ cells, 10⁻³"),
        (r"10{\textsuperscript{9}}/L, $\chi$\textsuperscript{2}, CO\textsubscript{2}", "10⁹/L, χ², CO₂"),
        (r"{\~{}}100, {\^{}}2, \~{}100, \textasciitilde100, \textasciicircum2", "~100, ^2, ~100, ~100, ^2"),
        (r"~100 of Figure~2 (~100 of them), ~50\% of~3", "~100 of Figure 2 (~100 of them), ~50% of 3"),
        (r"{\em old} \textsc{Caps} \mkbibemph{in} \texttt{a_b} \'\i", "old Caps in a_b í"),
    ],
)
def test_bibtex_values_are_latex_throughout(raw: str, expected: str) -> None:
    assert said(raw, is_latex=True) == expected


@pytest.mark.parametrize(
    "raw", [r"\frac{a}", r"\textit", r"$x^$", r"\sqrt[", r"{\'", r"\href{x}", r"$\begin{a}$"]
)
def test_broken_latex_leaves_no_macro(raw: str) -> None:
    assert not re.search(r"\\(?:frac|textit|sqrt|href|begin)\{?\b", said(raw, is_latex=True))


MARKS = r"""
    <p> </p> <sup> </sup> <sub> <math> </math> <mi> <msup> <tex-math> <!-- --> <![CDATA[ ]]> <sec> <title>
    </title> & &lt; &amp;lt; &#9; $ $$ \ { } \frac \sqrt \'e \( \) \[ \] ^ _ % ~ \begin{equation} \cite 1 x
""".split()


@settings(deadline=None)  # what reads LaTeX is loaded when it is first needed
@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=30).map("".join), st.booleans())
def test_any_text_is_read_and_keeps_no_tag(raw: str, is_latex: bool) -> None:
    assert not re.search(r"</?(?:p|sup|sub|title|math)>", plain_text(f"<p>{raw}</p>"))
    clean(plain_text(raw, is_latex=is_latex))


@pytest.mark.parametrize(
    "mark", ["<", "<p ", "<!--", "<sup>a", "<math>", "&", "$a", "{", r"\a{", r"\(", "\\", "{\\'"]
)
@pytest.mark.parametrize("is_latex", [False, True])
def test_a_mark_repeated_without_end_is_read_to_its_end(mark: str, is_latex: bool) -> None:
    assert plain_text(f"start {mark * (300_000 // len(mark))} stop", is_latex=is_latex).endswith("stop")


def test_no_text_takes_longer_than_it_is_long() -> None:
    """A guard against hanging, not a measure: what is slower than linear would take minutes."""
    code = """
from rag.cleaning import clean, without_copyright
from rag.markup import plain_text
n = 200_000
hostile = (
    "(" + "\\n" * n, "<sub>" + " " * n + "</sub>", "<" + "a" * n, "<p " + "a" * n, "$" + "1 " * n + "=$",
    "$1" + " " * n + "=$", "a" * n, "a" * n + "-\\nb", "a-" * n + "\\n", "© 2020. " + "ACGT" * n + "=",
    "<math>" + "<mi>a</mi>" * (n // 10) + "</math>", "<math><mi>" + "a" * n + "</mi><mi>b</mi></math>",
)
for text in hostile:
    for is_latex in (False, True):
        without_copyright(clean(plain_text(text, is_latex=is_latex)))
without_copyright("© 2020. " + "ACGT" * 200 + "=. " + "ACGT" * 20 + "=")
"""
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30, cwd=root)


@given(st.text(st.characters(exclude_characters="<&\\$"), max_size=200))
def test_plain_prose_is_left_alone(text: str) -> None:
    assert plain_text(text) == text

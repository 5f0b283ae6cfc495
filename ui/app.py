"""The page: its panes, one file each, and how it is served."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import gradio as gr

from rag import Activity, Assistant
from ui.api import endpoints
from ui.chat import ask_pane, welcome_html
from ui.feedback import take_feedback
from ui.filters import offer_words
from ui.imports import LARGEST
from ui.keeping import know_browser
from ui.markup import rendered
from ui.panes import other_panes
from ui.passwords import may_log_in
from ui.security import in_address, middleware

_SESSIONS = 200  # whose conversations are held in memory; beyond, the oldest are forgotten
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def build_app(
    assistant: Assistant,
    also: Sequence[Assistant] = (),
    runs: Path | None = None,
    largest: str = LARGEST,
    *,
    mcp: bool = False,
) -> gr.Blocks:
    """The page on one library; `serve` shows it. `also` are models to compare with, `runs` is the folder of
    evaluations, `largest` the size of a file that is taken in; `mcp` also makes its endpoints tools.
    """
    activity = Activity(assistant.library)
    app = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with app:
        endpoints(assistant, mcp=mcp)  # first, so that no pane takes their names
        header = gr.HTML(apply_default_css=False)
        browser = know_browser()
        with gr.Tabs():
            with gr.Tab("Ask", id="ask"):
                pane = ask_pane(assistant, activity, browser)
                take_feedback(activity, pane, browser)
            changed = other_panes(assistant, activity, pane, browser, also, runs, largest)
        gr.on(
            [app.load, *changed],
            lambda: _header(assistant),
            outputs=header,
            show_progress="hidden",
            api_visibility="private",
        )
        offer_words(assistant.library, pane.boxes, changed)
        fresh = gr.JSON(visible="hidden")
        gr.on(
            changed,
            lambda: {"html": welcome_html(assistant)},
            outputs=fresh,
            show_progress="hidden",
            api_visibility="private",
        ).then(None, fresh, js="({html}) => footnotePanes.welcome(html)", api_visibility="private")
    return app


def serve(
    app: gr.Blocks,
    host: str = "127.0.0.1",
    port: int | None = None,
    *,
    users: Mapping[str, str] | None = None,
    largest: str = LARGEST,
    mcp: bool = False,
) -> str:
    """Serve the page in the background, on 7860 or the next free port where none is given; returns its
    address. `users` are those of `read_users`, None where nobody has to log in.

    Raises:
        OSError: the port is taken.
    """
    address: str
    _, address, _ = app.queue(default_concurrency_limit=4, api_open=False).launch(
        server_name=in_address(host),
        server_port=port,
        prevent_thread_lock=True,
        share=False,
        quiet=True,
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=largest,
        auth=may_log_in(users) if users else None,
        mcp_server=mcp,
        state_session_capacity=_SESSIONS,
        app_kwargs={"middleware": middleware(host), "docs_url": None, "redoc_url": None},
        theme=_theme(),
        css=_read("page.css") + _read("panes.css"),
        head=f"<script>{_read('page.js')}\n{_read('panes.js')}</script>",
    )
    return address


def _header(assistant: Assistant) -> str:
    count = len(assistant.library)
    papers = f"{count:,} paper{'' if count == 1 else 's'}" if count else "no papers yet"
    return rendered("header.html.j2", library=assistant.library.path.resolve().name, papers=papers)


def _read(name: str) -> str:
    return (files("ui") / name).read_text(encoding="utf-8")


def _theme() -> gr.themes.Base:
    """Gradio's own parts in the page's colours and the system's fonts, so that nothing is fetched."""
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="gray", radius_size="sm", font=_SANS, font_mono=_MONO
    ).set(
        body_background_fill="#fdfdfb",
        body_background_fill_dark="#15171b",
        body_text_color="#1d2026",
        body_text_color_dark="#e5e7ea",
        color_accent="#1f4f8f",
        block_background_fill="#fdfdfb",
        block_background_fill_dark="#15171b",
        block_border_width="0px",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1c1f25",
        input_border_width="1px",
        input_border_color="#b9bec7",
        input_border_color_dark="#4a505a",
        button_primary_background_fill="#1f4f8f",
        button_primary_background_fill_hover="#183f73",
        button_primary_background_fill_dark="#2f66b0",
        button_primary_background_fill_hover_dark="#3b76c6",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )

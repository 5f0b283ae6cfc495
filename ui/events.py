"""What events of the page bring along."""

from typing import Any

import gradio as gr


def sent_with(event: gr.EventData) -> dict[str, Any]:
    """What the page's own buttons and forms told of themselves; empty for events of Gradio's parts."""
    return event._data if isinstance(event._data, dict) else {}

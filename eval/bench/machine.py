"""What the figures were measured on: processor, memory, and the versions of all that took part."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from rag import Settings

# Instructions that decide how fast an encoder runs.
_FLAGS = {
    "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_bf16", "amx_int8",
    "asimd", "sve", "bf16", "i8mm",
}  # fmt: skip
_PACKAGES = (
    "footnote-rag", "torch", "transformers", "sentence-transformers", "onnxruntime", "chromadb", "tantivy",
    "llama-index-core", "llama-index-embeddings-huggingface", "llama-index-vector-stores-chroma", "bm25s",
    "numpy",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """Processor, the cores this process may use, its instructions that matter, memory, system, Python."""
    said = _cpuinfo()
    flags = set((said.get("flags") or said.get("Features") or "").split())
    return {
        "cpu": said.get("model name") or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "flags": sorted(flags & _FLAGS),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str | None]:
    """Versions by package; None where one is not installed."""
    return {name: _version(name) for name in _PACKAGES}


def settings() -> dict[str, str]:
    """The settings that were set, here or in `.env`, as they may change what is measured; no keys."""
    said = Settings()
    values = {name: getattr(said, name) for name in sorted(said.model_fields_set)}
    return {
        f"FOOTNOTE_{name.upper()}": str(value)
        for name, value in values.items()
        if not isinstance(value, SecretStr)
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpuinfo() -> dict[str, str]:
    """Of the first processor, where the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}

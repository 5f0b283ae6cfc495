"""The metrics of one answer, by name; those of a whole run, and those that need a model, are apart."""

from eval.metrics import abstaining, citing, content, evidence, fidelity
from eval.metrics.columns import COLUMNS, Column
from eval.metrics.metric import Metric
from eval.metrics.whole_run import WHOLE, Whole

METRICS: dict[str, Metric] = {
    metric.name: metric
    for room in (evidence, citing, fidelity, content, abstaining)
    for metric in room.METRICS
}
FIGURES: dict[str, Metric | Whole | Column] = {**METRICS, **WHOLE, **COLUMNS}
"""All there are, each with `what` it is, what it is `blind` to, its `scale` and its `tier`."""
PRIMARY = ("truthfulness", "nugget_recall", "gold_citation_recall", "evidence_hit@3")
"""What a comparison of two systems decides on; declared before anyone looks."""
ZERO_TOLERANCE = ("invented_ids", "not_shown_ids", "quote_fidelity", "metadata_fidelity")
"""What may never get worse, not by one: shares whose faults a gate counts."""

"""The metrics of one answer, by name; those of a whole run are in `whole_run.py`."""

from eval.metrics import abstaining, citing, content, evidence, fidelity
from eval.metrics.metric import Metric
from eval.metrics.whole_run import WHOLE

METRICS: dict[str, Metric] = {
    metric.name: metric
    for room in (evidence, citing, fidelity, content, abstaining)
    for metric in room.METRICS
}
BLIND = {name: metric.blind for name, metric in METRICS.items()} | {each.name: each.blind for each in WHOLE}
"""What each cannot see, those of a whole run too."""
PRIMARY = ("truthfulness", "nugget_recall", "gold_citation_recall", "evidence_hit@3")
"""What a comparison of two systems decides on; declared before anyone looks."""
ZERO_TOLERANCE = ("invented_ids", "not_shown_ids", "quote_fidelity", "metadata_fidelity")
"""What may never get worse, not by one: shares whose faults a gate counts."""

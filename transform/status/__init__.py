"""Where a client stands in the sales funnel: recognise what each message does, then read the sequence.

`reading` recognises acts by the cues (`cue_files`: `cues/*.toml`, `cues/trades/*.toml`, a company's own),
`client_side` and `company_side` move the stage, `rules` decides, `reasons` tells why, `evaluate` measures.
"""

from transform.status.contract import ChatMessage, StatusDecision, StatusDetector
from transform.status.rules import RuleStatusDetector

__all__ = ["ChatMessage", "RuleStatusDetector", "StatusDecision", "StatusDetector"]

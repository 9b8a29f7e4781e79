"""Where a client stands in the sales funnel: recognise what each message does, then read the sequence.

`acts` recognises, `rules` decides, `reasons` tells why; `cues/*.toml` is the knowledge of words, `dates` of days.
"""

from transform.status.contract import ChatMessage, StatusDecision, StatusDetector
from transform.status.rules import RuleStatusDetector

__all__ = ["ChatMessage", "RuleStatusDetector", "StatusDecision", "StatusDetector"]
